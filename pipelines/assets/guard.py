"""Keeps values out of Dagster's event log, which stores the text of every exception that leaves an asset."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from pipelines.errors import ConfigurationError, RunFailedError


@contextmanager
def no_values_in_errors() -> Iterator[None]:
    """Let our own errors through; of any other say only its type and where it arose.

    Raises:
        dagster.Failure: for an error whose text may hold values of a delivery.
    """
    try:
        yield
    except (ConfigurationError, RunFailedError, dg.Failure):
        # Their text is ours: a sentence about files and keys, never a value.
        raise
    except Exception as error:  # noqa: BLE001 - libraries put row values into the text of any error
        frame = traceback.extract_tb(error.__traceback__)[-1]
        raise dg.Failure(
            description=f"{type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}."
        ) from None
