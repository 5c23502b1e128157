"""dbt: its manifest, and one build of the candidate.

Belongs here: asking dbt. Does not belong here: Dagster, and what the models mean (``dbt_project/``).
dbt runs in a process of its own, started early and asked over a pipe (docs/adr/0001-dbt-worker.md).
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pipelines.errors import RunFailedError, TransientError
from pipelines.home import Home
from pipelines.operations import run_log
from pipelines.settings import load_settings

PROJECT_DIR = Path(__file__).resolve().parents[2] / "dbt_project"
MEMORY_LIMIT = "JEUGDSPIEGEL_MEMORY_LIMIT"
_PARSED_SUFFIXES = frozenset({".sql", ".yml", ".yaml", ".csv", ".md", ".py"})


class TransformationError(RunFailedError):
    """dbt could not build the candidate: one sentence with the names of what failed, never a value."""


class DbtStoppedError(TransformationError, TransientError):
    """dbt's process ended before it was done: killed, or short of memory."""


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

    @property
    def name(self) -> str:
        """The node's own name, without project and kind."""
        return self.unique_id.split(".")[2]

    @property
    def seconds(self) -> float:
        """How long dbt worked on it, in seconds."""
        return round(float(self.event["data"].get("execution_time") or 0.0), 3)


class Dbt:
    """dbt for one home folder. Its process starts with the first request, or earlier with :meth:`start`."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Dbt:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Let dbt load, which takes some seconds, while this process does something else."""
        if self._process is None:
            self._home.dbt_logs.mkdir(parents=True, exist_ok=True)
            # The models read the run log, also when no run has begun here yet.
            run_log.ensure(self._home)
            with (self._home.dbt_logs / "process.log").open("w") as log:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "pipelines.transformation.worker"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    env=self._environment(),
                    text=True,
                    encoding="utf-8",
                )

    def stop(self) -> None:
        """End dbt's process, whatever it is doing."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def ask(self, command: list[str], variables: Mapping[str, object]) -> Iterator[NodeFinished]:
        """Run one dbt command; yields each node as it is finished.

        Raises:
            TransformationError: after the last node, when one failed or dbt did not come to its end.
        """
        self.start()
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        request = {"arguments": self._arguments(command, variables), "log": str(self.log)}
        failed: list[str] = []
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            for line in process.stdout:
                answer = json.loads(line)
                if "event" not in answer:
                    self._judge(failed, is_success=answer["is_success"])
                    return
                node = _node(answer["event"])
                if node.status in {"error", "fail"}:
                    failed.append(node.name)
                yield node
        except BrokenPipeError:
            pass
        self.stop()
        raise DbtStoppedError(f"dbt stopped before it was done; {self.log.parent} says why.")

    @property
    def log(self) -> Path:
        """What went wrong in the last command."""
        return self._home.dbt_logs / "dbt.log"

    def _judge(self, failed: list[str], *, is_success: bool) -> None:
        if failed:
            raise TransformationError(f"dbt failed on {_listed(failed)}; the reason is in {self.log}.")
        if not is_success:
            raise TransformationError(f"dbt could not do what was asked; the reason is in {self.log}.")

    def _environment(self) -> dict[str, str]:
        memory_mib = load_settings(self._home.settings_file).warehouse.memory_mib
        return {
            **os.environ,
            **({MEMORY_LIMIT: f"{memory_mib} MiB"} if memory_mib else {}),
            "JEUGDSPIEGEL_LAKE": str(self._home.lake.resolve()),
            "JEUGDSPIEGEL_QUARANTINE": str(self._home.quarantine.resolve()),
            "JEUGDSPIEGEL_CANDIDATE": str(self._home.candidate.resolve()),
            "JEUGDSPIEGEL_TARGET": str(self._home.dbt_target.resolve()),
            "JEUGDSPIEGEL_VINTAGES": str(self._home.vintages.resolve()),
            "JEUGDSPIEGEL_OPERATIONS": str(self._home.operations.resolve()),
            # dbt reports its use to nobody.
            "DO_NOT_TRACK": "1",
        }

    def _arguments(self, command: list[str], variables: Mapping[str, object]) -> list[str]:
        return [
            *command,
            *("--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR)),
            *("--target-path", str(self._home.dbt_target), "--log-path", str(self._home.dbt_logs)),
            *("--vars", json.dumps(dict(variables), sort_keys=True)),
            *("--log-level", "none", "--log-level-file", "none"),
            *("--no-send-anonymous-usage-stats", "--no-version-check"),
        ]


def prepare_manifest(home: Home, variables: Mapping[str, object], dbt: Dbt) -> Path:
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
    for _ in dbt.ask(["parse"], variables):
        pass
    stamp.write_text(wanted, encoding="utf-8")
    return manifest


def build(dbt: Dbt, variables: Mapping[str, object]) -> Iterator[NodeFinished]:
    """Build the candidate and run the tests on it; yields each node as it is finished.

    Raises:
        TransformationError: after the last node, when a model or a test of severity error failed.
    """
    # Unit tests test the models, not the data: they run with the project's own tests.
    yield from dbt.ask(["build", "--exclude-resource-type", "unit_test"], variables)


def _node(event: Mapping[str, Any]) -> NodeFinished:
    data = event["data"]
    node = data.get("node_info", {})
    return NodeFinished(
        unique_id=node.get("unique_id", ""),
        status=str(node.get("node_status") or data.get("status", "")).lower(),
        index=int(data.get("index", 0)),
        # A test calls it by another name than a model.
        total=int(data.get("total") or data.get("num_models") or 0),
        event=event,
    )


def _listed(names: list[str], limit: int = 5) -> str:
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more


def _stamp(home: Home, variables: Mapping[str, object]) -> str:
    digest = hashlib.sha256(_project_digest(PROJECT_DIR).encode())
    for part in (version("dbt-core"), version("dbt-duckdb"), str(home.root.resolve()), json.dumps(dict(variables))):
        digest.update(b"\0" + part.encode())
    return digest.hexdigest()


@cache
def _project_digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in _PARSED_SUFFIXES and path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()
