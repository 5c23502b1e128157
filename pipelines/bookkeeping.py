"""Dagster's event log in SQLite, with its files kept open.

Dagster's own class makes an engine, opens, commits and closes a file several times for each event, and waits for the
disk each time: measured, 35 of the 54 seconds of a night with 120 checks (docs/adr/0002-event-log-kept-open.md).
The files are the same; they hold the history of runs, not figures.
"""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event

# One file for each run, one for all; a process follows a handful of runs at a time.
_FILES_KEPT_OPEN = 8


class KeptOpenEventLog(SqliteEventLogStorage):
    """Dagster's SQLite event log with one engine per file and commits that SQLite writes when it sees fit.

    A power cut can lose the last events of a run; it cannot damage the files (write-ahead log, synchronous NORMAL).
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> KeptOpenEventLog:
        """From dagster.yaml: ``base_dir`` is DAGSTER_HOME, and the files lie where Dagster would put them."""
        return cls(str(Path(config_value["base_dir"]) / "history" / "runs"), inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as connection, connection.begin():
                yield connection

    def _engine(self, shard: str) -> Engine:
        if shard not in self._engines:
            engine = create_engine(self.conn_string_for_shard(shard), connect_args={"timeout": 30})
            event.listen(engine, "connect", _commit_without_waiting)
            self._engines[shard] = engine
        self._engines.move_to_end(shard)
        while len(self._engines) > _FILES_KEPT_OPEN:
            _, oldest = self._engines.popitem(last=False)
            oldest.dispose()
        return self._engines[shard]

    def delete_events(self, run_id: str) -> None:
        """Forget a run's events: their file goes, and what the index says of them."""
        with self._db_lock:
            if run_id in self._engines:
                self._engines.pop(run_id).dispose()
            self._initialized_dbs.discard(run_id)
        with self.index_connection() as connection:
            self.delete_events_for_run(connection, run_id)
        for suffix in ("", "-wal", "-shm"):
            Path(self.path_for_shard(run_id) + suffix).unlink(missing_ok=True)

    def dispose(self) -> None:
        """Close every file."""
        while self._engines:
            self._engines.popitem()[1].dispose()
        super().dispose()


def _commit_without_waiting(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("pragma synchronous = normal")
