"""The one message of a night: what, since when, what is still served, how many, and the command to look."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import datetime

from pipelines.alerts.memory import AMSTERDAM, Memory, night_of
from pipelines.alerts.situation import Situation, Worry
from pipelines.home import Home
from pipelines.settings import AlertSettings

_WORRIES = {
    "refused": ("file refused", "files refused"),
    "missing": ("expected delivery not there", "expected deliveries not there"),
    "overdue": ("asset overdue: nothing arrived for it", "assets overdue: nothing arrived for them"),
}


@dataclass(frozen=True)
class Message:
    """A title of one line and a text of several."""

    title: str
    text: str


def compose(situation: Situation, noted: Memory, settings: AlertSettings, home: Home) -> Message | None:
    """The message, or None when there is nothing that was not said before.

    Args:
        situation: what there is after the run.
        noted: the memory after this situation.
        settings: the ``[alerts]`` section.
        home: the home folder, for the commands.
    """
    new = noted.worries - noted.told
    if situation.ending.outcome == "failed":
        what = "failed"
        lines = [f"What failed: {situation.ending.reason or 'the run.'}", _since(noted)]
    elif noted.recovered_from is not None:
        what = "succeeded again"
        lines = [f"Recovered: runs had failed since {_local(noted.recovered_from)}."]
    elif new and settings.warnings:
        what = "succeeded, with warnings"
        lines = []
    else:
        return None
    lines.append(_served(situation))
    lines += _counted(noted.worries, new)
    lines.append(f"Look: jeugdspiegel status --home {shlex.quote(str(home.root))}")
    name = f"jeugdspiegel {settings.name}".strip()
    night = night_of(situation.ending.ended_at)
    return Message(f"{name}: the night of {night:%d-%m-%Y} {what}", "\n".join(lines))


def _since(noted: Memory) -> str:
    if noted.failing_since is None or noted.failures <= 1:
        return "Since: this run; the one before succeeded."
    return f"Since: {_local(noted.failing_since)}; {noted.failures} runs failed."


def _served(situation: Situation) -> str:
    if situation.served_since is None:
        return "Served: nothing was published yet."
    still = "Still served" if situation.ending.outcome == "failed" else "Served"
    return f"{still}: the figures of {_local(situation.served_since)}."


def _counted(worries: frozenset[Worry], new: frozenset[Worry]) -> list[str]:
    lines = []
    for kind, (one, several) in _WORRIES.items():
        total = sum(worry.kind == kind for worry in worries)
        fresh = sum(worry.kind == kind for worry in new)
        if total:
            lines.append(f"{total} {one if total == 1 else several}, {fresh} of them new.")
    return lines


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(AMSTERDAM):%d-%m-%Y %H:%M}"
