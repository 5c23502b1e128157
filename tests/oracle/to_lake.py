"""Writes histories as the lake that docs/architecture.md describes, so that the dbt project can be run on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from .deliveries import rows_and_cents
from .history import (
    AllocationVersion,
    AnyFact,
    Decision,
    DeclarationLine,
    Delivery,
    History,
    ReferralRequest,
    StartEvent,
    StopEvent,
)
from .lake_schemas import DATASETS, FINDINGS, LEDGER, QUARANTINE, REFERENCE, REMOVED, SUGGESTIONS, Schema

FIRST_SEEN = datetime(2026, 1, 1, tzinfo=UTC)


def write_lake(histories: Iterable[History], lake: Path, quarantine: Path) -> None:
    """All histories as one lake and one quarantine. They must share no code, key or file."""
    deliveries = [delivery for history in histories for delivery in history.deliveries]
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for delivery in deliveries:
        for fact in delivery.facts if delivery.refusal is None else ():
            for dataset, row in _lake_rows(delivery, fact):
                rows[dataset].append(row)
    for dataset, schema in DATASETS.items():
        _write_dataset(
            lake / dataset, schema, rows[dataset], "period_from" if dataset == "declaration_lines" else "known_at"
        )
    _write([row for one in deliveries for row in _ledger_rows(one)], LEDGER, lake / "ledger.parquet")
    _write([row for one in deliveries for row in _quarantine_rows(one)], QUARANTINE, quarantine / "rows.parquet")
    _write([], FINDINGS, lake / "findings.parquet")
    _write([], REMOVED, lake / "removed.parquet")
    _write([], SUGGESTIONS, lake / "referrer_suggestions.parquet")
    tables = _reference_rows(histories)
    for table, schema in REFERENCE.items():
        _write(tables.get(table, []), schema, lake / "reference" / f"{table}.parquet")


def _write_dataset(folder: Path, schema: Schema, rows: list[dict[str, Any]], month_of: str) -> None:
    _write([], schema, folder / "schema.parquet")
    months: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in sorted(rows, key=lambda r: (r["file_sha256"], r["row_number"])):
        months[f"{row[month_of]:%Y-%m}"].append(row)
    for month, of_month in months.items():
        _write(of_month, schema, folder / f"month={month}.parquet")


def _write(rows: list[dict[str, Any]], schema: Schema, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = {name: [row.get(name) for row in rows] for name in schema}
    pl.DataFrame(columns, schema=schema).write_parquet(path)


def _lake_rows(delivery: Delivery, fact: AnyFact) -> list[tuple[str, dict[str, Any]]]:
    row = {field.name: getattr(fact, field.name) for field in fields(fact) if field.name != "listed"}
    row |= {"file_sha256": delivery.file_sha256, "source": delivery.kind}
    match fact:
        case AllocationVersion():
            return [("allocations", row)]
        case StartEvent():
            return [("care_events", row | {"event": "start"})]
        case StopEvent():
            return [("care_events", row | {"event": "stop"})]
        case ReferralRequest():
            return [("referral_requests", row | {"requested_from": fact.known_at})]
        case DeclarationLine():
            return [
                ("declaration_lines", row | {"volume": 1.0, "unit_code": "04", "tariff_cents": abs(fact.amount_cents)})
            ]
        case Decision():
            return [("decisions", row | {"listed_lines": len(fact.listed)}), *_listed_rows(delivery, fact)]


def _listed_rows(delivery: Delivery, decision: Decision) -> list[tuple[str, dict[str, Any]]]:
    of_answer = {
        "file_sha256": delivery.file_sha256,
        "source": delivery.kind,
        "known_at": decision.known_at,
        "municipality_code": decision.municipality_code,
        "provider_agb": decision.provider_agb,
        "answered_identification": decision.answered_identification,
        "declaration_number": decision.declaration_number,
        "return_codes": "9307",
    }
    return [
        ("decision_lines", of_answer | {field.name: getattr(listed, field.name) for field in fields(listed)})
        for listed in decision.listed
    ]


def _ledger_rows(delivery: Delivery) -> list[dict[str, Any]]:
    rows = rows_and_cents(delivery)
    accepted = {} if delivery.refusal else rows
    read, cents = len(rows) + delivery.quarantined_rows, sum(rows.values()) + delivery.quarantined_cents
    sent_by_provider = delivery.sender is not None and len(delivery.sender) == 8
    common = {
        "file_sha256": delivery.file_sha256,
        "kind": delivery.kind,
        "release": delivery.release,
        "message_code": delivery.message_code,
        "municipality_code": delivery.municipality_code,
        "sender_agb": delivery.sender if sent_by_provider else None,
        "identification": delivery.identification,
        "message_date": delivery.message_date,
        "content_digest": delivery.content_digest,
        "refusal": delivery.refusal,
        "refusal_message": "Refused while reading." if delivery.refusal else None,
        "rows_read": read,
        "rows_accepted": len(accepted),
        "rows_quarantined": read - len(accepted),
        "cents_read": cents,
        "cents_accepted": sum(accepted.values()),
        "cents_quarantined": cents - sum(accepted.values()),
        "first_seen_at": FIRST_SEEN,
    }
    return [common | {"file_name": name} for name in (delivery.file_name, *delivery.also_named)]


def _quarantine_rows(delivery: Delivery) -> list[dict[str, Any]]:
    last = max(rows_and_cents(delivery), default=0)
    return [
        {
            "file_sha256": delivery.file_sha256,
            "row_number": last + n,
            "field": "bsn",
            "rule": "bsn_eleven_test",
            "kind": delivery.kind,
            "message": "The number does not pass the 11-proef.",
        }
        for n in range(1, delivery.quarantined_rows + 1)
    ]


def _reference_rows(histories: Iterable[History]) -> dict[str, list[dict[str, Any]]]:
    """Reference rows of all histories, those that several share once."""
    tables: dict[str, list[dict[str, Any]]] = defaultdict(list)
    known: set[object] = set()

    def add(table: str, key: object, **row: str | int | date | None) -> None:
        if (table, key) not in known:
            known.add((table, key))
            tables[table].append(row)

    for history in histories:
        reference = history.reference
        for p in reference.practices:
            add(
                "praktijken",
                p,
                praktijk_id=p.practice_id,
                naam=p.practice_id,
                agb_code=p.agb_code,
                gemeentecode=p.municipality_code,
                ingeschreven_jeugdigen=1000,
            )
        for r in reference.care_profiles:
            add(
                "zorgprofielen",
                r,
                gemeentecode=r.municipality_code,
                productcode=r.product_code,
                zorgprofiel=r.care_profile,
                domein=r.domain,
                ggz_segment=None,
                geldig_vanaf=r.valid_from,
                geldig_tot=r.valid_until,
            )
        for s in reference.posts:
            add(
                "zorgverleners",
                s,
                zorgverlener_agb=s.practitioner_agb,
                praktijk_id=s.practice_id,
                van=s.valid_from,
                tot=s.valid_until,
            )
        for a in reference.aliases:
            add("referrer_names", a, referrer_hash=a.referrer_hash, practice_id=a.practice_id)
        for m in reference.municipalities:
            add(
                "gemeenten",
                m,
                gemeentecode=m.municipality_code,
                naam=m.municipality_code,
                regio=None,
                opvolger_gemeentecode=m.successor_code,
                gegevens_vanaf=m.data_since,
                omzetting_op=m.converted_on,
            )
    return tables
