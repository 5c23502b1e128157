"""Lets the clock that freshness goes by be moved while Dagster runs: by the number of days in a file.

Python loads this module by itself when its folder is on PYTHONPATH; only the browser test puts it there.
"""

import importlib.abc
import importlib.util
import os
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

_MODULE = "dagster._core.definitions.freshness_evaluator"


class _Mover(importlib.abc.MetaPathFinder):
    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name != _MODULE:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return spec
        load = spec.loader.exec_module

        def load_and_move(module: ModuleType) -> None:
            load(module)
            now = module.get_current_timestamp
            module.get_current_timestamp = lambda: now() + 86_400 * _days()

        spec.loader.exec_module = load_and_move  # type: ignore[method-assign]
        return spec


def _days() -> float:
    return float(Path(os.environ["JEUGDSPIEGEL_TEST_CLOCK"]).read_text(encoding="ascii"))


if "JEUGDSPIEGEL_TEST_CLOCK" in os.environ:
    sys.meta_path.insert(0, _Mover())
