"""The candidate before it goes live: cleared, looked at, counted.

Belongs here: the DuckDB file that dbt builds. Does not belong here: what is published of it (``staging.py``), and where
publications are kept (``shelf.py``).
"""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

import duckdb

from pipelines.home import Home
from pipelines.publication.errors import PublicationError, os_errors_of

# A reader of figures looks here; the other schemas are steps on the way.
PUBLIC_SCHEMAS = ("marts", "ops")


def check_replaceable(home: Home) -> None:
    """Look before the work whether its result could go live.

    Raises:
        PublicationError: another program has the warehouse open for writing, or its place cannot be written to.
    """
    with os_errors_of(home.warehouse):
        if home.warehouse.is_dir():
            raise PublicationError(f"{home.warehouse} is a folder, not a DuckDB file: move it away and run again.")
        if not os.access(home.root, os.W_OK):
            raise PublicationError(f"{home.root} cannot be written to: give this user the right to write there.")
        # A writer would lose what it wrote when another file takes this one's place; a reader goes on with its own.
        if _is_locked(home.warehouse, by_readers_too=False):
            raise PublicationError(
                f"{home.warehouse} is open for writing in another program: close it, then run again."
            )


def clear_candidate(home: Home) -> bool:
    """Remove the candidate that a killed or refused run left, and make its folder.

    Returns:
        Whether there was one.

    Raises:
        PublicationError: another run is building it, or it cannot be removed.
    """
    folder = home.candidate.parent
    with os_errors_of(home.candidate):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        if _is_locked(home.candidate, by_readers_too=True):
            raise PublicationError(f"{home.candidate} is in use: another run is building it. Wait for it to end.")
        leftovers = sorted(folder.iterdir())
        for path in leftovers:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
    return bool(leftovers)


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


def wal_of(path: Path) -> Path:
    """The log that DuckDB keeps beside a file while it is written to."""
    return path.with_name(path.name + ".wal")


def _only_value(result: duckdb.DuckDBPyConnection) -> int:
    row = result.fetchone()
    return int(row[0]) if row else 0


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
