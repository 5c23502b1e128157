"""Whatever is delivered: nothing is lost, and nobody is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.deliveries.model import RawDelivery
from pipelines.pseudonyms import Pseudonyms
from pipelines.validation import RefusedDelivery, validate_many
from schemas.datasets import DATASETS

from .raw_deliveries import delivery, part
from .schemas.rows import VALID_ROWS, Row, breaking, every_rule

PSEUDONYMS = Pseudonyms(b"k" * 32)
RULES = every_rule()
PERSONS = ["999900006", "999900018", "123456782", "Demokind Zesentwintig", "Praktijk Demodokter"]
TEXTS = st.one_of(
    st.none(),
    st.sampled_from(["", " ", "0", "-1", "123456789", "2019-02-30", "0001-01-01", "1e400", "NaN", "9" * 30, "ÿ\u0300"]),
    st.text(max_size=12),
)


@st.composite
def damaged_deliveries(draw: st.DrawFn) -> RawDelivery:
    """A delivery of one table with persons of its own, random broken rules and random text in random places."""
    name, kind, release = draw(st.sampled_from(sorted(VALID_ROWS, key=str)))
    here = [
        (field, code)
        for dataset, of_kind, of_release, field, code in RULES
        if (dataset.name, of_kind, of_release) == (name, kind, release)
    ]
    rows = []
    for number in range(draw(st.integers(1, 6))):
        row: Row = {**VALID_ROWS[(name, kind, release)], "line_reference": f"P{number}"}
        row["bsn"] = draw(st.sampled_from(PERSONS[:3]))
        if "birth_date" in DATASETS[name].delivered:
            row["birth_date"] = draw(st.dates(date(2000, 1, 1), date(2009, 12, 31))).isoformat()
        if "referrer_name" in DATASETS[name].delivered:
            row["referrer_name"] = draw(st.sampled_from(PERSONS[3:]))
        if draw(st.booleans()):
            row |= breaking(*draw(st.sampled_from(here)))
        for field in draw(st.lists(st.sampled_from(sorted(DATASETS[name].delivered)), max_size=2)):
            row[field] = draw(TEXTS)
        if name == "decisions":
            row["row_number"] = "0"
        rows.append(row)
    raw = delivery(name, kind, release, rows[:1] if name == "decisions" else rows)
    return replace(raw, header=replace(raw.header, submitted_cents=draw(st.sampled_from([0, 49500, 99000]))))


@settings(max_examples=50, deadline=None)
@given(raw=damaged_deliveries())
def test_nothing_is_lost_and_nobody_is_named_whatever_is_delivered(raw: RawDelivery) -> None:
    (result,) = validate_many([(raw, part())], PSEUDONYMS)

    if isinstance(result, RefusedDelivery):
        assert result.rows_read == raw.row_count
        shown = [result.refusal.message]
    else:
        assert result.rows_read == result.rows_accepted + result.rows_quarantined
        assert result.cents_read == result.cents_accepted + result.cents_quarantined
        for name, table in result.tables.items():
            assert table.schema == pl.Schema(DATASETS[name].lake)
            if name == "declaration_lines":
                assert table.height == result.rows_accepted
                assert table["amount_cents"].sum() == result.cents_accepted
        shown = [table.write_json() for table in (*result.tables.values(), result.quarantine, result.findings)]
    for table in raw.tables.values():
        for field in {"bsn", "birth_date", "referrer_name"} & set(table.columns):
            persons = [value for value in table[field].drop_nulls() if value in PERSONS or value.startswith("200")]
            assert not [value for value in persons for text in shown if value in text]
