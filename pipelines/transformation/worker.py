"""The process in which dbt runs: reads requests, one JSON line each, and answers with dbt's events, one line each.

Belongs here: dbt's runner and nothing of ours. Does not belong here: what is asked of it (``transformation.py``).
Started as ``python -m pipelines.transformation.worker``; ends when its input ends.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TextIO

from pipelines.transformation import MEMORY_LIMIT

_FINISHED = frozenset({"LogSeedResult", "LogModelResult", "LogSnapshotResult", "LogTestResult"})
_WORTH_LOGGING = frozenset({"warn", "error"})


def main() -> None:
    """Answer requests until there are no more."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # What dbt or a library prints must not get between the answers.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    # Millions of short-lived objects beside a large manifest: collecting costs a quarter of dbt's time.
    gc.disable()

    # Loaded before the first request comes, while the other process is still busy.
    import dbt.task.build  # noqa: F401
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    os.environ.setdefault(MEMORY_LIMIT, _own_memory_limit())
    for line in sys.stdin:
        request = json.loads(line)
        callbacks = [_log_to(Path(request["log"])), _answer_to(answers)]
        result = dbtRunner(callbacks=callbacks).invoke(request["arguments"])
        # Or the candidate stays open, and what was written last stays in its log.
        DuckDBConnectionManager.close_all_connections()
        _add_broken_rules(Path(request["log"]), result.result)
        _write(answers, {"is_success": bool(result.success)})


def _own_memory_limit() -> str:
    """What DuckDB takes when nobody sets a limit: the profile has to name one."""
    import duckdb

    with duckdb.connect() as asked:
        return str(asked.execute("select current_setting('memory_limit')").fetchall()[0][0])


def _answer_to(answers: TextIO) -> Callable[[Any], None]:
    from dbt_common.events.functions import msg_to_dict

    lock = threading.Lock()

    def callback(message: Any) -> None:
        if message.info.name in _FINISHED:
            with lock:
                _write(answers, {"event": msg_to_dict(message)})

    return callback


def _log_to(path: Path) -> Callable[[Any], None]:
    """Writes what went wrong, and only that: dbt's own log formats every event before it drops most of them."""
    path.write_text("", encoding="utf-8")

    def callback(message: Any) -> None:
        if message.info.level in _WORTH_LOGGING:
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{message.info.ts.ToJsonString()} {message.info.level} {message.info.msg}\n")

    return callback


def _add_broken_rules(path: Path, done: Any) -> None:
    """One test judges many rules (macros/tests/sound.sql): say which were broken, and by how many rows."""
    failed = [result for result in getattr(done, "results", ()) if result.status == "fail"]
    failed = [result for result in failed if _is_sound_test(result.node)]
    if not failed:
        return
    import duckdb

    with (
        duckdb.connect(os.environ["JEUGDSPIEGEL_CANDIDATE"], read_only=True) as candidate,
        path.open("a", encoding="utf-8") as file,
    ):
        for result in failed:
            for rule, failing in candidate.execute(result.node.compiled_code).fetchall():
                file.write(f"{result.node.name}: {rule} ({failing})\n")


def _is_sound_test(node: Any) -> bool:
    """A test that is one file of SQL has no ``test_metadata`` at all."""
    return getattr(getattr(node, "test_metadata", None), "name", None) == "sound"


def _write(answers: TextIO, answer: Mapping[str, object]) -> None:
    answers.write(json.dumps(answer, default=str) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
