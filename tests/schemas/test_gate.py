"""The one question that is asked of all rows at once has the answer that each rule gives of each row."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.deliveries.model import Header, RawDelivery
from pipelines.validation import broken_rules
from pipelines.validation.casting import assemble, typed
from schemas.dataset import _by_distinct
from schemas.datasets import DATASETS
from schemas.rules import Context

from .rows import VALID_ROWS, breaking

_COPIES = 8


@pytest.mark.parametrize("many_rows", [0, 1_000_000], ids=["asked of distinct values", "asked of all values"])
@pytest.mark.parametrize(("name", "kind", "release"), VALID_ROWS)
def test_rows_that_break_a_rule_among_many_that_do_not_are_all_named(
    name: str, kind: str, release: str | None, many_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values repeat, so that the rules of one column may be asked of each distinct value."""
    monkeypatch.setattr("schemas.dataset._MANY_ROWS", many_rows)
    dataset, valid, context = DATASETS[name], VALID_ROWS[(name, kind, release)], Context.of(kind, release)
    rules = dataset.rules_for(context)
    bad = [{**valid, **breaking(rule.code.field, rule.code.code)} for rule in rules]
    rows = [row for one in bad for row in (*[valid] * _COPIES, one)]
    columns = {column: [row.get(column) for row in rows] for column in dataset.delivered}
    text = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    text = text.with_columns(row_number=pl.int_range(1, len(rows) + 1, dtype=pl.Int32))
    frame = typed(assemble([RawDelivery(Header(kind, release), {name: text}, len(rows))], dataset), dataset)

    broken = broken_rules(frame, dataset, context)

    expected = {
        (row, rule.code.field, rule.code.code)
        for rule in rules
        for row in frame.filter(~rule.passes.fill_null(value=True))["row_number"]
    }
    assert set(broken.select("row_number", "field", "rule").iter_rows()) == expected
    assert {row for row, _, _ in expected} == set(range(_COPIES + 1, len(rows) + 1, _COPIES + 1))


@given(values=st.lists(st.sampled_from([None, "", "a", "b", "bb"])), run=st.integers(1, 12))
def test_rule_of_one_column_gives_each_row_what_its_value_gives(values: list[str | None], run: int) -> None:
    """Whether values stand together, repeat, or are many."""
    rows = pl.Series("code", [value for value in values for _ in range(run)], dtype=pl.String)
    passes = pl.col("code").is_not_null() & (pl.col("code") != "b").fill_null(value=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("schemas.dataset._MANY_ROWS", 0)
        judged = _by_distinct(passes)(rows)

    assert judged.to_list() == rows.to_frame().select(passes).to_series().to_list()


@pytest.mark.parametrize(
    ("first", "last", "is_in_one_month"),
    [
        ("2024-02-01", "2024-02-29", True),
        ("2024-01-31", "2024-02-01", False),
        ("2023-03-01", "2024-03-31", False),
        ("2023-12-31", "2024-01-01", False),
    ],
)
def test_period_of_a_line_is_one_calendar_month(first: str, last: str, is_in_one_month: bool) -> None:
    dataset, context = DATASETS["declaration_lines"], Context.of("JW323", "3.2")
    (rule,) = [rule for rule in dataset.rules_for(context) if rule.code.code == "not_one_month"]
    days = pl.DataFrame({"period_from": [first], "period_to": [last]}).select(pl.all().str.to_date())

    assert days.select(rule.passes).item() is is_in_one_month
