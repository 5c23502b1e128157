"""``jeugdspiegel doctor``: is this installation sound, and if not, what to do.

Belongs here: putting the checks together. ``machine`` looks at what the product stands on, ``service`` at what it does.
A check looks and changes nothing. Texts name files, versions and times, never a value of a delivery or a secret.
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines.operations.doctor import machine, service
from pipelines.operations.doctor.finding import Circumstances, Finding, Level

__all__ = ["CHECKS", "Circumstances", "Finding", "Level", "examine"]

CHECKS: tuple[tuple[str, Callable[[Circumstances], Finding]], ...] = (
    ("Python", machine.python),
    ("libraries", machine.libraries),
    ("settings", machine.settings),
    ("folders", machine.folders),
    ("permissions", machine.permissions),
    ("key", machine.key),
    ("disk", machine.disk),
    ("clock", machine.clock),
    ("time zone", machine.time_zone),
    ("Dagster's settings", service.dagster_settings),
    ("Dagster's storage", service.dagster_storage),
    ("schedule", service.schedule),
    ("last run", service.last_run),
    ("publication", service.publication),
    ("warehouse", service.warehouse),
    ("inbox", service.inbox),
    ("refused deliveries", service.refused),
)


def examine(circumstances: Circumstances) -> list[tuple[str, Finding]]:
    """Do every check; one that stumbles is a failed line of its own, and the others go on.

    Args:
        circumstances: the home folder, the time, the environment.

    Returns:
        (what was looked at, what was found), in the order in which to read them.
    """
    return [(name, _looked_at(check, circumstances)) for name, check in CHECKS]


def _looked_at(check: Callable[[Circumstances], Finding], circumstances: Circumstances) -> Finding:
    try:
        return check(circumstances)
    except Exception as error:  # noqa: BLE001 - a doctor that stops at the first surprise is of no use; no text of it
        return Finding("fail", f"could not be looked at ({type(error).__name__})", "repair what stands above first")
