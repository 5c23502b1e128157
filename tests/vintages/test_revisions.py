"""Between two publications a figure moves by its causes, to the cent."""

from __future__ import annotations

from decimal import Decimal

import pytest

from .conftest import CAUSES, DAYS


@pytest.mark.parametrize(("publication", "cause"), list(zip(DAYS[1:7], CAUSES, strict=True)))
def test_one_thing_becoming_known_is_the_only_cause(ask, publication, cause):
    causes = ask("select distinct cause from marts.revisions where publication = ?", publication)

    assert causes == [(cause,)]


def test_everything_becoming_known_at_once_is_told_apart(ask):
    causes = ask("select distinct cause from marts.revisions where publication = ?", DAYS[7])

    assert {cause for (cause,) in causes} == set(CAUSES)


def _moves(ask, publication: str, measure: str) -> list[tuple]:
    return ask(
        """select practice_id, cause, change from marts.revisions
        where publication = ? and measure = ? and domain = 'all' and year = 2018 order by all""",
        publication,
        measure,
    )


@pytest.mark.parametrize(
    ("publication", "measure", "expected"),
    [
        (DAYS[1], "cost_eur", [("unattributed", "late_declaration", Decimal("20.00"))]),
        (DAYS[1], "active", []),
        (DAYS[2], "cost_eur", [("unattributed", "correction", Decimal("-5.00"))]),
        (DAYS[3], "cost_eur", [("unattributed", "rejection", Decimal("-7.00"))]),
        (DAYS[4], "new", [("unattributed", "changed_allocation", Decimal(-1))]),
        (DAYS[4], "carried_over", [("unattributed", "changed_allocation", Decimal(1))]),
        (
            DAYS[5],
            "cost_eur",
            [
                ("P1", "changed_attribution", Decimal("65.00")),
                ("unattributed", "changed_attribution", Decimal("-65.00")),
            ],
        ),
        # the product is another domain's, and over all domains nothing moves
        (DAYS[6], "cost_eur", []),
        (
            DAYS[7],
            "cost_eur",
            [
                ("P1", "correction", Decimal("-0.10")),
                ("P1", "late_declaration", Decimal("1.00")),
                ("P1", "rejection", Decimal("-1.00")),
                ("P2", "changed_attribution", Decimal("4.00")),
                ("unattributed", "changed_attribution", Decimal("-4.00")),
            ],
        ),
    ],
)
def test_figure_moves_by_what_became_known(ask, publication, measure, expected):
    assert _moves(ask, publication, measure) == expected


def test_changed_reference_table_moves_costs_between_domains(ask):
    moved = ask(
        """select domain, sum(change) from marts.revisions
        where publication = ? and measure = 'cost_eur' and domain <> 'all' group by domain order by domain""",
        DAYS[6],
    )

    assert moved == [("ggz", Decimal("-72.00")), ("overig", Decimal("72.00"))]


def test_changes_add_up_to_the_difference_of_every_figure(ask):
    apart = ask(
        """select publication, practice_id, year, domain, measure from marts.revisions
        group by publication, municipality_code, practice_id, year, domain, measure
        having sum(change) <> any_value(difference) or count(distinct difference) > 1"""
    )

    assert apart == []
    assert ask("select count(*) > 50 from marts.revisions") == [(True,)]


def test_publication_without_an_earlier_one_has_no_revisions(ask):
    assert ask("select count(*) from marts.revisions where publication = ?", DAYS[0]) == [(0,)]
    assert ask(
        "select sum(cost_eur) from marts.practice_years_as_of where publication = ? and domain = 'all'", DAYS[0]
    ) == [(Decimal("64.00"),)]


def test_newest_publication_is_what_the_marts_say_now(ask):
    columns = "municipality_code, practice_id, year, domain, clients, active, started, cost_eur, cost_started_eur"

    newest = ask(f"select {columns} from marts.practice_years_as_of where publication = ? order by all", DAYS[7])

    assert newest == ask(f"select {columns} from intermediate.int_practice_years__counted order by all")
    assert newest


def test_reference_table_that_was_loaded_later_does_not_count(ask):
    query = "select distinct domain from marts.practice_years_as_of where publication = ? order by 1"

    assert ask(query, DAYS[5]) == [("all",), ("ggz",)]
    assert ask(query, DAYS[6]) == [("all",), ("overig",)]
