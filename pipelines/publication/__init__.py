"""Going live: the audited candidate becomes the warehouse, by one rename.

Belongs here: the candidate's life (cleared, checked, swapped). Does not belong here: what the tables mean
(``dbt_project/``), and which checks must have passed (``pipelines/assets/``).
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.errors import RunFailedError
from pipelines.home import Home

# A reader of figures looks here; the other schemas are steps on the way.
PUBLIC_SCHEMAS = ("marts", "ops")


class PublicationError(RunFailedError):
    """The candidate cannot go live: one sentence that names the file and what to do (exit code 1)."""


@dataclass(frozen=True)
class Published:
    """What went live.

    Attributes:
        path: the warehouse.
        rows: rows per ``schema.table``, of the schemas that people read.
        bytes: size of the file.
    """

    path: Path
    rows: dict[str, int]
    bytes: int


def check_replaceable(home: Home) -> None:
    """Look before the work whether its result could go live.

    Raises:
        PublicationError: another program has the warehouse open for writing, or its place cannot be written to.
    """
    with _os_errors_of(home.warehouse):
        if home.warehouse.is_dir():
            raise PublicationError(f"{home.warehouse} is a folder, not a DuckDB file: move it away and run again.")
        if not os.access(home.root, os.W_OK):
            raise PublicationError(f"{home.root} cannot be written to: give this user the right to write there.")
        # A writer would lose what it wrote when the file under it is replaced; a reader goes on with what it opened.
        if _is_locked(home.warehouse, by_readers_too=False):
            raise PublicationError(
                f"{home.warehouse} is open for writing in another program: close it, then run again."
            )


def clear_candidate(home: Home) -> bool:
    """Remove the candidate that a killed run left, and make its folder.

    Returns:
        Whether there was one.

    Raises:
        PublicationError: another run is building it, or it cannot be removed.
    """
    with _os_errors_of(home.candidate):
        home.candidate.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_locked(home.candidate, by_readers_too=True):
            raise PublicationError(f"{home.candidate} is in use: another run is building it. Wait for it to end.")
        leftovers = [path for path in (home.candidate, _wal(home.candidate)) if path.exists()]
        for path in leftovers:
            path.unlink()
    return bool(leftovers)


def publish(home: Home) -> Published:
    """Put the candidate live as the warehouse: owner-only, on disk, in one rename.

    A reader that has the old warehouse open goes on reading it; whoever opens it next gets the new one.

    Raises:
        PublicationError: there is no candidate, or the warehouse is locked or cannot be replaced.
    """
    if not home.candidate.exists():
        raise PublicationError(f"{home.candidate} is not there: the models were not built. Run the whole job.")
    check_replaceable(home)
    rows = count_rows(home.candidate)
    with _os_errors_of(home.warehouse):
        home.candidate.chmod(0o600)
        _sync(home.candidate)
        # A log that a crashed writer left beside the old file would be replayed over the new one.
        _wal(home.warehouse).unlink(missing_ok=True)
        home.candidate.replace(home.warehouse)
        _sync(home.root)
    return Published(path=home.warehouse, rows=rows, bytes=home.warehouse.stat().st_size)


def count_rows(path: Path) -> dict[str, int]:
    """Rows per ``schema.table`` of the schemas that people read, through one short connection.

    Raises:
        PublicationError: the file is not a DuckDB database that this version can read.
    """
    try:
        with duckdb.connect(str(path)) as connection:
            # Closing writes the log into the file; this says so for a file that another process closed badly.
            connection.execute("force checkpoint")
            tables = connection.execute(
                """
                select schema_name, table_name from duckdb_tables()
                where list_contains($schemas, schema_name)
                order by all
                """,
                {"schemas": list(PUBLIC_SCHEMAS)},
            ).fetchall()
            return {
                f"{schema}.{table}": _only_value(connection.execute(f'select count(*) from "{schema}"."{table}"'))
                for schema, table in tables
            }
    except duckdb.Error as error:
        raise PublicationError(f"{path} cannot be read as a DuckDB file ({type(error).__name__}).") from None


def _only_value(result: duckdb.DuckDBPyConnection) -> int:
    row = result.fetchone()
    return int(row[0]) if row else 0


def _wal(path: Path) -> Path:
    return path.with_name(path.name + ".wal")


def _is_locked(path: Path, *, by_readers_too: bool) -> bool:
    """Whether another process holds DuckDB's lock on the file: exclusive for a writer, shared for readers."""
    try:
        file = os.open(path, os.O_RDWR if by_readers_too else os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.lockf(file, (fcntl.LOCK_EX if by_readers_too else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return True
    finally:
        os.close(file)
    return False


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _os_errors_of(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PublicationError(f"{path} cannot be written ({error.strerror}): nothing was published.") from None
