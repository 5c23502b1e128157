"""A small lake written by hand, and the POH models that dbt builds from it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from schemas.datasets import DATASETS
from schemas.poh_registrations import POH_REGISTRATIONS
from schemas.survey_answers import SURVEY_ANSWERS
from tests.poh.oracle import Registration

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
FILE = "a" * 64
OTHER_FILES = {
    "allocations": ("b" * 64, "toewijzingen"),
    "care_events": ("b" * 64, "toewijzingen"),
    "referral_requests": ("b" * 64, "toewijzingen"),
    "declaration_lines": ("c" * 64, "declaraties"),
    "survey_answers": ("d" * 64, "ervaringen"),
}
"""Per dataset the file that delivers it, and its kind; registrations come from ``FILE``."""

REMOVED = {
    "file_sha256": pl.String,
    "reason": pl.String,
    "rows_removed": pl.Int64,
    "cents_removed": pl.Int64,
}
LEDGER = {
    "file_sha256": pl.String,
    "file_name": pl.String,
    "container": pl.String,
    "kind": pl.String,
    "release": pl.String,
    "message_code": pl.String,
    "municipality_code": pl.String,
    "sender_agb": pl.String,
    "identification": pl.String,
    "message_date": pl.Date,
    "content_digest": pl.String,
    "refusal": pl.String,
    "refusal_message": pl.String,
    "rows_read": pl.Int64,
    "rows_accepted": pl.Int64,
    "rows_quarantined": pl.Int64,
    "cents_read": pl.Int64,
    "cents_accepted": pl.Int64,
    "cents_quarantined": pl.Int64,
    "first_seen_at": pl.Datetime("us", "UTC"),
}
FINDINGS = {
    "file_sha256": pl.String,
    "row_number": pl.Int32,
    "finding": pl.String,
    "municipality_code": pl.String,
    "reference": pl.String,
    "cents": pl.Int64,
}
SUGGESTIONS = {"referrer_hash": pl.String, "practice_id": pl.String, "score": pl.Float64}
QUARANTINE = {
    "file_sha256": pl.String,
    "row_number": pl.Int32,
    "field": pl.String,
    "rule": pl.String,
    "kind": pl.String,
    "message": pl.String,
}
_DAY, _TEXT, _EUROS = pl.Date, pl.String, pl.Decimal(18, 2)
REFERENCE: Mapping[str, Mapping[str, Any]] = {
    "praktijken": {
        "praktijk_id": _TEXT,
        "naam": _TEXT,
        "agb_code": _TEXT,
        "gemeentecode": _TEXT,
        "ingeschreven_jeugdigen": pl.Int64,
    },
    "zorgprofielen": {
        "gemeentecode": _TEXT,
        "productcode": _TEXT,
        "zorgprofiel": _TEXT,
        "domein": _TEXT,
        "ggz_segment": _TEXT,
        "geldig_vanaf": _DAY,
        "geldig_tot": _DAY,
    },
    "zorgverleners": {"zorgverlener_agb": _TEXT, "praktijk_id": _TEXT, "van": _DAY, "tot": _DAY},
    "verwijzer_aliassen": {"naam": _TEXT, "praktijk_id": _TEXT},
    "deelname": {"praktijk_id": _TEXT, "programma": _TEXT, "van": _DAY, "tot": _DAY},
    "gemeenten": {
        "gemeentecode": _TEXT,
        "naam": _TEXT,
        "regio": _TEXT,
        "opvolger_gemeentecode": _TEXT,
        "gegevens_vanaf": _DAY,
        "omzetting_op": _DAY,
    },
    "rapportageperioden": {"periode_id": _TEXT, "label": _TEXT, "van": _DAY, "tot": _DAY},
    "programmakosten": {
        "programma": _TEXT,
        "gemeentecode": _TEXT,
        "soort": _TEXT,
        "van": _DAY,
        "tot": _DAY,
        "bedrag": _EUROS,
    },
    "trajectprijzen": {
        "programma": _TEXT,
        "periode_id": _TEXT,
        "scenario": _TEXT,
        "bedrag_per_traject": _EUROS,
        "aandeel_bggz": pl.Float64,
    },
    "doelen": {"gemeentecode": _TEXT, "programma": _TEXT, "doel": _TEXT, "bedrag_per_jaar": _EUROS},
    "publicaties": {"naam": _TEXT, "peildatum": _DAY},
    "referrer_names": {"referrer_hash": _TEXT, "practice_id": _TEXT},
}


@dataclass(frozen=True)
class Lake:
    """What a test puts into the lake; whatever it leaves out is an empty table.

    Attributes:
        rows: per dataset, rows as dictionaries of lake columns; keys such as ``file_sha256`` have defaults.
        reference: per table, rows with the contract's columns.
        files: sha → file name of the files with registrations that the ledger knows; by default one, ``FILE``.
    """

    rows: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    reference: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=lambda: {FILE: "export.csv"})


def registration_row(registration: Registration) -> dict[str, Any]:
    """A registration as the lake holds it; the practice travels as the hash of its name."""
    row = asdict(registration)
    row["practice_text_hash"] = f"hash of {row.pop('practice_id')}"
    for several in ("activities", "support_offered"):
        row[several] = " ".join(row[several]) or None
    return row


def practice_reference(municipalities: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
    """``praktijken`` of practices (practice_id → municipality) and the hashes of their names."""
    return {
        "praktijken": [{"praktijk_id": practice, "gemeentecode": code} for practice, code in municipalities.items()],
        "referrer_names": [
            {"referrer_hash": f"hash of {practice}", "practice_id": practice} for practice in municipalities
        ],
    }


def write_lake(folder: Path, lake: Lake) -> None:
    """Write every dataset and reference table as typed Parquet."""
    datasets = {**DATASETS, "poh_registrations": POH_REGISTRATIONS, "survey_answers": SURVEY_ANSWERS}
    for name, dataset in datasets.items():
        rows = [
            {
                "file_sha256": OTHER_FILES.get(name, (FILE,))[0],
                "row_number": number,
                "known_at": date(2026, 1, 1),
                **row,
            }
            for number, row in enumerate(lake.rows.get(name, ()), start=1)
        ]
        _write(folder / name / "month=2026-01.parquet", rows, dataset.lake)
    for name, columns in REFERENCE.items():
        _write(folder / "reference" / f"{name}.parquet", lake.reference.get(name, ()), columns)
    known = [
        {
            "file_sha256": sha,
            "file_name": name,
            "kind": kind,
            "first_seen_at": datetime(2026, 1, 1, tzinfo=UTC),
        }
        for sha, name, kind in [
            *((sha, name, "poh_registraties") for sha, name in lake.files.items()),
            *sorted({(sha, f"{kind}.csv", kind) for sha, kind in OTHER_FILES.values()}),
        ]
    ]
    _write(folder / "ledger.parquet", known, LEDGER)
    _write(folder / "findings.parquet", (), FINDINGS)
    _write(folder / "removed.parquet", (), REMOVED)
    _write(folder / "referrer_suggestions.parquet", (), SUGGESTIONS)
    _write(folder / "quarantine" / "rows.parquet", (), QUARANTINE)


def _write(path: Path, rows: Sequence[Mapping[str, Any]], columns: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    complete = [{column: row.get(column) for column in columns} for row in rows]
    pl.DataFrame(complete, schema=dict(columns), orient="row").write_parquet(path)


def build(folder: Path, lake: Lake, select: str) -> Path:
    """Write the lake, let dbt build the selected models and run the tests of the POH; returns the DuckDB file.

    Raises:
        AssertionError: dbt did not succeed; its message names the nodes.
    """
    write_lake(folder / "lake", lake)
    candidate = folder / "candidate.duckdb"
    os.environ["JEUGDSPIEGEL_LAKE"] = str(folder / "lake")
    os.environ["JEUGDSPIEGEL_QUARANTINE"] = str(folder / "lake" / "quarantine")
    os.environ["JEUGDSPIEGEL_CANDIDATE"] = str(candidate)
    os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
    # The tests of the models before ours are run by whoever owns them.
    without_tests = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
    _dbt(folder, ["build", "--select", *select.split(), *without_tests])
    return candidate


def run_dbt_tests(folder: Path) -> None:
    """Run dbt's own tests of the POH models on what was built under the folder; its unit tests too."""
    _dbt(
        folder, ["test", "--select", "path:models/intermediate/poh", "path:models/marts/poh", "path:models/staging/poh"]
    )


def _dbt(folder: Path, arguments: Sequence[str]) -> None:
    project = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    written = ["--target-path", str(folder / "target"), "--log-path", str(folder / "logs"), "--quiet"]
    result = dbtRunner().invoke([*arguments, *project, *written])
    # The adapter keeps its connection, and so the file, after a run inside this process.
    DuckDBConnectionManager.close_all_connections()
    if not result.success:
        nodes = getattr(result.result, "results", ())
        failed = [node.node.unique_id for node in nodes if node.status in ("error", "fail")]
        raise AssertionError(f"dbt {arguments[0]} failed: {failed or result.exception}")


def query(candidate: Path, statement: str) -> list[tuple[Any, ...]]:
    """Rows of a statement on the built file."""
    with duckdb.connect(str(candidate), read_only=True) as connection:
        return connection.execute(statement).fetchall()
