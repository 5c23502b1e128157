"""Verbs about what is live: going back to an earlier publication, and what the last audit said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from pipelines.commands.common import SUCCEEDED, HomeOption, home_from_option, terminal

if TYPE_CHECKING:
    from pipelines.home import Home


def rollback(
    *,
    home: HomeOption = None,
    to: Annotated[
        str | None, Parameter(help="Name of a kept publication, as 'jeugdspiegel status' lists them.")
    ] = None,
) -> int:
    """Put the publication that was live before back in place, warehouse and published files together.

    It stays live until a run has something new to say; 'jeugdspiegel run --rebuild' publishes again at once.
    """
    from pipelines.publication import check_replaceable, roll_back

    place, console = home_from_option(home), terminal()
    check_replaceable(place)
    done = roll_back(place, to)
    console.print(f"Rolled back from {done.before} to {done.now}.", soft_wrap=True)
    return SUCCEEDED


def publication_lines(home: Home) -> list[str]:
    """What is live, what can be gone back to, and what kept the last candidate from going live."""
    from pipelines.publication import audit, kept, shelf

    publications = kept(home)
    lines = []
    if publications:
        live = next(publication.name for publication in publications if publication.is_current)
        withdrawn = shelf.rolled_back_from(home)
        instead = f", rolled back from {withdrawn}" if withdrawn else ""
        lines.append(f"Live: {live}{instead}.")
        others = [publication.name for publication in reversed(publications) if not publication.is_current]
        if others:
            lines.append(f"Kept, for 'jeugdspiegel rollback --to NAME': {', '.join(others)}.")
    outcome = audit.last(home)
    if outcome and outcome.breaches:
        lines.append(f"The candidate of {outcome.checked_at:%d-%m-%Y %H:%M} UTC was not published:")
        lines += [f"  check {breach.check}: {breach.sentence}" for breach in outcome.breaches]
        if any(breach.check in audit.OF_DRIFT for breach in outcome.breaches):
            lines.append("  If the drift is right: 'jeugdspiegel run --accept-drift'.")
    elif outcome and outcome.accepted:
        lines += [f"Accepted drift, check {breach.check}: {breach.sentence}" for breach in outcome.accepted]
    return lines
