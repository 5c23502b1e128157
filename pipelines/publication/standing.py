"""Whether the warehouse that is live already says everything that a run would say.

A night without news ends here, with the reason, instead of building the same figures again. Belongs here: comparing
what the live warehouse was built from with what there is now. Does not belong here: building.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipelines import ingestion
from pipelines.home import Home
from pipelines.ingestion import IngestReport
from pipelines.publication import shelf
from pipelines.publication.inputs import code_digest, digest_of
from pipelines.publication.manifest import libraries
from pipelines.settings import dbt_variables, load_settings


@dataclass(frozen=True)
class Standing:
    """A warehouse that is still right.

    Attributes:
        report: the inbox, in which nothing is new.
        built_at: when the warehouse went live (UTC).
        rolled_back_from: the newer publication in whose place an operator put this one; None when it is the newest.
    """

    report: IngestReport
    built_at: datetime
    rolled_back_from: str | None = None

    @property
    def reason(self) -> str:
        """One sentence for a person, and for the schedule that skips the night."""
        instead = f", in the place of {self.rolled_back_from}" if self.rolled_back_from else ""
        return (
            f"Nothing new in the inbox, the reference tables and the settings: "
            f"the warehouse of {self.built_at:%d-%m-%Y %H:%M} UTC stands{instead}."
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
    built_at = datetime.fromtimestamp(home.warehouse.stat().st_mtime, UTC)
    return Standing(report, built_at, shelf.rolled_back_from(home))


def _record(home: Home) -> Path:
    return home.dbt / "built_from.json"


def _inputs(home: Home) -> str:
    settings = load_settings(home.settings_file)
    values: Mapping[str, object] = {
        "deliveries": digest_of(home.lake / f"{name}.parquet" for name in ("ledger", "removed", "erased")),
        "reference": digest_of(sorted(home.lake_reference.glob("*.parquet"))),
        "settings": {**dbt_variables(settings), **settings.disclosure.model_dump()},
        "code": code_digest(),
        "libraries": libraries(),
    }
    return json.dumps(values, sort_keys=True, indent=2)
