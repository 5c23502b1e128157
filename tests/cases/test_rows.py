"""Single rows that break a rule, or that were there before (contract 3.3)."""

from __future__ import annotations

import pytest

from tests.cases.deployment import Deployment
from tests.cases.inbox import provider

QUARANTINED = {
    "rows/bsn.xml": (2, "bsn", "bsn_check"),
    "rows/reference.xml": (2, "line_reference", "duplicate_reference"),
    "rows/two_months.xml": (1, "period_to", "not_one_month"),
    "rows/order.xml": (1, "period_to", "date_order"),
    "rows/code.xml": (1, "unit_code", "not_in_code_list"),
    "flat/no_date.csv": (1, "period_to", "not_a_date"),
    "flat/credit_negative.csv": (1, "amount", "negative_amount"),
    "flat/reference.csv": (2, "line_reference", "duplicate_reference"),
}


@pytest.mark.parametrize(("name", "expected"), QUARANTINED.items())
def test_row_that_breaks_a_rule_is_quarantined_with_field_and_rule(
    warehouse: Deployment, name: str, expected: tuple[int, str, str]
) -> None:
    assert expected in warehouse.quarantined(name)


@pytest.mark.parametrize("name", [name for name in QUARANTINED if name not in ("flat/no_date.csv",)])
def test_other_rows_of_a_file_with_a_broken_row_go_on(warehouse: Deployment, name: str) -> None:
    row = warehouse.delivery(name)
    assert (row["outcome"], row["rows_read"], row["rows_accepted"], row["rows_quarantined"]) == (
        "partly_quarantined",
        2,
        1,
        1,
    )


def test_cents_of_a_quarantined_row_are_kept_apart(warehouse: Deployment) -> None:
    row = warehouse.delivery("rows/bsn.xml")
    assert (row["cents_read"], row["cents_accepted"], row["cents_quarantined"]) == (12_500, 10_000, 2_500)
    assert warehouse.cost(provider(30)) == 100


def test_quarantine_shows_no_value(warehouse: Deployment) -> None:
    texts = [str(row.values()) for row in warehouse.rows("select field, rule, kind, message from ops.quarantine")]
    assert texts
    assert not [text for text in texts if "123456789" in text or "99990" in text]


def test_allocation_version_already_known_is_a_duplicate_row(warehouse: Deployment) -> None:
    assert warehouse.delivery("between/allocation.xml")["rows_accepted"] == 1
    again = warehouse.delivery("between/allocation_again.xml")
    assert (again["rows_read"], again["rows_accepted"], again["rows_duplicate"]) == (1, 0, 1)


def test_flat_row_identical_in_every_column_is_a_duplicate_row(warehouse: Deployment) -> None:
    rows = [warehouse.delivery(f"flat/{name}.csv") for name in ("good", "again")]
    assert sum(row["rows_accepted"] for row in rows) == 3
    assert sum(row["rows_duplicate"] for row in rows) == 1
    assert warehouse.cost(provider(60)) == 113.5


def test_lost_leading_zero_comes_back_when_one_reading_is_valid(warehouse: Deployment) -> None:
    assert warehouse.delivery("flat/lost_zero.csv")["rows_accepted"] == 1
    assert warehouse.cost(provider(65)) == 5


def test_negative_zero_is_an_amount_of_nothing(warehouse: Deployment) -> None:
    assert warehouse.cost(provider(68)) == 1
