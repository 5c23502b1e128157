"""What every asset's work is wrapped in: no values in Dagster's event log, and a second try only where one may help.

Dagster stores the text of every exception that leaves an asset, and its retry policy tries again after any of them.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import duckdb

from pipelines.errors import ConfigurationError, RunFailedError, TransientError

RETRIES = dg.RetryPolicy(
    # After 10, 30 and 70 seconds. Nothing is added by chance: one night has no crowd to spread, and chance could make
    # the first pause none at all.
    max_retries=3,
    delay=10,
    backoff=dg.Backoff.EXPONENTIAL,
)
"""For every asset: what a disk, a lock or a killed process spoilt is tried again; anything else is not."""

WRITERS = "writers"
"""The pool of whatever writes in the home folder; dagster.yaml gives a pool one slot."""

_TRANSIENT = (OSError, BrokenProcessPool, duckdb.IOException)


@contextmanager
def no_values_in_errors() -> Iterator[None]:
    """Say of our own errors what they say, of any other only its type and where it arose.

    Raises:
        TransientError: something that may be gone in a minute, while there are tries left.
        dagster.Failure: anything else, without another try; its cause is our own error, if it was one.
    """
    try:
        yield
    except dg.Failure:
        raise
    except ConfigurationError as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    except TransientError as error:
        _try_again(error)
    except RunFailedError as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    except _TRANSIENT as error:
        _try_again(TransientError(f"{_type_and_place(error)}{_reason(error)}."))
    except Exception as error:  # noqa: BLE001 - libraries put row values into the text of any error
        raise dg.Failure(f"{_type_and_place(error)}.", allow_retries=False) from None


def _try_again(error: TransientError) -> None:
    if _tries_left():
        raise error from None
    raise dg.Failure(str(error), allow_retries=False) from error


def _tries_left() -> int:
    """How often Dagster would run the present step again; 0 outside a step."""
    try:
        context = dg.OpExecutionContext.get()
    except dg.DagsterInvariantViolationError:
        return 0
    policy = context.op_def.retry_policy
    return policy.max_retries - context.retry_number if policy else 0


def _type_and_place(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}"


def _reason(error: Exception) -> str:
    # The operating system's own words; never the file, whose name may be a delivery's.
    return f" ({error.strerror})" if isinstance(error, OSError) and error.strerror else ""
