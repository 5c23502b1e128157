"""A small lake, written from plain values: what the dbt project reads, without the rooms before it.

Columns and types are those of ``tests.oracle.lake_schemas``. A message is one file; rows are added to it in order.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import polars as pl

from tests.oracle.lake_schemas import DATASETS, FINDINGS, LEDGER, QUARANTINE, REFERENCE, REMOVED, SUGGESTIONS

MESSAGE_CODES = {
    "JW301": "436",
    "JW303": "432",
    "JW304": "433",
    "JW305": "438",
    "JW307": "440",
    "JW315": "446",
    "JW323": "490",
    "JW325": "491",
}
SEEN_AT = datetime(2026, 1, 1, 3, 30, tzinfo=UTC)


@dataclass
class Delivery:
    """One file in the lake. ``rows`` counts the rows that the ledger says were read."""

    sha256: str
    kind: str
    known_at: date
    municipality: str | None
    provider: str | None
    identification: str | None
    rows: int = 0
    cents: int = 0


@dataclass
class Lake:
    """Collects rows, then writes them under a folder as ingestion would."""

    tables: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    ledger: list[dict[str, Any]] = field(default_factory=list)
    quarantine: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    suggestions: list[dict[str, Any]] = field(default_factory=list)
    reference: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    files: int = 0

    def message(
        self,
        kind: str,
        known_at: date,
        *,
        municipality: str | None = "0384",
        provider: str | None = "94999001",
        identification: str | None = None,
        name: str | None = None,
        content: str | None = None,
        sha256: str | None = None,
        **ledger: Any,
    ) -> Delivery:
        """Register a file. An export has no identification; the name also orders files of one date."""
        self.files += 1
        number = self.files
        name = name or f"{number:04d}.xml"
        sha256 = sha256 or hashlib.sha256(f"{name} {number}".encode()).hexdigest()
        if identification is None and kind in MESSAGE_CODES:
            identification = f"B{number:011d}"
        delivery = Delivery(sha256, kind, known_at, municipality, provider, identification)
        self.deliveries.setdefault(sha256, delivery)
        self.ledger.append(
            {
                "file_sha256": sha256,
                "file_name": name,
                "kind": kind,
                "release": "3.2" if kind.startswith("JW") else None,
                "message_code": MESSAGE_CODES.get(kind),
                "municipality_code": municipality,
                "sender_agb": provider,
                "identification": identification,
                "message_date": known_at,
                "content_digest": content or sha256,
                "rows_quarantined": 0,
                "cents_quarantined": 0,
                "first_seen_at": SEEN_AT,
            }
            | ledger
        )
        return delivery

    def add(self, dataset: str, delivery: Delivery, **values: Any) -> dict[str, Any]:
        """One row of a dataset; ``row_number`` follows on unless given."""
        if "row_number" not in values:
            delivery.rows += 1
        row = {
            "file_sha256": delivery.sha256,
            "row_number": delivery.rows,
            "known_at": delivery.known_at,
            "source": delivery.kind,
            "municipality_code": delivery.municipality,
            "provider_agb": delivery.provider,
        } | values
        delivery.cents += values.get("amount_cents", 0) if dataset == "declaration_lines" else 0
        self.tables[dataset].append(row)
        return row

    def allocate(
        self, known_at: date, client: str, number: int | None, starts_on: date, ends_on: date | None, **values: Any
    ) -> None:
        """A JW301 with one product; allocated on the message's date at noon unless said otherwise."""
        header = {key: values.pop(key) for key in ("municipality", "provider", "name") if key in values}
        delivery = self.message("JW301", known_at, **header)
        self.add(
            "allocations",
            delivery,
            **{
                "client_key": client,
                "allocation_number": number,
                "product_category": "54",
                "product_code": "54002",
                "allocated_on": known_at,
                "allocated_at": time(12),
                "starts_on": starts_on,
                "ends_on": ends_on,
            }
            | values,
        )

    def event(self, kind: str, known_at: date, client: str, number: int, begins_on: date, **values: Any) -> None:
        """A JW305 (start) or JW307 (stop; give ``ends_on``, ``end_reason``)."""
        header = {key: values.pop(key) for key in ("municipality", "provider", "name") if key in values}
        self.add(
            "care_events",
            self.message(kind, known_at, **header),
            **{
                "client_key": client,
                "event": "start" if kind == "JW305" else "stop",
                "allocation_number": number,
                "product_category": "54",
                "product_code": "54002",
                "begins_on": begins_on,
                "delivery_status": "1",
            }
            | values,
        )

    def request(self, known_at: date, client: str, reference: str, **values: Any) -> None:
        """A JW315 with one product; a GP as referrer unless said otherwise."""
        header = {key: values.pop(key) for key in ("municipality", "provider", "name") if key in values}
        self.add(
            "referral_requests",
            self.message("JW315", known_at, **header),
            **{"client_key": client, "request_reference": reference, "referrer_type": "02"} | values,
        )

    def declare(
        self,
        delivery: Delivery,
        client: str,
        number: int | None,
        reference: str,
        period_from: date,
        period_to: date,
        cents: int,
        **values: Any,
    ) -> None:
        """One declaration line; negative cents are a credit."""
        self.add(
            "declaration_lines",
            delivery,
            **{
                "message_identification": delivery.identification,
                "line_reference": reference,
                "client_key": client,
                "allocation_number": number,
                "product_category": "54",
                "product_code": "54002",
                "period_from": period_from,
                "period_to": period_to,
                "amount_cents": cents,
                "is_credit": cents < 0,
            }
            | values,
        )

    def answer(
        self,
        kind: str,
        known_at: date,
        declaration: Delivery,
        submitted: int | None,
        granted: int | None,
        listed: dict[str, tuple[int, int]] | None = None,
        **values: Any,
    ) -> Delivery:
        """A JW304 or JW325; ``listed`` maps line references to (submitted, granted) cents."""
        lines = listed or {}
        header = {key: values.pop(key) for key in ("name",) if key in values}
        delivery = self.message(
            kind, known_at, municipality=declaration.municipality, provider=declaration.provider, **header
        )
        self.add(
            "decisions",
            delivery,
            **{
                "row_number": 0,
                "answered_identification": declaration.identification,
                "answered_on": declaration.known_at,
                "submitted_cents": submitted,
                "granted_cents": granted,
                "has_body": granted is not None,
                "listed_lines": len(lines),
                "return_codes": "0200",
            }
            | values,
        )
        for reference, (line_submitted, line_granted) in lines.items():
            self.add(
                "decision_lines",
                delivery,
                answered_identification=declaration.identification,
                line_reference=reference,
                client_key="",
                submitted_cents=line_submitted,
                granted_cents=line_granted,
                return_codes="0611",
            )
        return delivery

    def practice(self, practice_id: str, agb: str) -> None:
        """A GP practice of the deployment."""
        self.reference["praktijken"].append(
            {"praktijk_id": practice_id, "naam": practice_id, "agb_code": agb, "gemeentecode": "0384"}
        )

    def profile(self, pattern: str, profile: str, domain: str = "ggz", municipality: str = "*", **values: Any) -> None:
        """A product code, or a prefix that ends in ``*``, and its care profile."""
        self.reference["zorgprofielen"].append(
            {"gemeentecode": municipality, "productcode": pattern, "zorgprofiel": profile, "domein": domain} | values
        )

    def write(self, folder: Path) -> None:
        """Write ``lake/`` and ``quarantine/`` under the folder, the empty schema files included."""
        lake, quarantine = folder / "lake", folder / "quarantine"
        for dataset, schema in DATASETS.items():
            rows = self.tables[dataset]
            (lake / dataset).mkdir(parents=True, exist_ok=True)
            _frame([], schema).write_parquet(lake / dataset / "schema.parquet")
            months = defaultdict(list)
            for row in rows:
                months[row["period_from" if dataset == "declaration_lines" else "known_at"].strftime("%Y-%m")].append(
                    row
                )
            for month, monthly in months.items():
                _frame(monthly, schema).write_parquet(lake / dataset / f"month={month}.parquet")
        (lake / "reference").mkdir(exist_ok=True)
        for table, schema in REFERENCE.items():
            _frame(self.reference[table], schema).write_parquet(lake / "reference" / f"{table}.parquet")
        quarantine.mkdir(exist_ok=True)
        _frame(self.quarantine, QUARANTINE).write_parquet(quarantine / "rows.parquet")
        _frame(self.findings, FINDINGS).write_parquet(lake / "findings.parquet")
        _frame([], REMOVED).write_parquet(lake / "removed.parquet")
        _frame(self.suggestions, SUGGESTIONS).write_parquet(lake / "referrer_suggestions.parquet")
        _frame([self._counted(row) for row in self.ledger], LEDGER).write_parquet(lake / "ledger.parquet")

    def _counted(self, row: dict[str, Any]) -> dict[str, Any]:
        delivery = self.deliveries[row["file_sha256"]]
        refused = row.get("refusal") is not None
        counts = {
            "rows_read": delivery.rows + row["rows_quarantined"],
            "rows_accepted": 0 if refused else delivery.rows,
            "cents_read": delivery.cents + row["cents_quarantined"],
            "cents_accepted": 0 if refused else delivery.cents,
        }
        return counts | row


def _frame(rows: list[dict[str, Any]], schema: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema, orient="row")
