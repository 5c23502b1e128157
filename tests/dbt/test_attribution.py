"""Practice of a trajectory: every attribution class, and what decides between two."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from .story import Story, municipality_of, story


@story
def referrers(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.lake.reference["referrer_names"] += [
        {"referrer_hash": "hash of P2", "practice_id": "P2"},
        {"referrer_hash": "hash of two", "practice_id": "P1"},
        {"referrer_hash": "hash of two", "practice_id": "P2"},
    ]
    s.lake.reference["zorgverleners"] += [
        {"zorgverlener_agb": "01888001", "praktijk_id": "P1", "van": None, "tot": date(2018, 2, 1)},
        {"zorgverlener_agb": "01888001", "praktijk_id": "P3", "van": date(2018, 2, 1), "tot": None},
        {"zorgverlener_agb": "01888002", "praktijk_id": "P1", "van": None, "tot": None},
        {"zorgverlener_agb": "01888002", "praktijk_id": "P2", "van": None, "tot": None},
    ]
    s.lake.suggestions += [
        {"referrer_hash": "nobody", "practice_id": "P3", "score": 81.5},
        {"referrer_hash": "nobody", "practice_id": "P2", "score": 64.0},
    ]
    told = {
        "practice": ("2018-01-05", {"referrer_agb": "01999001"}),
        "practitioner until": ("2018-01-31", {"referrer_agb": "01888001"}),
        "practitioner from": ("2018-02-01", {"referrer_agb": "01888001"}),
        "practitioner of two": ("2018-02-01", {"referrer_agb": "01888002"}),
        "name": ("2018-01-05", {"referrer_hash": "hash of P2"}),
        "name of two": ("2018-01-05", {"referrer_hash": "hash of two"}),
        "nobody": ("2018-01-05", {"referrer_hash": "nobody"}),
        "unknown code": ("2018-01-05", {"referrer_agb": "01777001"}),
        "hospital": ("2018-01-05", {"referrer_type": "05", "referrer_agb": "01999001"}),
        "no reference": ("2018-01-05", {"referrer_agb": "01999001"}),
    }
    for number, (client, (known, referrer)) in enumerate(told.items(), 1):
        s.requested(known, f"V{number}", client=client, **referrer)
        reference = None if client == "no reference" else f"V{number}"
        s.allocated(number, "2018-03-01", "2018-12-31", client=client, request_reference=reference)
        s.paid(number, "2018-04", client=client)


@pytest.mark.parametrize(
    ("client", "attribution", "practice"),
    [
        ("practice", "agb_practice", "P1"),
        ("practitioner until", "agb_practitioner", "P1"),
        ("practitioner from", "agb_practitioner", "P3"),
        ("practitioner of two", "unresolved", "unattributed"),
        ("name", "name", "P2"),
        ("name of two", "unresolved", "unattributed"),
        ("nobody", "unresolved", "unattributed"),
        ("unknown code", "unresolved", "unattributed"),
        ("hospital", "not_gp", "unattributed"),
        ("no reference", "none", "unattributed"),
    ],
)
def test_referrer_gives_attribution_and_practice(years, client, attribution, practice):
    found = {key: rest for key, *rest in years("referrers", "client_key, attribution, practice_id")}
    assert found[f"referrers-{client}"] == [attribution, practice]


def test_unresolved_referrers_are_listed_with_the_best_suggestion(ask):
    listed = ask(
        "select referrer_hash, referrer_agb, segments, suggestion, score from ops.unresolved_referrers order by all"
    )
    assert [row for row in listed if row[0] in ("nobody", "hash of two") or row[1] in ("01777001", "01888002")] == [
        ("hash of two", None, 1, None, None),
        ("nobody", None, 1, "P3", 81.5),
        (None, "01777001", 1, None, None),
        (None, "01888002", 1, None, None),
    ]


def test_coverage_says_how_much_of_the_cost_has_a_practice(ask):
    covered = ask(
        """select attribution, trajectories, trajectories_total, cost_eur, cost_total_eur, cost_share
        from marts.attribution_coverage where municipality_code = ? order by all""",
        municipality_of("referrers"),
    )
    assert covered == [
        ("agb_practice", 1, 10, Decimal("10.00"), Decimal("100.00"), 0.1),
        ("agb_practitioner", 2, 10, Decimal("20.00"), Decimal("100.00"), 0.2),
        ("name", 1, 10, Decimal("10.00"), Decimal("100.00"), 0.1),
        ("none", 1, 10, Decimal("10.00"), Decimal("100.00"), 0.1),
        ("not_gp", 1, 10, Decimal("10.00"), Decimal("100.00"), 0.1),
        ("unresolved", 4, 10, Decimal("40.00"), Decimal("100.00"), 0.4),
    ]


@story
def references_of_versions(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.requested("2018-01-05", "VOT", referrer_agb="01999002")
    s.allocated(1, "2018-02-01", "2018-06-30", request_reference="VOT")
    s.allocated(1, "2018-02-01", "2018-07-31", known="2018-03-01")
    s.allocated(1, "2018-02-01", "2018-12-31", known="2018-04-01", request_reference="VOW")
    s.paid(1, "2018-05")


def test_later_version_without_a_reference_or_with_a_change_requests_keeps_the_link(years):
    assert years("references_of_versions", "attribution, practice_id") == [("agb_practice", "P2")]


@story
def inheriting(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.requested("2017-01-05", "A", referrer_agb="01999001")
    s.allocated(1, "2017-02-01", "2017-06-30", request_reference="A")
    s.requested("2017-07-05", "B", referrer_agb="01999002")
    s.allocated(2, "2017-10-01", "2017-12-31", request_reference="B")
    s.allocated(3, "2018-06-01", "2018-12-31")
    s.paid(3, "2018-07")
    s.paid(99, "2019-07")
    s.allocated(4, "2017-01-01", "2017-01-02", product_code="51A00")
    s.paid(4, "2017-01-01/2017-01-02", product_code="51A00")


def test_without_a_request_the_latest_earlier_practice_of_client_provider_and_profile_is_inherited(years):
    assert years("inheriting", "year, care_profile, attribution, practice_id") == [
        (2017, "bggz", "none", "unattributed"),
        (2018, "ggz_specialistisch_basis", "inherited", "P2"),
        (2019, "ggz_specialistisch_basis", "inherited", "P2"),
    ]


@story
def two_requests(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.requested("2018-01-09", "later", referrer_agb="01999001")
    s.requested("2018-01-05", "earlier", referrer_agb="01999002")
    s.allocated(1, "2018-02-01", "2018-12-31", request_reference="later")
    s.allocated(1, "2018-02-01", "2018-12-31", known="2018-02-02", request_reference="earlier")
    s.paid(1, "2018-05")


def test_of_two_requests_the_earlier_message_date_holds_and_the_other_is_a_finding(years, findings):
    assert years("two_requests", "practice_id") == [("P2",)]
    assert ("several_requests", "TR347", "1", 0) in findings("two_requests")


@story
def two_practices_on_the_first_day(s: Story) -> None:
    s.observed_since("2017-01-01")
    for number, practice in ((9, "01999001"), (10, "01999002")):
        s.requested("2018-01-05", f"V{number}", referrer_agb=practice)
        s.allocated(number, "2018-02-01", "2018-12-31", request_reference=f"V{number}")
    s.paid(10, "2018-05")


def test_of_two_practices_on_the_first_day_the_lower_allocation_number_decides(years):
    assert years("two_practices_on_the_first_day", "practice_id") == [("P1",)]


@story
def practice_of_a_later_segment(s: Story) -> None:
    s.observed_since("2017-01-01")
    s.requested("2018-01-05", "hospital", referrer_type="05")
    s.allocated(1, "2018-02-01", "2018-03-31", request_reference="hospital")
    s.requested("2018-03-05", "gp", referrer_agb="01999001")
    s.allocated(2, "2018-04-01", "2018-12-31", request_reference="gp")
    s.paid(1, "2018-03")


def test_trajectory_has_the_practice_of_its_earliest_segment_that_has_one(years):
    assert years("practice_of_a_later_segment", "attribution, practice_id") == [("agb_practice", "P1")]


@story
def exported_referrers(s: Story) -> None:
    s.observed_since("2017-01-01")
    for known, agb, digest in (("2018-05-01", "01999001", "x1"), ("2018-06-01", "01999002", "x2")):
        export = s.message("toewijzingen", known)
        values = {"client_key": s.client(), "allocation_number": 1, "row_digest": s.name + digest}
        s.lake.add("allocations", export, product_code="54002", starts_on=date(2018, 2, 1), **values)
        s.lake.add(
            "referral_requests",
            export,
            row_number=export.rows,
            client_key=s.client(),
            allocation_number=1,
            request_reference="made up",
            referrer_type="02",
            referrer_agb=agb,
        )
    s.paid(1, "2018-03")


def test_newest_snapshot_of_an_exported_allocation_replaces_its_referrer(years):
    assert years("exported_referrers", "practice_id, ended_on") == [("P2", None)]
