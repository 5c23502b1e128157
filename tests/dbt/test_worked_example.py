"""The worked example of the standard's reference: nine messages, and what the marts say of them."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

from .story import Story, day, story


@story
def worked_example(s: Story) -> None:
    minutes = {"unit_code": "01", "tariff_cents": 165}
    other = {"client": "b", "product_category": "45", "product_code": "45A06", "unit_code": "04"}
    january, february = "2026-01-12/2026-01-31", "2026-02"
    s.requested("2026-01-06", "VOT-2026-0001", referrer_agb="01999001")
    s.allocated(
        500001,
        "2026-01-12",
        "2026-12-31",
        known="2026-01-09",
        allocated_at=time(10, 15),
        request_reference="VOT-2026-0001",
        volume=3000,
        unit_code="01",
    )
    s.started(500001, "2026-01-19", known="2026-01-20")
    first = s.declaration("2026-02-05")
    s.line(first, 500001, january, 49500, reference="P0001", volume=300, **minutes)
    s.line(first, 500002, "2026-01", 90000, reference="P0002", volume=10, tariff_cents=9000, **other)
    s.lake.answer("JW325", day("2026-02-12"), first, 139500, 49500, {"P0002": (90000, 0)})
    second = s.declaration("2026-03-04")
    s.line(second, 500001, january, -49500, reference="P0003", previous_reference="P0001", volume=300, **minutes)
    s.line(second, 500001, january, 46200, reference="P0004", volume=280, **minutes)
    s.line(second, 500001, february, 39600, reference="P0005", volume=240, **minutes)
    s.line(second, 500002, "2026-01", 87500, reference="P0006", volume=10, tariff_cents=8750, **other)
    s.lake.answer("JW325", day("2026-03-11"), second, 123800, 123800, return_codes="8001")
    s.stopped(500001, "2026-01-19", "2026-03-16", known="2026-03-18")
    # the link to the request survives a later version without a reference
    s.allocated(
        500001,
        "2026-01-12",
        "2026-03-16",
        known="2026-03-20",
        allocated_at=time(9),
        change_reason="14",
        volume=3000,
        unit_code="01",
    )


def test_worked_example_gives_two_trajectories(years):
    columns = """client_key, started_on, ended_on, care_profile, attribution, practice_id, year, status,
        lines, cost_eur, cost_open_eur"""
    assert sorted(years("worked_example", columns)) == [
        (
            "worked_example-b",
            date(2026, 1, 1),
            date(2026, 1, 31),
            "overig",
            "none",
            "unattributed",
            2026,
            "unknown",
            1,
            Decimal("875.00"),
            Decimal("0.00"),
        ),
        (
            "worked_example-c",
            date(2026, 1, 12),
            date(2026, 3, 16),
            "ggz_specialistisch_basis",
            "agb_practice",
            "P1",
            2026,
            "new",
            2,
            Decimal("858.00"),
            Decimal("0.00"),
        ),
    ]


def test_worked_example_finds_only_the_line_without_an_allocation(findings):
    assert findings("worked_example") == [("line_without_allocation", "TR338", "P0006", 87500)]


def test_worked_example_says_why_each_line_counts_or_not(ask):
    counting = ask(
        """select line_reference, verdict, counting from intermediate.int_lines__counted
        where client_key like 'worked_example%' order by 1"""
    )
    assert counting == [
        ("P0001", "approved", "credited"),
        ("P0002", "rejected", "rejected"),
        ("P0003", "approved", "credit"),
        ("P0004", "approved", "counts"),
        ("P0005", "approved", "counts"),
        ("P0006", "approved", "counts"),
    ]
