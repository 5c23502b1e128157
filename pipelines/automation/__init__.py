"""When the assets are made, how fresh they must be, and who is told: jobs, schedule, sensors, freshness policies.

Belongs here: what Dagster starts by itself. Does not belong here: what an asset does (``assets``), or what is in a
message (``alerts``).
"""

from pipelines.automation.arrivals import new_files
from pipelines.automation.endings import run_failed, run_succeeded
from pipelines.automation.freshness import freshness_policies, stay_fresh, with_freshness
from pipelines.automation.jobs import months_again, nightly
from pipelines.automation.lost_runs import lost_runs
from pipelines.automation.rebuilding import months_taken_in
from pipelines.automation.schedule import nightly_schedule

JOBS = (nightly, months_again)
SCHEDULES = (nightly_schedule,)
SENSORS = (new_files, run_failed, run_succeeded, lost_runs, months_taken_in)

__all__ = [
    "JOBS",
    "SCHEDULES",
    "SENSORS",
    "freshness_policies",
    "lost_runs",
    "months_again",
    "months_taken_in",
    "new_files",
    "nightly",
    "nightly_schedule",
    "run_failed",
    "run_succeeded",
    "stay_fresh",
    "with_freshness",
]
