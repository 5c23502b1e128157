"""The home folder as an asset gets it: with the lock held from the run's first step to its last."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from pipelines import run_lock
from pipelines.home import Home


def locked_home(home: Home, wait_seconds: float) -> dg.ResourceDefinition:
    """The resource ``home``. A run that finds another one at work waits for it, and then fails naming it.

    Args:
        home: the home folder.
        wait_seconds: how long to wait.
    """

    @dg.resource(description="The home folder, with the lock that only one run can hold.")
    @contextmanager
    def resource(context: dg.InitResourceContext) -> Iterator[Home]:
        run = context.run
        who = f"Dagster's run {run.run_id[:8]} of '{run.job_name}'" if run else "Dagster"
        with run_lock.hold(home, who, wait_seconds, on_wait=lambda holder: _say(context, holder)):
            yield home

    return resource


def _say(context: dg.InitResourceContext, holder: run_lock.Holder) -> None:
    if context.log is not None:
        context.log.info(f"Waiting for {holder}.")
