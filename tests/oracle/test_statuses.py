"""The oracle itself, on cases counted by hand: withdrawal, statuses, profiles, mergers and roll-ups (section 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from .build import day, line, request, sent, version
from .cases import WORLD, allocated, declared, figures, statuses
from .definition import practice_trajectories, practice_years
from .history import CareProfileRule, Municipality


@pytest.mark.parametrize(("reason", "ends_on"), [("13", "2019-03-01"), ("01", "2019-03-01")])
def test_withdrawn_allocation_leaves_its_lines_as_declarations_alone(reason, ends_on):
    (rows,) = figures(
        sent("JW315", "2019-02-01", "V", request("R", "2019-02-01", referrer_agb="01999001")),
        *allocated(
            version(1, "2019-03-01", "2019-12-31", "2019-02-20", request_reference="R"),
            version(1, "2019-03-01", ends_on, "2019-04-20", change_reason=reason),
        ),
        *declared(
            line("z", 9, "2018-01-01", "2018-01-31", 1, client_key="other", product_code="x"),
            line("a", 1, "2019-03-10", "2019-03-31", 1),
        ),
    )[1:]
    assert (rows[0].started_on, rows[0].ended_on) == (date(2019, 3, 10), date(2019, 3, 31))
    assert (rows[0].status, rows[0].attribution) == ("new", "none")


def test_reason_01_with_a_later_end_is_not_withdrawn():
    (rows,) = figures(
        *allocated(version(1, "2019-03-01", "2019-03-02", "2019-02-20", change_reason="01")),
        *declared(line("a", 1, "2019-03-10", "2019-03-31", 1)),
    )
    assert rows[0].started_on == date(2019, 3, 1)


@pytest.mark.parametrize(
    ("data_since", "first_day", "status"),
    [
        (None, "2019-01-31", "unknown"),
        (None, "2019-02-01", "new"),
        ("2019-02-10", "2019-02-01", "unknown"),
        ("2019-02-10", "2019-01-31", "new"),
    ],
)
def test_declarations_alone_in_the_first_observed_month_are_unknown(data_since, first_day, status):
    world = replace(WORLD, municipalities=(Municipality("0384", data_since=day(data_since) if data_since else None),))
    rows = figures(
        *declared(
            line("z", 9, "2019-01-05", "2019-01-31", 1, client_key="other", product_code="x"),
            line("a", 1, first_day, first_day, 1),
        ),
        world=world,
    )
    assert [r[0].status for r in rows if r[0].client_key == "client-a"] == [status]


def test_unknown_holds_only_in_the_year_of_the_start():
    (rows,) = figures(
        *declared(line("a", 1, "2018-12-01", "2018-12-31", 1), line("b", 1, "2019-01-01", "2019-01-31", 1))
    )
    assert statuses(rows) == {2018: "unknown", 2019: "carried_over"}


def test_conversion_by_reason_10_or_by_date_takes_precedence_over_new():
    lines = declared(line("a", 1, "2018-01-01", "2018-01-31", 1), line("b", 1, "2019-01-01", "2019-01-31", 1))
    by_reason = allocated(
        version(1, "2018-01-01", "2018-12-31", "2017-12-20", change_reason="10"),
        version(1, "2018-01-01", "2019-12-31", "2018-12-20", change_reason="04"),
    )
    (rows,) = figures(*by_reason, *lines)
    assert statuses(rows) == {2018: "converted", 2019: "extended"}
    world = replace(WORLD, municipalities=(Municipality("0384", converted_on=date(2018, 1, 1)),))
    (rows,) = figures(*allocated(version(1, "2018-01-01", "2019-12-31", "2017-12-20")), *lines, world=world)
    assert statuses(rows) == {2018: "converted", 2019: "carried_over"}


def test_conversion_after_earlier_care_is_an_extension():
    (rows,) = figures(
        *allocated(
            version(1, "2017-01-01", "2017-12-31", "2016-12-20"),
            version(2, "2018-01-01", "2018-12-31", "2017-12-20", change_reason="10"),
        ),
        *declared(line("a", 2, "2018-01-01", "2018-01-31", 1)),
    )
    assert statuses(rows) == {2018: "extended"}


def test_number_for_two_clients_gives_a_segment_for_each():
    rows = figures(
        *declared(
            line("a", 7, "2019-01-01", "2019-01-31", 1),
            line("b", 7, "2019-01-01", "2019-01-31", 1, client_key="client-b"),
        )
    )
    assert [r[0].client_key for r in rows] == ["client-a", "client-b"]


def test_lines_without_a_number_are_one_segment_per_product_code():
    bill = sent(
        "JW303",
        "2020-02-01",
        "F1",
        line("a", None, "2019-01-01", "2019-01-31", 1),
        line("b", None, "2019-12-01", "2019-12-31", 1),
        line("c", None, "2019-01-01", "2019-01-31", 1, product_code="54001"),
    )
    rows = figures(bill)
    assert sorted((r[0].care_profile, r[0].lines, r[0].ended_on) for r in rows) == [
        ("ggz_kort_basis", 1, date(2019, 1, 31)),
        ("ggz_specialistisch_basis", 2, date(2019, 12, 31)),
    ]


def test_merged_municipality_reads_as_its_successor_and_numbers_stay_apart():
    world = replace(
        WORLD, municipalities=(Municipality("0001", "0003"), Municipality("0002", "0003"), Municipality("0003"))
    )
    old_1, old_2, new = ({"municipality_code": code} for code in ("0001", "0002", "0003"))
    rows = figures(
        sent("JW301", "2018-12-01", "T1", version(1, "2019-01-01", "2019-06-30", "2018-12-01", **old_1)),
        sent(
            "JW301", "2018-12-01", "T2", version(1, "2019-01-01", "2019-06-30", "2018-12-01", client_key="b", **old_2)
        ),
        sent("JW301", "2018-12-01", "T3", version(1, "2019-01-01", "2019-06-30", "2018-12-01", client_key="c", **new)),
        *declared(
            line("a", 1, "2019-02-01", "2019-02-28", 1, **old_1),
            line("b", 1, "2019-02-01", "2019-02-28", 2, client_key="b", **new),
            line("c", 1, "2019-02-01", "2019-02-28", 4, client_key="c", **new),
        ),
        world=world,
    )
    assert {(r[0].municipality_code, r[0].client_key, r[0].segments_started, r[0].cost_eur) for r in rows} == {
        ("0003", "client-a", 1, Decimal("0.01")),
        ("0003", "b", 1, Decimal("0.02")),
        ("0003", "c", 1, Decimal("0.04")),
    }


def test_care_profile_prefers_own_municipality_then_longest_code_then_newest():
    rule = CareProfileRule
    rules = (
        rule("*", "54002", "national", "ggz"),
        rule("0384", "54*", "short", "ggz"),
        rule("0384", "540*", "old", "ggz", date(2017, 1, 1)),
        rule("0384", "540*", "recent", "ggz", date(2018, 1, 1)),
        rule("0384", "540*", "gone", "ggz", date(2018, 6, 1), date(2019, 1, 1)),
        rule("0384", "540*", "future", "ggz", date(2019, 1, 2)),
        rule("0384", "5*", "shorter but newer", "ggz", date(2018, 12, 1)),
    )

    def profile(*use):
        (rows,) = figures(
            *allocated(version(1, "2019-01-01", "2019-12-31", "2018-12-01")),
            *declared(line("a", 1, "2019-02-01", "2019-02-28", 1)),
            world=replace(WORLD, care_profiles=use),
        )
        return rows[0].care_profile

    assert profile(*rules) == "recent"
    assert profile(*rules[:2]) == "short"
    assert profile(rule("*", "54002", "from that day", "ggz", date(2019, 1, 1))) == "from that day"
    assert profile(rules[0]) == "national"
    assert profile() == "overig"


def test_allocation_without_code_takes_the_first_declared_lines():
    (rows,) = figures(
        *allocated(version(1, "2019-01-01", "2019-12-31", "2018-12-01", product_code=None)),
        *declared(
            line("a", 1, "2019-03-01", "2019-03-31", 1, product_code="54002"),
            line("b", 1, "2019-02-01", "2019-02-28", 1, product_code="54001"),
        ),
    )
    assert rows[0].care_profile == "ggz_kort_basis"


def test_roll_ups_keep_active_and_started_apart():
    rows = [
        row
        for of_one in figures(
            *allocated(
                version(1, "2018-12-01", "2019-12-31", "2018-11-01"),
                version(2, "2019-03-01", "2019-06-30", "2019-02-01", product_code="99999"),
            ),
            *declared(
                line("a", 1, "2018-12-01", "2018-12-31", 100),
                line("b", 1, "2019-01-01", "2019-01-31", 200),
                line("c", 2, "2019-03-01", "2019-03-31", 400, product_code="99999"),
            ),
        )
        for row in of_one
    ]
    by_domain = {row.domain: row for row in practice_years(rows) if row.year == 2019}
    assert (by_domain["all"].clients, by_domain["all"].active, by_domain["all"].started) == (1, 2, 1)
    assert (by_domain["ggz"].carried_over, by_domain["overig"].new) == (1, 1)
    assert by_domain["all"].cost_started_eur == Decimal("4.00")
    assert by_domain["all"].cost_carried_over_eur == Decimal("2.00")
    assert len(practice_trajectories(rows)) == 3


def test_started_is_new_and_extended_and_a_client_is_counted_once():
    rows = [
        row
        for of_one in figures(
            *allocated(
                version(1, "2019-01-01", "2019-01-31", "2018-11-01"),
                version(2, "2019-06-01", "2019-12-31", "2019-02-01"),
                version(2, "2019-06-01", "2020-12-31", "2019-12-01"),
            ),
            *declared(
                line("a", 1, "2019-01-01", "2019-01-31", 100),
                line("b", 2, "2019-06-01", "2019-06-30", 200),
                line("c", 2, "2020-01-01", "2020-01-31", 400),
            ),
        )
        for row in of_one
    ]
    assert [(cell.year, cell.trajectories, cell.clients) for cell in practice_trajectories(rows)] == [
        (2019, 2, 1),
        (2020, 1, 1),
    ]
    assert {cell.year: (cell.started, cell.extended) for cell in practice_years(rows)} == {2019: (2, 0), 2020: (1, 1)}
