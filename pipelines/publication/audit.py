"""The audit between building and going live: what is found keeps the candidate where it is.

Four checks, by the names that Dagster, ``jeugdspiegel status`` and the documentation use: ``conservation`` (every row
and cent that came in is somewhere, and what is published is what was counted), ``row_drift`` and ``cost_drift``
(against the publication that is live) and ``disclosure`` (hidden cells cannot be computed back).

Belongs here: judging, and remembering the judgement. Does not belong here: counting (``census.py``) and the attack on
hidden cells (``pipelines/disclosure/``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from pipelines.errors import RunFailedError
from pipelines.home import Home
from pipelines.publication.census import EVER, EVERYWHERE, Census
from pipelines.settings import PublicationSettings

CONSERVATION, ROW_DRIFT, COST_DRIFT, DISCLOSURE = "conservation", "row_drift", "cost_drift", "disclosure"
CHECKS = (CONSERVATION, ROW_DRIFT, COST_DRIFT, DISCLOSURE)
OF_DRIFT = frozenset({ROW_DRIFT, COST_DRIFT})
_FILE_NAME = "audit.json"

# Their rows follow from deliveries alone; those of the others also from periods and publications that are asked for.
_GROW_WITH_DELIVERIES = frozenset(
    {
        "attribution_coverage",
        "completeness",
        "practice_trajectories",
        "practice_years",
        "referral_trend",
        "regional_comparison",
        "survey_results",
        "trajectory_years",
    }
)
# Fewer new rows of a kind than this explain no growth.
_NEWS_ROWS = 100


class AuditError(RunFailedError):
    """A blocking check failed: one sentence that names check, table and how many (exit code 1)."""


@dataclass(frozen=True)
class Breach:
    """One thing that a check found.

    Attributes:
        check: name of the check.
        table: where, as ``schema.table``; empty when the sentence says so.
        count: how many rows, files or cells.
        sentence: for a person; never a value that is not published.
    """

    check: str
    table: str
    count: int
    sentence: str


@dataclass(frozen=True)
class Outcome:
    """What the audit of one candidate found.

    Attributes:
        checked_at: UTC.
        breaches: what blocks the publication.
        accepted: drift that the operator accepted.
    """

    checked_at: datetime
    breaches: tuple[Breach, ...]
    accepted: tuple[Breach, ...] = ()

    @property
    def sentence(self) -> str:
        """Why nothing was published, in one sentence; empty when nothing blocks."""
        if not self.breaches:
            return ""
        first = self.breaches[0]
        more = len(self.breaches) - 1
        others = f" ({more} more: 'jeugdspiegel status')" if more else ""
        what_to_do = " If this is right: 'jeugdspiegel run --accept-drift'." if first.check in OF_DRIFT else ""
        return f"Not published: check {first.check}: {first.sentence.rstrip('.')}{others}.{what_to_do}"


def judge(breaches: Sequence[Breach], *, accept_drift: bool, now: datetime | None = None) -> Outcome:
    """The outcome of everything that was found; accepted drift does not block."""
    accepted = tuple(breach for breach in breaches if accept_drift and breach.check in OF_DRIFT)
    blocking = tuple(breach for breach in breaches if breach not in accepted)
    return Outcome(now or datetime.now(UTC), blocking, accepted)


def find_lost_rows(warehouse: Path, published: Mapping[str, pl.DataFrame]) -> list[Breach]:
    """Whether every delivered row and cent ends somewhere, and every published row is one of the mart's.

    Args:
        warehouse: the candidate.
        published: the protected tables; a row that is not suppressed must be the mart's own.
    """
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return [
            *_unbalanced(connection, "rows", "rows_read <> rows_accepted + rows_quarantined + rows_duplicate"),
            *_unbalanced(connection, "cents", "cents_read <> cents_accepted + cents_quarantined + cents_duplicate"),
            *(breach for name, frame in published.items() for breach in _unequal(connection, name, frame)),
        ]


def find_row_drift(now: Census, before: Census, settings: PublicationSettings) -> list[Breach]:
    """Tables, or a municipality's part of one, that lost or gained more rows than the settings allow."""
    breaches = []
    for table, parts in before.rows.items():
        for code, rows_before in parts.items():
            if rows_before < settings.drift_minimum_rows:
                continue
            rows = now.rows.get(table, {}).get(code, 0)
            most = _most_growth(now, before, code) if table in _GROW_WITH_DELIVERIES else inf
            if _is_drift(rows, rows_before, settings.max_row_drift, most):
                where = f" of municipality {code}" if code else ""
                sentence = (
                    f"marts.{table}{where} has {rows:,} rows, the live publication {rows_before:,} "
                    f"(max_row_drift {settings.max_row_drift:g})."
                )
                breaches.append(Breach(ROW_DRIFT, f"marts.{table}", abs(rows - rows_before), sentence))
    return breaches


def find_cost_drift(now: Census, before: Census, settings: PublicationSettings) -> list[Breach]:
    """Municipalities whose euros, of all years or of a year that was final, moved more than the settings allow."""
    breaches = []
    for code, years in before.cents.items():
        for year in (EVER, *before.final_years.get(code, [])):
            cents, cents_before = now.cents.get(code, {}).get(year, 0), years.get(year, 0)
            if abs(cents_before) < settings.drift_minimum_cost_eur * 100:
                continue
            if _is_drift(cents, cents_before, settings.max_cost_drift, _most_cost_growth(now, before, code)):
                when = f" in {year}" if year else ""
                share = abs(cents - cents_before) / abs(cents_before)
                sentence = (
                    f"the cost of municipality {code}{when} in marts.practice_years moved by {share:.0%} "
                    f"from the live publication (max_cost_drift {settings.max_cost_drift:g})."
                )
                breaches.append(Breach(COST_DRIFT, "marts.practice_years", 1, sentence))
    return breaches


def disclosed(failures: Sequence[str]) -> list[Breach]:
    """What the attack on the hidden cells found, as breaches; a sentence names its table and number of cells."""
    return [Breach(DISCLOSURE, "", len(failures), sentence) for sentence in failures]


def remember(home: Home, outcome: Outcome, census: Census | None = None) -> None:
    """Keep the outcome for ``status``, and with its counts beside the candidate for the next audit."""
    values = _to_values(outcome)
    home.publications.mkdir(exist_ok=True)
    _write(home.last_audit, values)
    if census is not None:
        _write(home.candidate.parent / _FILE_NAME, {**values, "census": census.to_values()})


def of_candidate(home: Home) -> Outcome | None:
    """What was found of the candidate; None when it was not audited."""
    return _outcome(home.candidate.parent / _FILE_NAME)


def last(home: Home) -> Outcome | None:
    """What was found of the last candidate, live or not; None before the first."""
    return _outcome(home.last_audit)


def census_of_live(home: Home) -> Census | None:
    """The counts of the publication that is live; None when there is none that has them."""
    path = home.current / _FILE_NAME
    if not path.exists():
        return None
    return Census.from_values(json.loads(path.read_text(encoding="utf-8"))["census"])


def _unbalanced(connection: duckdb.DuckDBPyConnection, what: str, condition: str) -> Iterator[Breach]:
    row = connection.execute(f"select count(*) from ops.deliveries where {condition}").fetchone()
    files = row[0] if row else 0
    if files:
        sentence = f"in ops.deliveries {files:,} files have {what} that are not accepted, quarantined or duplicate."
        yield Breach(CONSERVATION, "ops.deliveries", files, sentence)


def _unequal(connection: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> Iterator[Breach]:
    columns = [
        name
        for (name,) in connection.execute(
            "select column_name from duckdb_columns() where schema_name = 'marts' and table_name = ?", [table]
        ).fetchall()
    ]
    listed = ", ".join(f'"{name}"' for name in columns)
    shown = frame if "is_suppressed" not in frame.columns else frame.filter(~pl.col("is_suppressed"))
    connection.register("shown", shown.to_arrow())
    row = connection.execute(
        f"""
        select
            (select count(*) from marts."{table}"),
            (select count(*) from (select {listed} from shown except all select {listed} from marts."{table}"))
        """
    ).fetchone()
    connection.unregister("shown")
    in_mart, foreign = row or (0, 0)
    if in_mart != frame.height:
        sentence = f"marts.{table} has {in_mart:,} rows, and {frame.height:,} would be published."
        yield Breach(CONSERVATION, f"marts.{table}", abs(in_mart - frame.height), sentence)
    if foreign:
        sentence = f"{foreign:,} rows of marts.{table} would be published with other figures than the warehouse has."
        yield Breach(CONSERVATION, f"marts.{table}", foreign, sentence)


def _is_drift(now: int, before: int, most: float, explained: float) -> bool:
    """Whether a count shrank by more than a share, or grew by more than that share beyond what explains it."""
    ratio = now / before
    return ratio < 1 - most or ratio > explained * (1 + most)


def _most_growth(now: Census, before: Census, code: str) -> float:
    """How much more was delivered: the fastest growing kind with news worth the name, at least 1."""
    growth = 1.0
    for kind_now, kind_before in _kinds(now.delivered_rows, before.delivered_rows, now, code):
        if kind_now - kind_before >= _NEWS_ROWS:
            growth = max(growth, kind_now / kind_before if kind_before else inf)
    return growth


def _most_cost_growth(now: Census, before: Census, code: str) -> float:
    """How much more was declared, at least 1."""
    pairs = list(_kinds(now.delivered_cents, before.delivered_cents, now, code))
    total_now, total_before = (sum(pair[place] for pair in pairs) for place in (0, 1))
    if total_before == 0:
        return inf if total_now else 1.0
    return max(1.0, total_now / total_before)


def _kinds(
    now: Mapping[str, Mapping[str, int]], before: Mapping[str, Mapping[str, int]], census: Census, code: str
) -> Iterator[tuple[int, int]]:
    """What was delivered of each kind, now and before: by the municipality, and by codes that read as another's."""
    own = {place for parts in census.rows.values() for place in parts if place != EVERYWHERE}
    senders = [sender for sender in now if code in (EVERYWHERE, sender) or sender not in own]
    for kind in sorted({kind for sender in senders for kind in now[sender]}):
        yield (
            sum(now[sender].get(kind, 0) for sender in senders),
            sum(before.get(sender, {}).get(kind, 0) for sender in senders),
        )


def _to_values(outcome: Outcome) -> dict[str, Any]:
    return {
        "checked_at": outcome.checked_at.isoformat(),
        "breaches": [asdict(breach) for breach in outcome.breaches],
        "accepted": [asdict(breach) for breach in outcome.accepted],
    }


def _outcome(path: Path) -> Outcome | None:
    if not path.exists():
        return None
    values = json.loads(path.read_text(encoding="utf-8"))
    return Outcome(
        datetime.fromisoformat(values["checked_at"]),
        tuple(Breach(**one) for one in values["breaches"]),
        tuple(Breach(**one) for one in values["accepted"]),
    )


def _write(path: Path, values: Mapping[str, object]) -> None:
    beside = path.with_name(f".{path.name}.writing")
    beside.write_text(json.dumps(values, indent=2), encoding="utf-8")
    beside.chmod(0o600)
    beside.replace(path)
