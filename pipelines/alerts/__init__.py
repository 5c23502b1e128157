"""Messages to whoever operates: at most one a night, with counts and without persons.

Belongs here: what is worth a message, what it says, and that it is said once. Does not belong here: what starts a run
(``automation``). The addresses are URLs of apprise in ``JEUGDSPIEGEL_ALERT_URLS``, separated by blanks; without them
nothing is sent and nothing is remembered as told.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime

from pipelines.alerts.memory import Memory, night_of, opened_memory
from pipelines.alerts.message import Message, compose
from pipelines.alerts.sending import URLS, addresses, send
from pipelines.alerts.situation import Ending, Situation, Worry, look_around
from pipelines.home import Home
from pipelines.settings import load_settings

__all__ = [
    "URLS",
    "Ending",
    "Memory",
    "Message",
    "Situation",
    "Worry",
    "addresses",
    "compose",
    "night_of",
    "send",
    "tell",
    "tell_of_failure",
]


def tell(
    home: Home, ending: Ending, overdue: Mapping[str, str] | None = None, environment: Mapping[str, str] = os.environ
) -> Message | None:
    """Say how a run ended, if it is worth saying and nothing was said this night.

    Args:
        home: the home folder.
        ending: how the run ended; one that was told before, or is older than what was told, is left.
        overdue: assets that nothing arrived for, and since when; None when nobody looked.
        environment: holds the addresses.

    Returns:
        The message that was sent; None when there was nothing to say, nobody to say it to, or it did not arrive.

    Raises:
        ConfigurationError: jeugdspiegel.toml is wrong.
    """
    urls = addresses(environment)
    if not urls:
        return None
    settings = load_settings(home.settings_file).alerts
    with opened_memory(home) as shelf:
        before = shelf.memory
        if before.knows(ending):
            return None
        situation = look_around(home, ending, overdue)
        noted = before.noting(situation)
        message = compose(situation, noted, settings, home)
        may_tell = message is not None and before.told_on != night_of(ending.ended_at)
        if message is None or not may_tell or not send(message, urls):
            shelf.memory = noted
            return None
        shelf.memory = noted.having_told(situation)
    return message


def tell_of_failure(home: Home, reason: str, run_id: str | None = None) -> Message | None:
    """Say that a run failed now, from a process that Dagster did not start.

    Args:
        home: the home folder.
        reason: one sentence without values.
        run_id: Dagster's id; None for a run that never came to Dagster.

    Raises:
        ConfigurationError: jeugdspiegel.toml is wrong.
    """
    now = datetime.now(UTC)
    return tell(home, Ending(run_id or f"failed-{now:%Y%m%dT%H%M%S%f}", "failed", now, reason))
