"""A night whose process is killed while the candidate is half built: ``python -m tests.fortnight.killed HOME TIME``."""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime
from pathlib import Path

import time_machine

from pipelines.automation import nightly
from pipelines.automation.instance import opened_instance
from pipelines.definitions import build_definitions
from pipelines.home import Home
from pipelines.resources import Progress
from pipelines.transformation import NodeFinished

_KILLED_AFTER_NODES = 5


class _Killer(Progress):
    def on_node(self, node: NodeFinished) -> None:
        if node.index >= _KILLED_AFTER_NODES:
            os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Begin the night; it does not come to its end."""
    home, at = Home(Path(sys.argv[1])), datetime.fromisoformat(sys.argv[2])
    with time_machine.travel(at), opened_instance(home) as instance:
        job = build_definitions(home, {"progress": _Killer()}).resolve_job_def(nightly.name)
        job.execute_in_process(
            instance=instance, run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
        )


if __name__ == "__main__":
    main()
