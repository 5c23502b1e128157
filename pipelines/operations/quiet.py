"""A night without news: recorded as one that was there. Loads nothing heavy, since such a night takes seconds.

Belongs here: what such a night leaves behind. Does not belong here: deciding that nothing is new (``standing``).
"""

from __future__ import annotations

from pipelines.home import Home
from pipelines.operations import metrics, run_log
from pipelines.operations.run_log import RunRecord
from pipelines.resources import Progress, RunEnded


def record_quiet(home: Home, reason: str, listener: Progress | None = None) -> RunRecord:
    """Record a night in which nothing was new, so that it is seen to have been there.

    Args:
        home: the home folder, whose warehouse stands.
        reason: why it stands.
        listener: who is told.
    """
    now = run_log.now()
    record = RunRecord(
        run_id=f"unchanged-{now:%Y%m%dT%H%M%S%f}", started_at=now, ended_at=now, outcome="unchanged", seconds_total=0.0
    )
    run_log.write(home, record)
    metrics.write(home, record, {})
    if listener:
        listener.on_ended(RunEnded(record.run_id, "unchanged", 0.0, reason))
    return record
