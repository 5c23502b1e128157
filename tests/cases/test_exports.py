"""Exports as people make them, through a night (contract 3.2 and 3.3)."""

from __future__ import annotations

from tests.cases.deployment import Deployment
from tests.cases.inbox import EXPORTS


def test_sheet_below_a_title_is_taken_with_its_types_and_an_empty_one_is_refused(warehouse: Deployment) -> None:
    assert warehouse.delivery("exports/two_sheets.xlsx#Blad1")["rows_accepted"] == 1
    empty = warehouse.delivery("exports/two_sheets.xlsx#Blad2")
    assert (empty["outcome"], empty["reason"]) == ("refused", "empty_sheet")
    assert warehouse.cost(EXPORTS[0]) == 12.5


def test_windows_text_with_tabs_and_other_columns_is_read(warehouse: Deployment) -> None:
    assert warehouse.delivery("exports/windows.csv")["rows_accepted"] == 1
    assert warehouse.cost(EXPORTS[1]) == 1234.56


def test_required_value_that_is_empty_quarantines_the_row(warehouse: Deployment) -> None:
    assert warehouse.quarantined("exports/empty_fields.csv") == {
        (1, "bsn", "required"),
        (1, "period_to", "required"),
        (2, "line_reference", "required"),
        (2, "amount", "required"),
    }
    row = warehouse.delivery("exports/empty_fields.csv")
    assert (row["rows_quarantined"], row["cents_quarantined"], row["rows_accepted"]) == (2, 500, 0)


def test_flat_line_over_two_months_is_accepted(warehouse: Deployment) -> None:
    assert warehouse.delivery("exports/two_months.csv")["rows_accepted"] == 1
    assert warehouse.cost(EXPORTS[3]) == 60


def test_registration_that_is_superseded_stays_accepted(warehouse: Deployment) -> None:
    rows = [warehouse.delivery(f"exports/registrations_{name}.csv") for name in ("first", "second")]
    assert [(row["rows_accepted"], row["rows_duplicate"]) for row in rows] == [(1, 0), (1, 0)]


def test_value_outside_a_poh_list_is_accepted_and_found(warehouse: Deployment) -> None:
    assert warehouse.findings("hulpvraag") == {"unknown_category"}
