"""The oracle itself, on cases counted by hand: counting lines, attribution and deliveries (sections 3.3 and 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from .build import answer, line, message, request, sent, version
from .cases import WORLD, figures
from .deliveries import outcomes
from .history import History, Post


def cost(*deliveries):
    """Lines, cost and open cost over everything."""
    rows = [row for of_one in figures(*deliveries) for row in of_one]
    return sum(r.lines for r in rows), sum(r.cost_eur for r in rows) * 100, sum(r.cost_open_eur for r in rows) * 100


def bill(identification, on, *lines, kind="JW323"):
    return sent(kind, on, identification, *lines)


JAN = ("2019-01-01", "2019-01-31")


def test_line_without_an_answer_is_open_and_counts():
    assert cost(bill("D", "2019-02-01", line("a", 1, *JAN, 100))) == (1, 100, 100)


def test_line_listed_in_the_answer_is_rejected_and_the_others_approved():
    d = bill("D", "2019-02-01", line("a", 1, *JAN, 100), line("b", 1, *JAN, 20))
    assert cost(d, answer(d, "2019-02-10", rejected=("a",))) == (1, 20, 0)


@pytest.mark.parametrize("how", ["whole", "header_only"])
@pytest.mark.parametrize("kind", ["JW303", "JW323"])
def test_declaration_rejected_whole_counts_nothing_and_can_be_sent_again(how, kind):
    d = bill("D", "2019-02-01", line("a", 1, *JAN, 100), kind=kind)
    again = bill("E", "2019-03-01", line("a", 1, *JAN, 100), kind=kind)
    refused = answer(d, "2019-02-10", **{how: True})
    assert cost(d, refused) == (0, 0, 0)
    assert cost(d, refused, again) == (1, 100, 100)
    assert cost(d, again) == (1, 100, 100)


def test_declaration_that_nets_to_nothing_and_is_granted_in_full_is_not_rejected():
    d = bill("D", "2019-02-01", line("a", 1, *JAN, 100))
    correction = bill(
        "E",
        "2019-03-01",
        line("c", 1, *JAN, -100, previous_reference="a"),
        line("b", 1, "2019-02-01", "2019-02-28", 60),
        line("e", 1, "2019-01-01", "2019-01-31", 40),
    )
    assert cost(d, answer(d, "2019-02-10"), correction, answer(correction, "2019-03-10")) == (2, 100, 0)


def test_line_granted_in_part_counts_with_the_granted_amount():
    d = bill("D", "2019-02-01", line("a", 1, *JAN, 100), line("b", 1, *JAN, 20), line("c", 1, *JAN, 3), kind="JW303")
    assert cost(d, answer(d, "2019-02-10", granted={"a": 60, "b": 0})) == (2, 63, 0)


@pytest.mark.parametrize(
    ("verdict", "expected"), [("approved", (1, 100, 0)), ("open", (1, 100, 100)), ("rejected", (0, 0, 0))]
)
def test_flat_line_carries_its_own_verdict(verdict, expected):
    one = line("a", 1, *JAN, 100, verdict=verdict, row_digest="x")
    assert cost(message("declaraties", date(2019, 2, 1), "F", (one,))) == expected


def test_repeated_reference_counts_only_where_every_earlier_one_was_rejected():
    first = bill("D", "2019-02-01", line("a", 1, *JAN, 100))
    second = bill("E", "2019-03-01", line("a", 1, *JAN, 20))
    third = bill("F", "2019-04-01", line("a", 1, *JAN, 3))
    rejects = [answer(d, "2019-05-01", rejected=("a",)) for d in (first, second, third)]
    assert cost(first, second, third)[1] == 100
    assert cost(first, rejects[0], second, third)[1] == 20
    assert cost(first, rejects[0], second, rejects[1], third)[1] == 3
    assert cost(first, second, rejects[1], third)[1] == 100
    assert cost(third, second, first)[1] == 100


def test_credit_takes_its_debit_out_of_the_year_of_the_debit():
    debit = bill(
        "D", "2019-01-05", line("a", 1, "2018-12-01", "2018-12-31", 100), line("b", 1, "2018-12-01", "2018-12-31", 7)
    )
    credit = bill("E", "2019-06-01", line("c", 1, "2018-12-01", "2018-12-31", -100, previous_reference="a"))
    assert cost(debit, credit) == (1, 7, 7)
    assert cost(credit) == (0, 0, 0)


def test_rejected_second_or_misdirected_credits_change_nothing():
    debit = bill("D", "2019-02-01", line("a", 1, *JAN, 100), line("b", 1, *JAN, 7))
    credits = [bill(f"C{n}", f"2019-0{n}-01", line(f"c{n}", 1, *JAN, -100, previous_reference="a")) for n in (3, 4)]
    no, no_too = (answer(c, "2019-06-01", rejected=(c.facts[0].line_reference,)) for c in credits)
    assert cost(debit, *credits) == (1, 7, 7)
    assert cost(debit, credits[0], no) == (2, 107, 107)
    assert cost(debit, credits[0], no, credits[1]) == (1, 7, 7)
    assert cost(debit, credits[0], no, credits[1], no_too) == (2, 107, 107)
    of_rejected = answer(debit, "2019-02-10", rejected=("a",))
    assert cost(debit, of_rejected, credits[0]) == (1, 7, 0)


def test_credit_pairs_with_the_reference_that_counts():
    debit = bill("D", "2019-02-01", line("a", 1, *JAN, 100))
    again = bill("E", "2019-03-01", line("a", 1, *JAN, 20))
    credit = bill("F", "2019-04-01", line("c", 1, *JAN, -20, previous_reference="a"))
    assert cost(debit, answer(debit, "2019-02-10", rejected=("a",)), again, credit) == (0, 0, 0)


def referred(*requests, references=("R",), world=WORLD, number=1):
    versions = [
        sent(
            "JW301",
            f"2018-12-{10 + n}",
            f"T{n}",
            version(number, "2019-01-01", "2019-12-31", f"2018-12-{10 + n}", request_reference=reference),
        )
        for n, reference in enumerate(references)
    ]
    ((row,),) = figures(*requests, *versions, bill("D", "2019-02-01", line("a", number, *JAN, 1)), world=world)
    return row.attribution, row.practice_id


def vot(on="2018-12-01", reference="R", referrer_type="02", **more):
    return sent("JW315", on, f"V{on}{reference}", request(reference, on, referrer_type, **more))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"referrer_agb": "01999001"}, ("agb_practice", "P1")),
        ({"referrer_agb": "01888001"}, ("agb_practitioner", "P2")),
        ({"referrer_agb": "01777001"}, ("unresolved", "unattributed")),
        ({"referrer_hash": "hash-p1"}, ("name", "P1")),
        ({"referrer_hash": "hash-unheard"}, ("unresolved", "unattributed")),
        ({"referrer_agb": "01999001", "referrer_type": "03"}, ("not_gp", "unattributed")),
        ({"referrer_agb": "01999001", "reference": "elsewhere"}, ("none", "unattributed")),
        ({"referrer_agb": "01999001", "client_key": "other"}, ("none", "unattributed")),
    ],
)
def test_request_decides_the_attribution(more, expected):
    assert referred(vot(**more)) == expected


def test_reference_survives_a_later_version_without_it():
    assert referred(vot(referrer_agb="01999001"), references=("R", None)) == ("agb_practice", "P1")
    assert referred(vot(referrer_agb="01999001"), references=("R", "VOW")) == ("agb_practice", "P1")


def test_of_two_requests_the_earlier_one_holds():
    requests = [
        vot(on="2018-12-05", reference="R2", referrer_agb="01999002"),
        vot(on="2018-12-03", referrer_agb="01999001"),
    ]
    assert referred(*requests, references=("R2", "R")) == ("agb_practice", "P1")


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "how"),
    [
        (date(2018, 12, 1), None, "agb_practitioner"),
        (date(2018, 12, 2), None, "unresolved"),
        (None, date(2018, 12, 2), "agb_practitioner"),
        (None, date(2018, 12, 1), "unresolved"),
    ],
)
def test_practitioner_counts_at_the_practice_on_the_requests_date(valid_from, valid_until, how):
    world = replace(WORLD, posts=(Post("01888001", "P2", valid_from, valid_until),))
    assert referred(vot(referrer_agb="01888001"), world=world)[0] == how


def test_practitioner_at_two_practices_on_the_day_points_at_neither():
    world = replace(WORLD, posts=(Post("01888001", "P1"), Post("01888001", "P2")))
    assert referred(vot(referrer_agb="01888001"), world=world) == ("unresolved", "unattributed")


def test_answer_of_a_municipality_that_was_not_asked_changes_nothing():
    d = bill("D", "2019-02-01", line("a", 1, *JAN, 100))
    refusal = answer(d, "2019-02-10", rejected=("a",))
    stray = replace(refusal, facts=tuple(replace(fact, municipality_code="0999") for fact in refusal.facts))
    assert cost(d, refusal) == (0, 0, 0)
    assert cost(d, stray) == (1, 100, 100)


def test_without_own_request_the_latest_earlier_segments_practice_is_inherited():
    elsewhere = {"municipality_code": "0999"}
    rows = figures(
        vot(referrer_agb="01999001"),
        sent("JW315", "2018-12-01", "V9", request("R9", "2018-12-01", referrer_agb="01999002", **elsewhere)),
        sent("JW301", "2018-12-10", "T1", version(1, "2018-01-01", "2018-01-31", "2018-12-10", request_reference="R")),
        sent(
            "JW301",
            "2018-12-11",
            "T2",
            version(2, "2018-06-01", "2018-06-30", "2018-12-11", request_reference="R9", **elsewhere),
        ),
        bill("D", "2019-02-01", line("a", 3, *JAN, 1), line("b", 1, "2018-01-01", "2018-01-31", 1)),
    )
    assert [(r[0].attribution, r[0].practice_id) for r in rows] == [("agb_practice", "P1"), ("inherited", "P2")]


def test_trajectory_takes_the_practice_of_its_earliest_segment_that_has_one():
    ((row,),) = figures(
        vot(reference="R1", referrer_type="03"),
        vot(reference="R2", on="2018-12-02", referrer_agb="01999002"),
        sent("JW301", "2018-12-10", "T1", version(1, "2018-12-15", "2018-12-31", "2018-12-10", request_reference="R1")),
        sent("JW301", "2018-12-11", "T2", version(2, "2019-01-01", "2019-12-31", "2018-12-11", request_reference="R2")),
        bill("D", "2019-02-01", line("a", 2, *JAN, 1)),
    )
    assert (row.attribution, row.practice_id, row.status) == ("agb_practice", "P2", "extended")


def test_two_practices_on_the_first_day_give_the_lower_numbers():
    ((row,),) = figures(
        vot(reference="R1", referrer_agb="01999001"),
        vot(reference="R2", referrer_agb="01999002"),
        sent(
            "JW301", "2018-12-10", "T1", version(12, "2019-01-01", "2019-12-31", "2018-12-10", request_reference="R1")
        ),
        sent("JW301", "2018-12-11", "T2", version(9, "2019-01-01", "2019-12-31", "2018-12-11", request_reference="R2")),
        bill("D", "2019-02-01", line("a", 12, *JAN, 1)),
    )
    assert row.practice_id == "P2"


def test_same_message_twice_counts_once_and_other_content_is_refused():
    first = bill("D", "2019-02-01", line("a", 1, *JAN, 100))
    copy = replace(first, file_name="z-copy", file_sha256="2" * 64)
    changed = replace(bill("D", "2019-03-01", line("b", 1, *JAN, 7)), file_name="A-changed")
    assert cost(first, copy, changed)[1] == 100
    found = {o.file_name: o for o in outcomes(History((changed, copy, replace(first, also_named=("zz",))), WORLD))}
    assert (found["z-copy"].outcome, found["z-copy"].rows_duplicate, found["z-copy"].cents_duplicate) == (
        "duplicate",
        1,
        100,
    )
    assert (found["zz"].outcome, found["zz"].rows_duplicate) == ("duplicate", 1)
    assert (found["A-changed"].reason, found["A-changed"].cents_quarantined) == ("identification_conflict", 7)
    assert found[first.file_name].cents_accepted == 100


def test_refused_file_is_nobodys_first_and_its_copy_is_refused_too():
    refused = replace(bill("D", "2019-02-01", line("a", 1, *JAN, 100)), refusal="total_mismatch", also_named=("zz",))
    mended = replace(bill("D", "2019-02-01", line("a", 1, *JAN, 7)), file_name="z-mended")
    assert cost(refused, mended)[1] == 7
    found = {o.file_name: (o.outcome, o.reason) for o in outcomes(History((refused, mended), WORLD))}
    assert found.pop("z-mended") == ("accepted", None)
    assert set(found.values()) == {("refused", "total_mismatch")}


def test_identical_flat_row_is_a_duplicate_row():
    one = line("a", 1, *JAN, 100, verdict="approved", row_digest="x")
    exports = [message("declaraties", date(2019, n, 1), f"F{n}", (one,)) for n in (2, 3)]
    assert cost(*exports)[1] == 100
    assert [(o.outcome, o.rows_accepted, o.rows_duplicate) for o in outcomes(History(tuple(exports), WORLD))] == [
        ("accepted", 1, 0),
        ("accepted", 0, 1),
    ]


def test_newer_snapshot_of_an_allocation_row_wins():
    old = version(1, "2019-01-01", "2019-06-30", "2018-12-01", row_digest="x")
    new = replace(old, ends_on=date(2019, 3, 31), row_digest="y")
    exports = [message("toewijzingen", date(2019, n, 1), f"F{n}", (one,)) for n, one in ((2, old), (3, new))]
    ((row,),) = figures(*exports[::-1], bill("D", "2019-02-01", line("a", 1, *JAN, 1)))
    assert (row.ended_on, row.segments_started) == (date(2019, 3, 31), 1)
    assert cost(*exports, bill("D", "2019-02-01", line("a", 1, *JAN, 1)))[1] == Decimal(1)
