"""dbt: its manifest, and one build of the candidate.

Belongs here: calling dbt. Does not belong here: Dagster, and what the models mean (``dbt_project/``).

dbt runs inside this process. A dbt process of its own pays for its start three times over (version, adapter, build):
measured, 25 s of overhead against 9 s for 160 nodes (docs/adr/0001-dbt-in-process.md).
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import RunFailedError
from pipelines.home import Home

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult

PROJECT_DIR = Path(__file__).resolve().parent.parent / "dbt_project"
_PARSED_SUFFIXES = frozenset({".sql", ".yml", ".yaml", ".csv", ".md", ".py"})


class TransformationError(RunFailedError):
    """dbt could not build the candidate: one sentence with the names of what failed, never a value (exit code 1)."""


@dataclass(frozen=True)
class NodeFinished:
    """One model, seed or test that dbt finished.

    Attributes:
        unique_id: dbt's name for it, such as ``model.jeugdspiegel.practice_years``.
        status: ``success``, ``pass``, ``warn``, ``fail``, ``error`` or ``skipped``.
        index, total: its place among all nodes of this build, 1-based.
        event: dbt's structured log event.
    """

    unique_id: str
    status: str
    index: int
    total: int
    event: Mapping[str, Any]


def prepare_manifest(home: Home, variables: Mapping[str, object]) -> Path:
    """Path of ``manifest.json``; parses the project only when it, dbt, the home or the variables changed.

    Raises:
        TransformationError: the project does not parse.
    """
    manifest = home.dbt_target / "manifest.json"
    stamp = home.dbt_target / "manifest.stamp"
    wanted = _stamp(home, variables)
    if manifest.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return manifest
    home.dbt_target.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    result = _invoke(home, ["parse"], variables)
    if not result.success:
        raise TransformationError(f"The models in {PROJECT_DIR} do not parse; the reason is in {_log(home)}.")
    stamp.write_text(wanted, encoding="utf-8")
    return manifest


def build(home: Home, variables: Mapping[str, object], arguments: list[str] | None = None) -> Iterator[NodeFinished]:
    """Build the candidate with dbt and run the tests on it; yields each node as it is finished.

    Args:
        variables: dbt variables, such as ``max_gap_days``.
        arguments: further arguments of ``dbt build``, such as a selection.

    Raises:
        TransformationError: after the last node, when a model or a test of severity error failed.
    """
    events: queue.SimpleQueue[NodeFinished | None] = queue.SimpleQueue()
    outcome: list[dbtRunnerResult] = []

    def run() -> None:
        try:
            outcome.append(
                _invoke(
                    home, ["build", "--exclude-resource-type", "unit_test", *(arguments or [])], variables, events.put
                )
            )
        finally:
            events.put(None)

    # dbt calls back from its own threads and returns at its very end: the queue turns that into a stream.
    worker = threading.Thread(target=run, name="dbt", daemon=True)
    worker.start()
    failed: list[str] = []
    while (node := events.get()) is not None:
        if node.status in {"error", "fail"}:
            failed.append(node.unique_id.split(".")[2])
        yield node
    worker.join()
    if failed:
        raise TransformationError(f"dbt failed on {_listed(failed)}; the reason is in {_log(home)}.")
    if not outcome or not outcome[0].success:
        raise TransformationError(f"dbt stopped before it built anything; the reason is in {_log(home)}.")


def _listed(names: list[str], limit: int = 5) -> str:
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more


def _log(home: Home) -> Path:
    return home.dbt_logs / "dbt.log"


def _invoke(
    home: Home,
    command: list[str],
    variables: Mapping[str, object],
    on_node: Callable[[NodeFinished], None] | None = None,
) -> dbtRunnerResult:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    home.dbt_logs.mkdir(parents=True, exist_ok=True)
    callbacks = [_log_callback(_log(home))]
    if on_node is not None:
        callbacks.append(_node_callback(on_node))
    arguments = [
        *command,
        *("--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR)),
        *("--target-path", str(home.dbt_target), "--log-path", str(home.dbt_logs)),
        *("--vars", json.dumps(dict(variables), sort_keys=True)),
        # The terminal is the caller's, and dbt's own log formats every event before it drops most of them.
        *("--log-level", "none", "--log-level-file", "none"),
        *("--no-send-anonymous-usage-stats", "--no-version-check"),
    ]
    with _environment(home), _without_garbage_collection():
        try:
            return dbtRunner(callbacks=callbacks).invoke(arguments)
        finally:
            # Or this process would keep the candidate open, and its next run would find the old file.
            DuckDBConnectionManager.close_all_connections()


def _log_callback(path: Path) -> Callable[[Any], None]:
    """Writes what went wrong, and only that, to dbt's log file."""
    path.write_text("", encoding="utf-8")

    def callback(message: Any) -> None:
        if message.info.level in {"warn", "error"}:
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{message.info.ts.ToJsonString()} {message.info.level} {message.info.msg}\n")

    return callback


def _node_callback(on_node: Callable[[NodeFinished], None]) -> Callable[[Any], None]:
    from dbt_common.events.functions import msg_to_dict

    results = frozenset({"LogSeedResult", "LogModelResult", "LogSnapshotResult", "LogTestResult"})

    def callback(message: Any) -> None:
        if message.info.name not in results:
            return
        event = msg_to_dict(message)
        data = event["data"]
        node = data.get("node_info", {})
        on_node(
            NodeFinished(
                unique_id=node.get("unique_id", ""),
                status=str(node.get("node_status") or data.get("status", "")).lower(),
                index=int(data.get("index", 0)),
                total=int(data.get("total", 0)),
                event=event,
            )
        )

    return callback


@contextmanager
def _environment(home: Home) -> Iterator[None]:
    """The variables that the dbt project reads; what was there before comes back."""
    wanted = {
        "JEUGDSPIEGEL_LAKE": str(home.lake.resolve()),
        "JEUGDSPIEGEL_QUARANTINE": str(home.quarantine.resolve()),
        "JEUGDSPIEGEL_CANDIDATE": str(home.candidate.resolve()),
        "JEUGDSPIEGEL_TARGET": str(home.dbt_target.resolve()),
        "JEUGDSPIEGEL_VINTAGES": str(home.vintages.resolve()),
        "DO_NOT_TRACK": "1",
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """dbt makes millions of short-lived objects beside a large manifest: collecting costs a quarter of its time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _stamp(home: Home, variables: Mapping[str, object]) -> str:
    digest = hashlib.sha256(_project_digest().encode())
    for part in (version("dbt-core"), version("dbt-duckdb"), str(home.root.resolve()), json.dumps(dict(variables))):
        digest.update(b"\0" + part.encode())
    return digest.hexdigest()


@cache
def _project_digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(PROJECT_DIR.rglob("*")):
        if path.suffix in _PARSED_SUFFIXES and path.is_file():
            digest.update(path.relative_to(PROJECT_DIR).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()
