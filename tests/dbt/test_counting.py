"""Counting lines: rejections, repeated references, credits, partial grants; and their findings."""

from __future__ import annotations

from decimal import Decimal

from .story import Story, day, municipality_of, story


@story
def credit_in_a_later_year(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-01-01", "2019-12-31")
    s.paid(1, "2018-11", cents=500)
    debit = s.declaration("2019-01-10")
    s.line(debit, 1, "2018-12", 70000, reference="D")
    later = s.declaration("2020-02-10")
    s.line(later, 1, "2018-12", -70000, reference="C", previous_reference="D")
    s.line(later, 1, "2019-12", 300, reference="N")


def test_credit_in_a_later_year_takes_its_debit_out_of_the_year_of_care(years):
    assert years("credit_in_a_later_year", "year, lines, cost_eur, cost_open_eur") == [
        (2018, 1, Decimal("5.00"), Decimal("0.00")),
        (2019, 1, Decimal("3.00"), Decimal("3.00")),
    ]


@story
def credit_without_a_debit(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-01-01", "2018-12-31")
    s.paid(1, "2018-03")
    s.line(s.declaration("2018-06-10"), 1, "2018-04", -4000, reference="C", previous_reference="not delivered")


def test_credit_without_a_debit_is_left_out_and_found(years, findings):
    assert years("credit_without_a_debit", "lines, cost_eur") == [(1, Decimal("10.00"))]
    assert findings("credit_without_a_debit") == [("credit_without_debit", "TR323", "C", -4000)]


@story
def second_credit(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-01-01", "2018-12-31")
    s.paid(1, "2018-03")
    s.line(s.declaration("2018-05-10"), 1, "2018-04", 4000, reference="D")
    s.line(s.declaration("2018-06-10"), 1, "2018-04", -4000, reference="C1", previous_reference="D")
    s.line(s.declaration("2018-07-10"), 1, "2018-04", -4000, reference="C2", previous_reference="D")


def test_second_credit_is_left_out_and_found(years, findings):
    assert years("second_credit", "lines, cost_eur") == [(1, Decimal("10.00"))]
    assert findings("second_credit") == [("second_credit", "TR390", "C2", -4000)]


@story
def rejected_credit(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-01-01", "2018-12-31")
    s.line(s.declaration("2018-05-10"), 1, "2018-04", 4000, reference="D")
    credit = s.declaration("2018-06-10")
    s.line(credit, 1, "2018-04", -4000, reference="C", previous_reference="D")
    s.lake.answer("JW325", day("2018-06-20"), credit, -4000, 0, {"C": (-4000, 0)})


def test_debit_of_a_rejected_credit_keeps_counting(years, findings):
    assert years("rejected_credit", "lines, cost_eur") == [(1, Decimal("40.00"))]
    assert findings("rejected_credit") == [("rejected_credit", None, "C", -4000)]


@story
def credit_of_a_rejected_line(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-01-01", "2018-12-31")
    debit = s.declaration("2018-05-10")
    s.line(debit, 1, "2018-04", 4000, reference="D")
    s.line(debit, 1, "2018-03", 1000, reference="E")
    s.lake.answer("JW325", day("2018-05-20"), debit, 5000, 1000, {"D": (4000, 0)})
    s.line(s.declaration("2018-06-10"), 1, "2018-04", -4000, reference="C", previous_reference="D")


def test_credit_of_a_rejected_line_is_left_out_and_found(years, findings):
    assert years("credit_of_a_rejected_line", "lines, cost_eur") == [(1, Decimal("10.00"))]
    assert findings("credit_of_a_rejected_line") == [("credit_of_rejected_line", "TR323", "C", -4000)]


@story
def credit_that_differs(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-01-01", "2018-12-31")
    s.paid(1, "2018-03")
    s.line(s.declaration("2018-05-10"), 1, "2018-04", 4000, reference="D")
    s.line(s.declaration("2018-06-10"), 1, "2018-04", -3000, reference="C", previous_reference="D")


def test_credit_that_differs_from_its_debit_nets_and_is_found_with_the_difference(years, findings):
    assert years("credit_that_differs", "lines, cost_eur") == [(1, Decimal("10.00"))]
    assert findings("credit_that_differs") == [("credit_differs_from_debit", "TR323", "C", 1000)]


@story
def rejected_and_resubmitted(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-01-01", "2018-12-31")
    first = s.declaration("2018-05-10")
    s.line(first, 1, "2018-04", 4000, reference="R")
    s.lake.answer("JW325", day("2018-05-20"), first, 4000, 0, {"R": (4000, 0)})
    s.line(s.declaration("2018-06-10"), 1, "2018-04", 3900, reference="R")
    s.line(s.declaration("2018-07-10"), 1, "2018-04", 3800, reference="R")


def test_rejected_reference_counts_when_it_is_sent_again_and_only_once(years, findings):
    assert years("rejected_and_resubmitted", "lines, cost_eur, cost_open_eur") == [
        (1, Decimal("39.00"), Decimal("39.00"))
    ]
    assert findings("rejected_and_resubmitted") == [("repeated_reference", "TR314", "R", 3800)]


@story
def rejected_whole(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-01-01", "2018-12-31")
    header_only = s.declaration("2018-05-10")
    s.line(header_only, 1, "2018-04", 4000, reference="A")
    s.lake.answer("JW325", day("2018-05-20"), header_only, None, None, return_codes="0001")
    nothing_granted = s.declaration("2018-06-10")
    s.line(nothing_granted, 1, "2018-04", 4000, reference="A")
    s.lake.answer("JW325", day("2018-06-20"), nothing_granted, 4000, 0, return_codes="9333")
    old_answer = s.declaration("2018-07-10", "JW303")
    s.line(old_answer, 1, "2018-04", 4000, reference="A")
    s.lake.answer("JW304", day("2018-07-20"), old_answer, 4000, 0)
    last = s.declaration("2018-08-10")
    s.line(last, 1, "2018-04", 4100, reference="A")
    s.lake.answer("JW325", day("2018-08-20"), last, 4100, 4100, return_codes="8001")


def test_declaration_rejected_whole_counts_as_never_sent(years, findings):
    assert years("rejected_whole", "lines, cost_eur") == [(1, Decimal("41.00"))]
    assert findings("rejected_whole") == []


@story
def cancelling_declaration(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-01-01", "2018-12-31")
    s.paid(1, "2018-03", cents=4000)
    zero = s.declaration("2018-06-10")
    s.line(zero, 1, "2018-03", -4000, reference="C", previous_reference="R1")
    s.line(zero, 1, "2018-03", 4000, reference="N")
    s.lake.answer("JW325", day("2018-06-20"), zero, 0, 0, return_codes="8001")


def test_declaration_that_adds_up_to_nothing_and_was_granted_is_not_rejected(years):
    assert years("cancelling_declaration", "lines, cost_eur, cost_open_eur") == [(1, Decimal("40.00"), Decimal("0.00"))]


@story
def granted_in_part(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-01-01", "2018-12-31")
    declaration = s.declaration("2018-05-10", "JW303")
    s.line(declaration, 1, "2018-04", 4000, reference="part")
    s.line(declaration, 1, "2018-03", 1000, reference="nothing")
    s.line(declaration, 1, "2018-02", 700, reference="all")
    s.line(declaration, 1, "2018-01", 500, reference="not listed")
    listed = {"part": (4000, 2500), "nothing": (1000, 0), "all": (700, 700)}
    s.lake.answer("JW304", day("2018-05-20"), declaration, 6200, 3700, listed)


def test_line_granted_in_part_counts_with_the_granted_amount(years, findings):
    assert years("granted_in_part", "lines, cost_eur, cost_open_eur") == [(3, Decimal("37.00"), Decimal("0.00"))]
    assert findings("granted_in_part") == [("granted_in_part", None, "part", 1500)]


@story
def flat_verdicts(s: Story) -> None:
    s.observed_since("2017-01-01")
    export = s.declaration("2018-12-31", "declaraties")
    for reference, verdict in (("a", "approved"), ("b", "rejected"), ("c", "open")):
        s.line(export, 1, "2018-04", 1000, reference=reference, verdict=verdict, row_digest=f"{s.name}{reference}")
    again = s.declaration("2019-12-31", "declaraties")
    s.line(again, 1, "2018-04", 1000, reference="a", verdict="approved", row_digest=f"{s.name}a")
    s.line(again, 1, "2018-05", 900, reference="b", verdict="approved", row_digest=f"{s.name}b2")
    s.line(again, 1, "2018-05", 900, reference="c", verdict="approved", row_digest=f"{s.name}c2")


def test_flat_rows_follow_their_verdict_and_identical_rows_count_once(years, findings, ask):
    assert years("flat_verdicts", "lines, cost_eur, cost_open_eur") == [(3, Decimal("29.00"), Decimal("10.00"))]
    assert ("repeated_reference", "TR314", "c", 900) in findings("flat_verdicts")
    counts = ask(
        """select rows_read, rows_accepted, rows_duplicate, cents_read, cents_accepted, cents_duplicate
        from ops.deliveries where kind = 'declaraties' and municipality_code = ? order by message_date""",
        municipality_of("flat_verdicts"),
    )
    assert counts == [(3, 3, 0, 3000, 3000, 0), (3, 2, 1, 2800, 1800, 1000)]


@story
def answers_that_do_not_fit(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-01-01", "2018-12-31")
    known = s.declaration("2018-05-10")
    s.line(known, 1, "2018-04", 4000, reference="K")
    s.lake.answer("JW325", day("2018-05-20"), known, 4000, 3000, {"X": (800, 0)})
    s.lake.answer("JW325", day("2018-06-20"), known, 4000, 4000, return_codes="8001")
    other = s.declaration("2018-06-11")
    s.line(other, 1, "2018-05", 4000, reference="O")
    s.lake.answer("JW325", day("2018-06-21"), other, 4000, 0, {"O": (3900, 0)})
    unseen = s.declaration("2018-06-11")
    s.lake.ledger.pop()
    s.lake.answer("JW325", day("2018-06-20"), unseen, 100, 100, return_codes="8001")


def test_answers_that_do_not_fit_are_findings(findings):
    found = findings("answers_that_do_not_fit")
    assert sorted((name, rule, cents) for name, rule, _, cents in found) == [
        ("answer_total_differs", "IV087", 100),
        ("answer_total_differs", "IV087", 200),
        ("answer_without_declaration", "TR337", 100),
        ("answered_amount_differs", "TR367", -100),
        ("answered_line_unknown", "TR366", 800),
        ("declaration_answered_again", "IV087", 4000),
    ]


@story
def lines_against_allocation(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.allocated(1, "2018-03-10", "2018-09-20", unit_code="04", volume=10)
    fits = {"unit_code": "01", "volume": 90, "tariff_cents": 137}
    lines = s.declaration("2018-12-10")
    # 82.00 an hour: 90 minutes are 123.00, shown as 90 minutes of 1.37
    s.line(lines, 1, "2018-03-10/2018-03-31", 12300, reference="fits", **fits)
    s.line(lines, 1, "2018-09-01/2018-09-20", 12300, reference="fits too", **fits)
    s.line(lines, 1, "2018-03", 12300, reference="before", **fits)
    s.line(lines, 1, "2018-09", 12300, reference="after", **fits)
    s.line(lines, 1, "2018-04-02/2018-04-30", 12300, reference="late start", **fits)
    s.line(lines, 1, "2018-04-01/2018-04-29", 12300, reference="early end", **fits)
    s.line(lines, 1, "2018-05", 12300, reference="code", product_code="54001", **fits)
    s.line(lines, 1, "2018-05", 12300, reference="category", product_category="51", **fits)
    s.line(lines, 1, "2018-05", 12300, reference="unit", unit_code="14", volume=3, tariff_cents=4100)
    s.line(lines, 1, "2018-05", 12400, reference="amount", **fits)
    s.line(lines, 1, "2018-05", 12330, reference="plain", **fits)


def test_line_against_allocation_names_each_difference_with_the_rule(findings):
    assert sorted((reference, name, rule) for name, rule, reference, _ in findings("lines_against_allocation")) == [
        ("after", "line_after_allocation", "TR308"),
        ("amount", "amount_is_not_volume_times_tariff", "TR346"),
        ("before", "line_before_allocation", "TR307"),
        ("category", "other_product_category", "TR339"),
        ("code", "other_product_code", "TR340"),
        ("early end", "period_ends_inside_month", "TR388"),
        ("late start", "period_begins_inside_month", "TR387"),
        ("unit", "other_unit", "TR341"),
    ]


def test_findings_never_drop_a_line(years):
    assert years("lines_against_allocation", "lines") == [(11,)]
