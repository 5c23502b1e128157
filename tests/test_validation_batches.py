"""Files in batches and deliveries in groups: each is judged as it would be whole and alone."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from pipelines.deliveries.model import RawDelivery, Refused
from pipelines.pseudonyms import Pseudonyms
from pipelines.validation import RefusedDelivery, validate, validate_batches, validate_many

from .raw_deliveries import declaration, delivery, header, line, part
from .schemas.rows import VALID_ROWS

PSEUDONYMS = Pseudonyms(b"k" * 32)
ALLOCATION = VALID_ROWS[("allocations", "JW301", "3.2")]


def test_file_in_batches_gives_what_it_gives_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.validation._BATCH_ROWS", 2)
    rows = [line(line_reference=f"P{number // 2}", amount=str(number + 1)) for number in range(7)]
    rows[3]["bsn"] = "123456789"
    whole = declaration(*rows, submitted_cents=28)
    table = whole.tables["declaration_lines"]
    batches = [
        RawDelivery(whole.header, {"declaration_lines": table.slice(start, 1)}, 1) for start in range(table.height)
    ]

    expected = validate(whole, part(), PSEUDONYMS)
    result = validate_batches(batches, part(), PSEUDONYMS)

    assert result.tables["declaration_lines"].equals(expected.tables["declaration_lines"])
    assert result.quarantine.equals(expected.quarantine)
    assert (
        replace(result, tables={}, quarantine=pl.DataFrame(), findings=pl.DataFrame()).__dict__.items()
        >= {
            "rows_read": 7,
            "rows_quarantined": expected.rows_quarantined,
            "cents_quarantined": expected.cents_quarantined,
            "content_digest": expected.content_digest,
        }.items()
    )


def test_file_in_batches_without_rows_is_refused() -> None:
    with pytest.raises(Refused, match="no_rows"):
        validate_batches([], part(), PSEUDONYMS)


def test_each_delivery_of_a_group_is_judged_as_if_it_were_alone() -> None:
    deliveries = [
        (declaration(line(), submitted_cents=49500), part("a", "01" * 32)),
        (delivery("allocations", "JW301", "3.2", [ALLOCATION]), part("b", "02" * 32)),
        (declaration(line(), line(bsn="123456789"), submitted_cents=99000), part("c", "03" * 32)),
        (declaration(line(), submitted_cents=1), part("d", "04" * 32)),
        (RawDelivery(header("JW323", "3.2", 0), {}, 0), part("e", "05" * 32)),
    ]

    together = validate_many(deliveries, PSEUDONYMS)

    for (raw, own), result in zip(deliveries, together, strict=True):
        (alone,) = validate_many([(raw, own)], PSEUDONYMS)
        assert isinstance(result, type(alone))
        assert result.content_digest == alone.content_digest
        if isinstance(result, RefusedDelivery) or isinstance(alone, RefusedDelivery):
            continue
        assert result.quarantine.equals(alone.quarantine)
        assert {name: table.rows() for name, table in result.tables.items()} == {
            name: table.rows() for name, table in alone.tables.items()
        }
