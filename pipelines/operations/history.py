"""Dagster's own history: what is older than the retention setting goes.

Belongs here: which runs may go. Does not belong here: ops.runs, which outlives them (``run_log``).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import dagster as dg

_FINISHED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
# A night should not become long because somebody shortened the retention.
_MOST_AT_ONCE = 500


def prune(instance: dg.DagsterInstance, keep_days: int, now: datetime) -> int:
    """Remove finished runs, with their events, that were made longer ago than ``keep_days``.

    A run that made what is still the newest of an asset, or of a month of it, stays: without it the UI would call that
    month missing and its freshness unknown.

    Args:
        instance: Dagster's instance.
        keep_days: 0 keeps everything.
        now: the time (UTC).

    Returns:
        How many runs went.
    """
    if not keep_days:
        return 0
    old = instance.get_run_records(
        dg.RunsFilter(statuses=_FINISHED, created_before=now - timedelta(days=keep_days)),
        limit=_MOST_AT_ONCE,
        ascending=True,
    )
    if not old:
        return 0
    needed = _runs_behind_the_newest(instance)
    going = [record.dagster_run.run_id for record in old if record.dagster_run.run_id not in needed]
    for run_id in going:
        instance.delete_run(run_id)
    return len(going)


def _runs_behind_the_newest(instance: dg.DagsterInstance) -> set[str]:
    keys = instance.all_asset_keys()
    newest = instance.get_latest_materialization_events(keys)
    runs = {entry.run_id for entry in newest.values() if entry is not None}
    for key in keys:
        by_month = instance.event_log_storage.get_latest_storage_id_by_partition(
            key, dg.DagsterEventType.ASSET_MATERIALIZATION
        )
        runs |= _runs_of(instance, key, by_month.values())
    return runs


def _runs_of(instance: dg.DagsterInstance, key: dg.AssetKey, storage_ids: Iterable[int]) -> set[str]:
    wanted = list(storage_ids)
    if not wanted:
        return set()
    records = instance.fetch_materializations(
        dg.AssetRecordsFilter(asset_key=key, storage_ids=wanted), limit=len(wanted)
    ).records
    return {record.run_id for record in records}
