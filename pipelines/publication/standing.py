"""Whether the warehouse that is live already says everything that a run would say.

A night without news ends here, with the reason, instead of building the same figures again. Belongs here: comparing
what the live warehouse was built from with what there is now. Does not belong here: building.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path

from pipelines import ingestion
from pipelines.home import Home
from pipelines.ingestion import IngestReport
from pipelines.settings import dbt_variables, load_settings

_CODE = Path(__file__).resolve().parents[2]
_ROOMS = ("pipelines", "schemas", "dbt_project")
_SOURCES = frozenset({".py", ".sql", ".yml", ".yaml", ".csv", ".md"})
_LIBRARIES = ("dbt-core", "dbt-duckdb", "duckdb", "polars")


@dataclass(frozen=True)
class Standing:
    """A warehouse that is still right.

    Attributes:
        report: the inbox, in which nothing is new.
        built_at: when the warehouse went live (UTC).
    """

    report: IngestReport
    built_at: datetime

    @property
    def reason(self) -> str:
        """One sentence for a person, and for the schedule that skips the night."""
        return (
            f"Nothing new in the inbox, the reference tables and the settings: "
            f"the warehouse of {self.built_at:%d-%m-%Y %H:%M} UTC stands."
        )


def remember(home: Home) -> None:
    """Write down what the warehouse that went live was built from; call it right after the swap."""
    home.dbt.mkdir(parents=True, exist_ok=True)
    _record(home).write_text(_inputs(home), encoding="utf-8")


def find_standing(home: Home) -> Standing | None:
    """The warehouse's standing when a run would change nothing; None when there is something to do.

    The reference tables must have been loaded: they are compared as the lake holds them.

    Raises:
        ConfigurationError: jeugdspiegel.toml is wrong.
    """
    record = _record(home)
    if not (record.exists() and home.warehouse.exists()):
        return None
    report = ingestion.look(home, load_settings(home.settings_file))
    if report.files_new or report.files_growing or record.read_text(encoding="utf-8") != _inputs(home):
        return None
    return Standing(report, datetime.fromtimestamp(home.warehouse.stat().st_mtime, UTC))


def _record(home: Home) -> Path:
    return home.dbt / "built_from.json"


def _inputs(home: Home) -> str:
    values: Mapping[str, object] = {
        "deliveries": _digest([home.lake / "ledger.parquet"]),
        "reference": _digest(sorted(home.lake_reference.glob("*.parquet"))),
        "settings": dbt_variables(load_settings(home.settings_file)),
        "code": _code_digest(),
        "libraries": {name: version(name) for name in _LIBRARIES},
    }
    return json.dumps(values, sort_keys=True, indent=2)


@cache
def _code_digest() -> str:
    return _digest(
        path
        for room in _ROOMS
        for path in sorted((_CODE / room).rglob("*"))
        if path.suffix in _SOURCES and path.is_file()
    )


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0")
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()
