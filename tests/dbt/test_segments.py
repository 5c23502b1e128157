"""Segments: where one begins and ends, the sentences of contract section 5, one story each."""

from __future__ import annotations

from datetime import date

from .story import Story, story


@story
def stop_and_restart_within_the_gap(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-10-01", "2019-12-31")
    s.started(1, "2018-10-08")
    s.stopped(1, "2018-10-08", "2018-12-14")
    s.paid(1, "2018-11")
    s.allocated(2, "2019-01-14", "2019-12-31")
    s.started(2, "2019-01-14")
    s.paid(2, "2019-02")


def test_definitive_stop_ends_the_segment_and_a_restart_within_the_gap_extends(years):
    # 15 December to 13 January: 30 free days after the stop, although the first allocation runs on
    assert years("stop_and_restart_within_the_gap", "year, status, started_on") == [
        (2018, "new", date(2018, 10, 8)),
        (2019, "extended", date(2018, 10, 8)),
    ]


@story
def stop_and_restart_after_the_gap(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-10-01", "2019-12-31")
    s.stopped(1, "2018-10-01", "2018-12-14")
    s.paid(1, "2018-11")
    s.allocated(2, "2019-01-16", "2019-12-31")
    s.paid(2, "2019-02")


def test_restart_more_than_31_free_days_after_a_stop_is_new(years):
    assert years("stop_and_restart_after_the_gap") == [(2018, "new"), (2019, "new")]


@story
def pause(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-10-01", "2019-12-31")
    s.started(1, "2018-10-01")
    s.stopped(1, "2018-10-01", "2018-11-30", "20")
    s.paid(1, "2018-10", "2019-06")


def test_temporary_stop_does_not_end_the_segment(years):
    assert years("pause", "year, status, ended_on") == [
        (2018, "new", date(2019, 12, 31)),
        (2019, "carried_over", date(2019, 12, 31)),
    ]


@story
def start_after_the_stop(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-10-01", "2019-12-31")
    s.started(1, "2018-10-01")
    s.stopped(1, "2018-10-01", "2018-11-30")
    s.started(1, "2019-02-01")
    s.paid(1, "2018-10", "2019-02")


def test_stop_that_a_start_follows_is_not_used(years):
    assert years("start_after_the_stop", "year, status, ended_on")[0] == (2018, "new", date(2019, 12, 31))


@story
def start_was_removed(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-12-01", "2019-12-31")
    s.started(1, "2018-12-15")
    s.started(1, "2019-01-07")
    s.started(1, "2018-12-15", known="2019-01-08", delivery_status="3")
    s.paid(1, "2019-02")


def test_removed_start_does_not_begin_the_segment(years):
    assert years("start_was_removed", "year, status, started_on") == [(2019, "new", date(2019, 1, 7))]


@story
def stop_was_removed(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-12-01", "2019-12-31")
    s.stopped(1, "2018-12-01", "2019-01-31")
    s.stopped(1, "2018-12-01", "2019-01-31", known="2019-02-20", delivery_status="3")
    s.paid(1, "2018-12")


def test_removed_stop_does_not_end_the_segment(years):
    assert years("stop_was_removed", "ended_on") == [(date(2019, 12, 31),)]


@story
def stop_before_the_start(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2019-02-01", "2019-12-31")
    s.stopped(1, "2018-12-01", "2019-01-15")
    s.paid(1, "2019-02")


def test_stop_before_the_start_is_not_used_and_is_a_finding(years, findings):
    assert years("stop_before_the_start", "ended_on") == [(date(2019, 12, 31),)]
    assert ("stop_before_start", None, "1", 0) in findings("stop_before_the_start")


@story
def extension_after_a_definitive_stop(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-01-01", "2018-12-31")
    s.stopped(1, "2018-01-01", "2018-10-31")
    s.allocated(1, "2018-01-01", "2019-12-31", known="2018-11-30")
    s.paid(1, "2018-02", "2019-02")


def test_extension_after_a_definitive_stop_gives_no_segment(years):
    assert years("extension_after_a_definitive_stop", "year, status, segments_started") == [
        (2018, "new", 1),
        (2019, "carried_over", 0),
    ]


@story
def extension_before_care_began(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-01-01", "2018-06-30")
    s.allocated(1, "2018-01-01", "2019-12-31", known="2018-05-01")
    s.started(1, "2018-09-01")
    s.paid(1, "2018-09")


def test_extension_before_care_began_gives_no_segment(years):
    assert years("extension_before_care_began", "started_on, segments_started") == [(date(2018, 9, 1), 1)]


@story
def versions_out_of_order(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-01-01", "2019-12-31", known="2018-12-20", allocated_on=date(2018, 5, 20))
    s.allocated(1, "2018-01-01", "2018-06-30", known="2018-12-21", allocated_on=date(2018, 1, 2))
    s.paid(1, "2018-02", "2019-02")


def test_versions_are_compared_in_order_of_allocation_and_not_of_message(years):
    assert years("versions_out_of_order", "year, status, segments_started, ended_on") == [
        (2018, "new", 2, date(2019, 12, 31)),
        (2019, "carried_over", 0, date(2019, 12, 31)),
    ]


@story
def first_delivered_day_is_earliest(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2019-01-15", "2019-12-31")
    s.started(1, "2019-02-01")
    s.paid(1, "2018-12-20/2018-12-31", "2019-01")


def test_first_delivered_day_before_the_allocation_begins_the_trajectory(years):
    assert years("first_delivered_day_is_earliest", "year, status, started_on") == [
        (2018, "new", date(2018, 12, 20)),
        (2019, "carried_over", date(2018, 12, 20)),
    ]


@story
def withdrawn_with_paid_lines(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-01-01", "2019-12-31")
    s.paid(1, "2018-05", "2018-07")
    s.allocated(1, "2018-01-01", "2018-01-01", known="2018-09-01", change_reason="13")


def test_lines_of_a_withdrawn_allocation_count_as_declarations_without_an_allocation(years, findings):
    assert years("withdrawn_with_paid_lines", "year, status, started_on, ended_on, lines, attribution") == [
        (2018, "new", date(2018, 5, 1), date(2018, 7, 31), 2, "none")
    ]
    assert [f[:2] for f in findings("withdrawn_with_paid_lines")] == [("line_on_withdrawn_allocation", "TR384")] * 2


@story
def lapsed_with_reason_01(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-01-01", "2018-06-30")
    s.allocated(1, "2018-01-01", "2018-01-01", known="2018-02-01", change_reason="01")
    s.paid(1, "2018-05")
    s.allocated(2, "2018-01-01", "2018-06-30", client="d")
    s.allocated(2, "2018-01-01", "2018-05-31", known="2018-02-01", change_reason="01", client="d")
    s.paid(2, "2018-05", client="d")


def test_reason_01_withdraws_only_where_the_end_is_the_start(years):
    assert years("lapsed_with_reason_01", "started_on") == [(date(2018, 1, 1),), (date(2018, 5, 1),)]


@story
def declarations_only(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.paid(7, "2018-03", "2018-04", "2018-12", "2019-01")


def test_declarations_only_are_one_segment_from_first_to_last_delivered_day(years):
    assert years("declarations_only", "year, status, started_on, ended_on, segments_started") == [
        (2018, "new", date(2018, 3, 1), date(2019, 1, 31), 1),
        (2019, "carried_over", date(2018, 3, 1), date(2019, 1, 31), 0),
    ]


@story
def without_a_number(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.paid(None, "2018-03", "2018-04")
    s.paid(None, "2018-04", product_code="51A00")


def test_lines_without_a_number_are_one_segment_per_product_code(years):
    assert years("without_a_number", "care_profile, started_on, lines") == [
        ("ggz_specialistisch_basis", date(2018, 3, 1), 2),
        ("bggz", date(2018, 4, 1), 1),
    ]
