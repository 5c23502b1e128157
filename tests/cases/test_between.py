"""What only shows when messages are held against each other (contract 3.3 and 5)."""

from __future__ import annotations

from tests.cases.deployment import Deployment
from tests.cases.inbox import provider


def test_reference_used_in_a_later_message_counts_once_and_is_found(warehouse: Deployment) -> None:
    assert warehouse.delivery("between/same_reference.xml")["rows_accepted"] == 1
    assert warehouse.cost(provider(40)) == 100
    assert "repeated_reference" in warehouse.findings("A1")


def test_reference_sent_again_after_rejection_counts(warehouse: Deployment) -> None:
    assert warehouse.cost(provider(50)) == 129


def test_credit_without_debit_is_left_out_and_found(warehouse: Deployment) -> None:
    assert warehouse.delivery("between/orphan_credit.xml")["rows_accepted"] == 2
    assert warehouse.cost(provider(41)) == 3
    assert "credit_without_debit" in warehouse.findings("C1")


def test_credit_takes_its_debit_back_once(warehouse: Deployment) -> None:
    assert warehouse.cost(provider(42)) == 90
    assert "second_credit" in warehouse.findings("C2")


def test_line_outside_its_allocation_or_without_one_counts_and_is_found(warehouse: Deployment) -> None:
    assert warehouse.cost(provider(43)) == 105
    assert {"TR307", "TR308", "TR338"} <= warehouse.rules_found("between/outside.xml")


def test_line_with_another_product_than_allocated_counts_and_is_found(warehouse: Deployment) -> None:
    assert warehouse.cost(provider(45)) == 100
    assert "TR340" in warehouse.rules_found("between/other_product.xml")


def test_amount_that_is_not_volume_times_tariff_counts_and_is_found(warehouse: Deployment) -> None:
    assert warehouse.cost(provider(46)) == 100
    assert "TR346" in warehouse.rules_found("between/tariff.xml")


def test_header_only_answer_rejects_the_whole_declaration(warehouse: Deployment) -> None:
    assert warehouse.cost(provider(51)) == 0
    assert warehouse.delivery("answers/header_only.xml")["rows_accepted"] == 1


def test_answer_that_grants_nothing_without_lines_rejects_all(warehouse: Deployment) -> None:
    assert warehouse.cost(provider(52)) == 0


def test_rows_of_an_answer_are_its_lines_without_cents(warehouse: Deployment) -> None:
    row = warehouse.delivery("answers/listed_answer.xml")
    assert (row["rows_read"], row["rows_accepted"], row["cents_read"]) == (1, 1, 0)


def test_answer_to_a_declaration_never_seen_is_found(warehouse: Deployment) -> None:
    assert warehouse.delivery("answers/unseen_answer.xml")["outcome"] == "accepted"
    assert warehouse.rows("select 1 from ops.findings where finding = 'answer_without_declaration'")


def test_line_that_nobody_answered_is_open(warehouse: Deployment) -> None:
    (row,) = warehouse.rows(
        "select cost_eur, cost_open_eur from marts.trajectory_years where provider_agb = ?", provider(54)
    )
    assert row["cost_eur"] == row["cost_open_eur"] == 42
