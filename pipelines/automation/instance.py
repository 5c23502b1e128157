"""Dagster's instance of a home folder, for a process that Dagster did not start."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from pipelines.home import Home
from pipelines.operations.storage import prepare_instance


@contextmanager
def opened_instance(home: Home) -> Iterator[dg.DagsterInstance]:
    """The instance on which the daemon and the UI work as well; ``DAGSTER_HOME`` names it meanwhile.

    Raises:
        ConfigurationError: its storage is not there.
    """
    before = os.environ.get("DAGSTER_HOME")
    os.environ["DAGSTER_HOME"] = str(prepare_instance(home))
    try:
        with dg.DagsterInstance.get() as instance:
            yield instance
    finally:
        if before is None:
            del os.environ["DAGSTER_HOME"]
        else:
            os.environ["DAGSTER_HOME"] = before
