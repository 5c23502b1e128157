"""The oracle itself, on cases counted by hand: segments, gaps, starts and stops (contract section 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from .build import answer, day, line, request, sent, start, stop, version
from .cases import WORLD, allocated, declared, figures, statuses
from .history import CareProfileRule


def test_worked_example_of_the_message_standard_gives_its_figures():
    second = {"client_key": "client-b"}
    bill_1 = sent(
        "JW323",
        "2026-02-03",
        "D202601",
        line("P0001", 500001, "2026-01-12", "2026-01-31", 49500),
        line("P0002", 500002, "2026-01-01", "2026-01-31", 90000, product_code="54001", **second),
    )
    bill_2 = sent(
        "JW323",
        "2026-03-03",
        "D202602",
        line("P0003", 500001, "2026-01-12", "2026-01-31", -49500, previous_reference="P0001"),
        line("P0004", 500001, "2026-01-12", "2026-01-31", 46200),
        line("P0005", 500001, "2026-02-01", "2026-02-28", 39600),
        line("P0006", 500002, "2026-01-01", "2026-01-31", 87500, product_code="54001", **second),
    )
    world = replace(WORLD, care_profiles=(CareProfileRule("*", "54002", "ggz_specialistisch_basis", "ggz"),))
    first, other = sorted(
        figures(
            sent("JW315", "2026-01-05", "V1", request("VOT-1", "2026-01-05", referrer_agb="01999001")),
            *allocated(version(500001, "2026-01-12", "2026-12-31", "2026-01-08", request_reference="VOT-1")),
            sent("JW305", "2026-01-20", "S1", start(500001, "2026-01-19", "2026-01-20")),
            bill_1,
            answer(bill_1, "2026-02-10", rejected=("P0002",)),
            bill_2,
            answer(bill_2, "2026-03-10"),
            sent("JW307", "2026-03-17", "E1", stop(500001, "2026-01-19", "2026-03-16", "2026-03-17")),
            sent(
                "JW301",
                "2026-03-18",
                "T9",
                version(500001, "2026-01-12", "2026-03-16", "2026-03-18", change_reason="14"),
            ),
            world=world,
        ),
        key=lambda rows: rows[0].client_key,
    )
    (row,) = first
    assert (row.started_on, row.ended_on) == (date(2026, 1, 12), date(2026, 3, 16))
    assert (row.care_profile, row.attribution, row.practice_id) == ("ggz_specialistisch_basis", "agb_practice", "P1")
    assert (row.status, row.lines, row.cost_eur, row.cost_open_eur) == ("new", 2, Decimal("858.00"), Decimal(0))
    (row,) = other
    assert (row.started_on, row.ended_on) == (date(2026, 1, 1), date(2026, 1, 31))
    assert (row.care_profile, row.attribution, row.practice_id) == ("overig", "none", "unattributed")
    assert (row.status, row.lines, row.cost_eur, row.cost_open_eur) == ("unknown", 1, Decimal("875.00"), Decimal(0))


def test_begins_on_new_years_day_is_new_in_that_year():
    (rows,) = figures(
        *allocated(version(1, "2019-01-01", "2019-12-31", "2018-12-20")),
        *declared(line("a", 1, "2019-01-01", "2019-01-31", 100), line("b", 1, "2019-12-31", "2019-12-31", 100)),
    )
    assert statuses(rows) == {2019: "new"}
    assert (rows[0].started_on, rows[0].ended_on) == (date(2019, 1, 1), date(2019, 12, 31))


def test_begins_on_last_day_of_year_is_new_then_and_carried_over_after():
    (rows,) = figures(
        *allocated(version(1, "2018-12-31", "2019-03-31", "2018-12-20")),
        *declared(line("a", 1, "2018-12-31", "2018-12-31", 100), line("b", 1, "2019-01-01", "2019-01-31", 200)),
    )
    assert statuses(rows) == {2018: "new", 2019: "carried_over"}
    assert [row.cost_eur for row in rows] == [Decimal("1.00"), Decimal("2.00")]
    assert [row.segments_started for row in rows] == [1, 0]


@pytest.mark.parametrize(("gap", "chains"), [(0, 1), (1, 1), (30, 1), (31, 1), (32, 2)])
def test_gap_of_at_most_31_free_days_keeps_one_trajectory(gap, chains):
    second = date.fromordinal(date(2018, 12, 1).toordinal() + gap)
    rows = figures(
        *allocated(
            version(1, "2018-10-01", "2018-11-30", "2018-09-20"), version(2, str(second), "2019-06-30", "2018-11-20")
        ),
        *declared(line("a", 1, "2018-10-01", "2018-10-31", 1), line("b", 2, "2019-02-01", "2019-02-28", 1)),
    )
    assert len(rows) == chains


def test_gap_is_counted_from_the_latest_end_not_the_last_segments():
    (rows,) = figures(
        *allocated(
            version(1, "2018-01-01", "2019-12-31", "2017-12-20"),
            version(2, "2018-02-01", "2018-02-28", "2018-01-20"),
            version(3, "2019-11-01", "2019-12-31", "2019-10-20"),
        ),
        *declared(line("a", 3, "2019-11-01", "2019-11-30", 1)),
    )
    assert statuses(rows) == {2019: "extended"}
    assert rows[0].started_on == date(2018, 1, 1)


def test_open_end_swallows_every_later_segment():
    (rows,) = figures(
        *allocated(version(1, "2017-01-01", None, "2016-12-20"), version(2, "2019-05-01", "2019-06-30", "2019-04-20")),
        *declared(line("a", 2, "2019-05-01", "2019-05-31", 1)),
    )
    assert statuses(rows) == {2019: "extended"}
    assert rows[0].ended_on is None


def test_end_date_moved_out_begins_a_segment_the_day_after():
    (rows,) = figures(
        *allocated(
            version(1, "2018-06-01", "2018-12-31", "2018-05-20"),
            version(1, "2018-06-01", "2019-06-30", "2018-12-10", change_reason="04"),
        ),
        *declared(line("a", 1, "2018-12-01", "2018-12-31", 1), line("b", 1, "2019-01-01", "2019-01-31", 1)),
    )
    # Decided in 2018, begins in 2019.
    assert statuses(rows) == {2018: "new", 2019: "extended"}
    assert [row.segments_started for row in rows] == [1, 1]
    assert rows[0].ended_on == date(2019, 6, 30)


def test_two_extensions_in_one_year_are_one_status_and_two_segments():
    (rows,) = figures(
        *allocated(
            version(1, "2018-06-01", "2018-12-31", "2018-05-20"),
            version(1, "2018-06-01", "2019-03-31", "2018-12-10"),
            version(1, "2018-06-01", None, "2019-03-10"),
        ),
        *declared(line("a", 1, "2019-05-01", "2019-05-31", 1), line("b", 1, "2020-05-01", "2020-05-31", 1)),
    )
    assert statuses(rows) == {2019: "extended", 2020: "carried_over"}
    assert rows[0].segments_started == 2
    assert rows[0].ended_on is None


def test_end_date_moved_in_then_out_is_compared_with_the_version_before():
    (rows,) = figures(
        *allocated(
            version(1, "2018-01-01", "2018-12-31", "2017-12-20"),
            version(1, "2018-01-01", "2018-06-30", "2018-06-01", change_reason="05"),
            version(1, "2018-01-01", "2018-12-31", "2018-06-15", change_reason="14"),
        ),
        *declared(line("a", 1, "2018-03-01", "2018-03-31", 1)),
    )
    assert rows[0].segments_started == 2


def test_version_with_the_same_end_date_gives_no_segment():
    (rows,) = figures(
        *allocated(
            version(1, "2018-01-01", "2018-06-30", "2017-12-20"),
            version(1, "2018-01-01", "2018-06-30", "2018-03-20", change_reason="04"),
        ),
        *declared(line("a", 1, "2018-03-01", "2018-03-31", 1)),
    )
    assert rows[0].segments_started == 1


def test_extension_that_was_taken_back_still_gives_a_segment():
    (rows,) = figures(
        *allocated(
            version(1, "2018-06-01", "2018-12-31", "2018-05-20"),
            version(1, "2018-06-01", "2019-06-30", "2018-11-20", change_reason="04"),
            version(1, "2018-06-01", "2018-10-31", "2018-11-25", change_reason="05"),
        ),
        *declared(line("a", 1, "2018-11-01", "2018-11-30", 1), line("b", 1, "2019-02-01", "2019-02-28", 1)),
    )
    assert statuses(rows) == {2018: "new", 2019: "extended"}
    assert rows[0].ended_on == date(2018, 10, 31)


def test_stop_before_the_allocation_began_is_not_used():
    (rows,) = figures(
        *allocated(version(1, "2018-06-01", "2018-12-31", "2018-05-20")),
        sent("JW307", "2018-06-02", "E", stop(1, "2018-05-01", "2018-05-31", "2018-06-02")),
        *declared(line("a", 1, "2018-06-01", "2018-06-30", 1)),
    )
    assert rows[0].ended_on == date(2018, 12, 31)


def test_versions_arriving_in_reverse_are_read_in_order_of_their_own_moment():
    (rows,) = figures(
        sent("JW301", "2019-02-01", "T2", version(1, "2018-06-01", "2018-12-31", "2018-05-20")),
        sent("JW301", "2019-01-01", "T1", version(1, "2018-06-01", "2019-06-30", "2018-12-10")),
        *declared(line("b", 1, "2019-01-01", "2019-01-31", 1)),
    )
    assert statuses(rows) == {2019: "extended"}


def test_extension_after_the_definitive_stop_gives_no_segment():
    (rows,) = figures(
        *allocated(
            version(1, "2018-06-01", "2018-12-31", "2018-05-20"), version(1, "2018-06-01", "2019-06-30", "2018-12-10")
        ),
        sent("JW307", "2018-12-20", "E", stop(1, "2018-06-01", "2018-12-15", "2018-12-20")),
        *declared(line("a", 1, "2018-12-01", "2018-12-31", 1), line("b", 1, "2019-01-01", "2019-01-31", 1)),
    )
    assert statuses(rows) == {2018: "new", 2019: "carried_over"}
    assert rows[0].ended_on == date(2018, 12, 15)


def test_extension_before_care_began_gives_no_segment():
    (rows,) = figures(
        *allocated(
            version(1, "2018-06-01", "2018-06-30", "2018-05-20"), version(1, "2018-06-01", "2019-06-30", "2018-06-10")
        ),
        sent("JW305", "2018-08-02", "S", start(1, "2018-08-01", "2018-08-02")),
        *declared(line("a", 1, "2018-08-01", "2018-08-31", 1)),
    )
    assert rows[0].segments_started == 1
    assert rows[0].started_on == date(2018, 8, 1)


def test_provider_or_profile_switch_is_another_trajectory():
    other = {"provider_agb": "94999002"}
    rows = figures(
        *allocated(
            version(1, "2018-06-01", "2018-12-31", "2018-05-20"),
            version(2, "2019-01-01", "2019-12-31", "2018-12-10", **other),
            version(3, "2019-01-01", "2019-12-31", "2018-12-10", product_code="54001"),
        ),
        *declared(
            line("a", 1, "2018-06-01", "2018-06-30", 1),
            line("b", 2, "2019-01-01", "2019-01-31", 1, **other),
            line("c", 3, "2019-01-01", "2019-01-31", 1, product_code="54001"),
        ),
    )
    assert [statuses(one) for one in rows] == [{2018: "new"}, {2019: "new"}, {2019: "new"}]


def test_stop_and_restart_within_the_gap_is_an_extension():
    (rows,) = figures(
        *allocated(
            version(1, "2018-06-01", "2018-12-31", "2018-05-20"), version(2, "2019-01-10", "2019-12-31", "2019-01-05")
        ),
        sent("JW307", "2018-12-12", "E", stop(1, "2018-06-01", "2018-12-10", "2018-12-12")),
        *declared(line("a", 2, "2019-02-01", "2019-02-28", 1)),
    )
    assert statuses(rows) == {2019: "extended"}


def test_stop_makes_the_gap_longer_than_the_allocations_end_would():
    rows = figures(
        *allocated(
            version(1, "2018-06-01", "2018-12-31", "2018-05-20"), version(2, "2019-01-10", "2019-12-31", "2019-01-05")
        ),
        sent("JW307", "2018-12-09", "E", stop(1, "2018-06-01", "2018-12-08", "2018-12-09")),
        *declared(line("a", 1, "2018-06-01", "2018-06-30", 1), line("b", 2, "2019-02-01", "2019-02-28", 1)),
    )
    assert [statuses(one) for one in rows] == [{2018: "new"}, {2019: "new"}]


@pytest.mark.parametrize(
    ("events", "ended_on"),
    [
        ([("stop", "2018-09-30", "20")], "2018-12-31"),
        ([("stop", "2018-09-30", "31")], "2018-09-30"),
        ([("stop", "2018-09-30", "31"), ("start", "2018-11-01")], "2018-12-31"),
        ([("stop", "2018-09-30", "31"), ("start", "2018-09-30")], "2018-09-30"),
        ([("stop", "2018-09-30", "31"), ("stop", "2018-10-31", "31")], "2018-10-31"),
        ([("stop", "2018-09-30", "31"), ("stop", "2018-10-31", "20")], "2018-09-30"),
        ([("stop", "2018-05-31", "31")], "2018-12-31"),
        ([("stop", "2019-02-28", "31")], "2019-02-28"),
    ],
)
def test_stops_and_starts_decide_the_end(events, ended_on):
    messages = []
    for n, (what, on, *reason) in enumerate(events):
        if what == "stop":
            messages.append(
                sent("JW307", f"2019-03-0{n + 1}", f"E{n}", stop(1, "2018-06-01", on, "2019-03-01", *reason))
            )
        else:
            messages.append(sent("JW305", f"2019-03-0{n + 1}", f"S{n}", start(1, on, "2019-03-01")))
    (rows,) = figures(
        *allocated(version(1, "2018-06-01", "2018-12-31", "2018-05-20")),
        sent("JW305", "2018-06-02", "S", start(1, "2018-06-01", "2018-06-02")),
        *messages,
        *declared(line("a", 1, "2018-06-01", "2018-06-30", 1)),
    )
    assert rows[0].ended_on == day(ended_on)


def test_removed_start_is_as_if_never_sent_and_can_be_sent_again():
    allocation = allocated(version(1, "2018-06-15", "2018-12-31", "2018-05-20"))
    lines = declared(line("a", 1, "2018-08-01", "2018-08-31", 1))
    first = sent("JW305", "2018-06-03", "S1", start(1, "2018-06-02", "2018-06-03"))
    removal = sent("JW305", "2018-06-04", "S2", start(1, "2018-06-02", "2018-06-04", delivery_status="3"))
    again = sent("JW305", "2018-06-05", "S3", start(1, "2018-06-02", "2018-06-05"))

    def started(*events):
        return figures(*allocation, *events, *lines)[0][0].started_on

    assert started(first) == date(2018, 6, 2)
    assert started(first, removal) == date(2018, 6, 15)
    assert started(again, removal, first) == date(2018, 6, 2)


def test_start_later_than_allocation_moves_the_begin_unless_care_was_declared_before():
    allocation = allocated(version(1, "2018-12-01", "2019-12-31", "2018-11-20"))
    late = sent("JW305", "2019-01-16", "S", start(1, "2019-01-15", "2019-01-16"))
    (rows,) = figures(*allocation, late, *declared(line("a", 1, "2019-01-15", "2019-01-31", 1)))
    assert statuses(rows) == {2019: "new"}
    (rows,) = figures(*allocation, late, *declared(line("a", 1, "2018-12-20", "2018-12-31", 1)))
    assert statuses(rows) == {2018: "new"}
