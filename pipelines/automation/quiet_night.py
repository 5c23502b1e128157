"""A night of the command line that had nothing to do: it leaves in Dagster what a night of the schedule leaves."""

from __future__ import annotations

from datetime import UTC, datetime

from pipelines.automation.endings import tell_of_quiet_night
from pipelines.automation.freshness import stay_fresh
from pipelines.automation.instance import opened_instance
from pipelines.home import Home


def note_quiet_night(home: Home, reason: str) -> None:
    """Keep the publication fresh, and tell whoever operates what there is to tell.

    Args:
        home: the home folder.
        reason: why nothing was done; shown in the UI.

    Raises:
        ConfigurationError: Dagster's storage is not there.
    """
    with opened_instance(home) as instance:
        stay_fresh(instance, reason)
        tell_of_quiet_night(instance, home, datetime.now(UTC))
