"""Statuses and chains: the sentences of contract section 5, one story each."""

from __future__ import annotations

from datetime import date

import pytest

from .story import Story, story


def gap_of(days: int) -> None:
    """Two allocations with so many free days between them; 2019-06-30 is the last day of the first."""

    def tell(s: Story) -> None:
        s.observed_since("2018-01-01")
        s.allocated(1, "2019-01-01", "2019-06-30")
        s.paid(1, "2019-03")
        begins = date.fromordinal(date(2019, 7, 1).toordinal() + days).isoformat()
        s.allocated(2, begins, "2019-12-31")
        s.paid(2, "2019-10")

    tell.__name__ = f"gap_of_{days}_days"
    story(tell)


for free_days in (0, 1, 30, 31, 32):
    gap_of(free_days)


@pytest.mark.parametrize("days", [0, 1, 30, 31])
def test_gap_up_to_31_free_days_is_one_trajectory(years, days):
    assert years(f"gap_of_{days}_days", "year, status, segments_started, lines") == [(2019, "new", 2, 2)]


def test_gap_of_32_free_days_makes_two_trajectories(years):
    assert years("gap_of_32_days", "year, status, segments_started, lines") == [
        (2019, "new", 1, 1),
        (2019, "new", 1, 1),
    ]


@story
def begins_on_1_january(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2019-01-01", "2019-12-31")
    s.paid(1, "2019-01")


def test_start_on_1_january_is_new_in_that_year(years):
    assert years("begins_on_1_january", "year, status, started_on, ended_on") == [
        (2019, "new", date(2019, 1, 1), date(2019, 12, 31))
    ]


@story
def ends_on_31_december(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-07-01", "2018-12-31")
    s.paid(1, "2018-12")
    s.allocated(2, "2019-01-01", "2019-06-30")
    s.paid(2, "2019-01")


def test_end_on_31_december_and_next_number_on_1_january_is_extended_in_the_next_year(years):
    assert years("ends_on_31_december", "year, status, started_on") == [
        (2018, "new", date(2018, 7, 1)),
        (2019, "extended", date(2018, 7, 1)),
    ]


@story
def carried_over_by_one_day(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-12-31", "2019-12-31")
    s.paid(1, "2019-02")


def test_start_on_31_december_is_carried_over_in_the_next_year(years):
    assert years("carried_over_by_one_day") == [(2019, "carried_over")]


@story
def decided_in_one_year_begins_in_the_next(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-07-01", "2018-12-31")
    s.allocated(1, "2018-07-01", "2019-06-30", known="2018-11-15", change_reason="04")
    s.paid(1, "2018-12", "2019-02")


def test_extension_decided_in_a_year_that_begins_in_the_next_is_extended_in_the_next(years):
    assert years("decided_in_one_year_begins_in_the_next", "year, status, segments_started") == [
        (2018, "new", 1),
        (2019, "extended", 1),
    ]


@story
def two_extensions_in_one_year(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-07-01", "2019-03-31")
    s.allocated(1, "2018-07-01", "2019-06-30", known="2019-03-15")
    s.allocated(1, "2018-07-01", None, known="2019-06-15")
    s.paid(1, "2018-12", "2019-02", "2019-08")


def test_two_extensions_in_one_year_are_one_extended_trajectory_with_two_segments(years):
    assert years("two_extensions_in_one_year", "year, status, segments_started, ended_on") == [
        (2018, "new", 1, None),
        (2019, "extended", 2, None),
    ]


@story
def other_provider(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-07-01", "2018-12-31")
    s.paid(1, "2018-12")
    s.allocated(2, "2019-01-01", "2019-06-30", provider="94888001")
    s.paid(2, "2019-01", provider="94888001")


def test_switch_of_provider_begins_a_new_trajectory(years):
    assert years("other_provider") == [(2018, "new"), (2019, "new")]


@story
def other_profile(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-07-01", "2018-12-31")
    s.paid(1, "2018-12")
    s.allocated(2, "2019-01-01", "2019-06-30", product_code="51A00")
    s.paid(2, "2019-01", product_code="51A00")


def test_switch_of_care_profile_begins_a_new_trajectory(years):
    assert years("other_profile", "year, status, care_profile") == [
        (2018, "new", "ggz_specialistisch_basis"),
        (2019, "new", "bggz"),
    ]


@story
def overlapping_allocations(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-01-01", "2019-12-31")
    s.allocated(2, "2018-03-01", "2018-06-30")
    s.allocated(3, "2020-01-15", "2020-06-30")
    s.paid(1, "2018-02")
    s.paid(3, "2020-02")


def test_overlapping_allocations_chain_on_the_latest_end_so_far(years):
    assert years("overlapping_allocations", "year, status, segments_started, started_on") == [
        (2018, "new", 2, date(2018, 1, 1)),
        (2020, "extended", 1, date(2018, 1, 1)),
    ]


@story
def open_end(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-01-01", None)
    s.allocated(2, "2020-06-01", "2020-12-31")
    s.paid(1, "2018-02")
    s.paid(2, "2020-07")


def test_open_end_chains_whatever_comes_later(years):
    assert years("open_end", "year, status, ended_on") == [(2018, "new", None), (2020, "extended", None)]


@story
def first_observed_month(s: Story) -> None:
    s.observed_since("2018-03-15")
    s.paid(1, "2018-03", "2019-01")
    s.paid(2, "2018-04", client="later")
    s.allocated(3, "2018-03-01", "2018-12-31", client="allocated")
    s.paid(3, "2018-03", client="allocated")


def test_declarations_only_in_the_first_month_of_data_are_unknown_in_that_year_only(years):
    assert years("first_observed_month", "year, status, client_key") == [
        (2018, "new", "first_observed_month-allocated"),
        (2018, "unknown", "first_observed_month-c"),
        (2018, "new", "first_observed_month-later"),
        (2019, "carried_over", "first_observed_month-c"),
    ]


@story
def first_month_with_lines(s: Story) -> None:
    s.paid(1, "2018-03")
    s.paid(2, "2018-04", client="later")


def test_without_gegevens_vanaf_the_first_month_with_lines_is_not_observed(years):
    assert years("first_month_with_lines") == [(2018, "unknown"), (2018, "new")]


@story
def converted_by_reason(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-01-01", "2018-12-31", change_reason="10")
    s.allocated(1, "2018-01-01", "2019-12-31", known="2018-12-01", change_reason="04")
    s.paid(1, "2018-03", "2019-03")


def test_reason_10_in_any_version_of_the_first_allocation_is_converted_in_its_first_year(years):
    assert years("converted_by_reason") == [(2018, "converted"), (2019, "extended")]


@story
def converted_by_date(s: Story) -> None:
    s.observed_since("2017-01-01", omzetting_op=date(2018, 1, 1))
    s.allocated(1, "2018-01-01", "2018-12-31")
    s.paid(1, "2018-03")
    s.allocated(2, "2018-01-02", "2018-12-31", client="day later")
    s.paid(2, "2018-03", client="day later")
    s.allocated(3, "2017-06-01", "2017-12-31", client="before")
    s.allocated(4, "2018-01-01", "2018-12-31", client="before")
    s.paid(4, "2018-03", client="before")


def test_first_allocation_that_begins_on_omzetting_op_is_converted(years):
    assert years("converted_by_date", "status, started_on") == [
        ("extended", date(2017, 6, 1)),
        ("converted", date(2018, 1, 1)),
        ("new", date(2018, 1, 2)),
    ]


@story
def number_of_two_clients(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-01-01", "2018-12-31", client="a")
    s.allocated(1, "2018-02-01", "2018-12-31", client="b")
    s.paid(1, "2018-03", client="a")
    s.paid(1, "2018-03", client="b")
    s.paid(1, "2018-03", client="z")


def test_one_number_for_two_clients_gives_each_a_segment_and_a_finding(years, findings):
    assert years("number_of_two_clients", "client_key, started_on") == [
        ("number_of_two_clients-a", date(2018, 1, 1)),
        ("number_of_two_clients-b", date(2018, 2, 1)),
        ("number_of_two_clients-z", date(2018, 3, 1)),
    ]
    assert [f[:3] for f in findings("number_of_two_clients")] == [
        ("line_of_other_client", "TR304", "R3"),
        ("number_of_two_clients", "TR332", "1"),
        ("number_of_two_clients", "TR332", "1"),
    ]


@story
def merged_municipality(s: Story) -> None:
    s.observed_since("2017-01-01")
    old, older = "1" + s.municipality[1:], "0" + s.municipality[1:]
    s.lake.reference["gemeenten"] += [
        {"gemeentecode": old, "opvolger_gemeentecode": s.municipality},
        {"gemeentecode": older, "opvolger_gemeentecode": old},
    ]
    s.allocated(1, "2018-01-01", "2018-12-31", municipality=older)
    s.paid(1, "2018-03", municipality=older)
    s.paid(1, "2018-11")
    # the same number under the successor's code is another allocation
    s.allocated(2, "2018-01-01", "2018-12-31", municipality=old, client="d")
    s.allocated(2, "2018-06-01", "2018-12-31", client="e")
    s.paid(2, "2018-07", client="e")
    s.paid(2, "2018-07", municipality=old, client="d")
    s.paid(None, "2018-04", municipality=old, client="f")
    s.paid(None, "2018-05", client="f")


def test_merged_municipality_reads_as_its_successor_and_numbers_are_looked_up_there_first(years):
    assert years("merged_municipality", "client_key, status, started_on, lines") == [
        ("merged_municipality-c", "new", date(2018, 1, 1), 2),
        ("merged_municipality-d", "new", date(2018, 1, 1), 1),
        ("merged_municipality-f", "new", date(2018, 4, 1), 2),
        ("merged_municipality-e", "new", date(2018, 6, 1), 1),
    ]


def test_every_line_that_counts_is_placed_in_one_trajectory(ask):
    counting = "select delivery_order, row_number from intermediate.int_lines__counted where counts"
    placed = "select delivery_order, row_number from intermediate.int_lines__placed where counts"

    assert ask(f"select count(*) > 0 from ({counting} and allocation_number is null)") == [(True,)]
    assert ask(f"({counting} except all {placed}) union all ({placed} except all {counting})") == []


@story
def profiles_of_own_municipality(s: Story) -> None:
    s.observed_since("2017-01-01")
    own = {"municipality": s.municipality}
    s.lake.profile("5*", "ggz_kort_basis", **own)
    s.lake.profile("5400*", "ggz_kort_intens", geldig_vanaf=date(2018, 1, 1), geldig_tot=date(2019, 1, 1), **own)
    s.lake.profile("5400*", "ggz_kort_aanvullend", geldig_vanaf=date(2019, 1, 1), **own)
    for number, starts in ((1, "2017-05-01"), (2, "2018-12-31"), (3, "2019-01-01")):
        s.allocated(number, starts, "2019-12-31", client=str(number))
        s.paid(number, "2019-03", client=str(number))
    s.allocated(4, "2019-01-01", "2019-12-31", client="4", product_code="99999")
    s.paid(4, "2019-03", client="4", product_code="99999")
    s.allocated(5, "2019-01-01", "2019-12-31", client="5", product_code=None)
    s.paid(5, "2019-03", client="5", product_code="51A00")


def test_care_profile_is_own_municipality_then_longest_code_then_validity_at_the_start(years):
    assert sorted(years("profiles_of_own_municipality", "client_key[-1], care_profile, domain")) == [
        ("1", "ggz_kort_basis", "ggz"),
        ("2", "ggz_kort_intens", "ggz"),
        ("3", "ggz_kort_aanvullend", "ggz"),
        ("4", "overig", "overig"),
        ("5", "ggz_kort_basis", "ggz"),
    ]
