"""The demo's messages hold every figure of Stramproy, counted from the messages alone."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from demo.catalogue import GGZ_PROFILES, MUNICIPALITIES, NEIGHBOURS
from demo.messages import AllocationMessage, Answer, Declaration, Message, RequestMessage, StopMessage
from demo.region import region_messages
from tests.demo.tally import Counted, count, counting_lines

NEW, EXTENDED, CARRIED, CONVERTED = "new", "extended", "carried_over", "converted"

# (profile, year): new, extended, carried over, converted
TRAJECTORIES = {
    ("ggz_kort_basis", 2018): (3, 0, 0, 0),
    ("ggz_kort_aanvullend", 2018): (3, 0, 0, 0),
    ("ggz_kort_intens", 2018): (7, 1, 2, 0),
    ("ggz_specialistisch_basis", 2018): (13, 0, 0, 1),
    ("ggz_specialistisch_aanvullend", 2018): (8, 0, 0, 0),
    ("ggz_specialistisch_intens", 2018): (7, 0, 0, 0),
    ("overig", 2018): (4, 0, 0, 0),
    ("ggz_kort_basis", 2019): (1, 0, 1, 0),
    ("ggz_kort_aanvullend", 2019): (1, 0, 1, 0),
    ("ggz_kort_intens", 2019): (4, 3, 4, 0),
    ("ggz_specialistisch_basis", 2019): (5, 6, 2, 0),
    ("ggz_specialistisch_aanvullend", 2019): (2, 1, 5, 0),
    ("ggz_specialistisch_intens", 2019): (1, 2, 5, 0),
    ("begeleiding_jmb", 2019): (1, 0, 0, 0),
    ("overig", 2019): (7, 0, 0, 0),
}
# (profile, year): euros of new, extended and converted; euros of carried over
EUROS = {
    ("ggz_kort_basis", 2019): (450, 350),
    ("ggz_kort_aanvullend", 2019): (700, 600),
    ("ggz_kort_intens", 2019): (5800, 3000),
    ("ggz_specialistisch_basis", 2019): (27854, 6000),
    ("ggz_specialistisch_aanvullend", 2019): (10000, 27254),
    ("ggz_specialistisch_intens", 2019): (18000, 40000),
    ("begeleiding_jmb", 2019): (45000, 0),
    ("overig", 2019): (7992, 0),
}
EUROS_2018 = {
    "ggz_kort_basis": 900,
    "ggz_kort_aanvullend": 1400,
    "ggz_kort_intens": 8800,
    "ggz_specialistisch_basis": 41454,
    "ggz_specialistisch_aanvullend": 37354,
    "ggz_specialistisch_intens": 58100,
    "overig": 11992,
}


LIMBURG = {municipality.code for municipality in MUNICIPALITIES}


@pytest.fixture(scope="module")
def messages() -> tuple[Message, ...]:
    return tuple(message for message in region_messages() if message.header.municipality_code in LIMBURG)


@pytest.fixture(scope="module")
def counted(messages: tuple[Message, ...]) -> list[Counted]:
    return count(messages)


@pytest.fixture(scope="module")
def stramproy(counted: list[Counted]) -> list[Counted]:
    return [row for row in counted if row.practice == "stramproy" and row.year in (2018, 2019)]


def test_each_profile_and_year_has_the_trajectories_of_the_table(stramproy: list[Counted]) -> None:
    found = Counter((row.profile, row.year, row.status) for row in stramproy)
    expected = {
        (*key, status): number
        for key, numbers in TRAJECTORIES.items()
        for status, number in zip((NEW, EXTENDED, CARRIED, CONVERTED), numbers, strict=True)
        if number
    }
    assert found == expected


def test_each_profile_costs_what_the_table_says(stramproy: list[Counted]) -> None:
    cents: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    for row in stramproy:
        cents[row.profile, row.year][row.status == CARRIED] += row.cents
    assert {p: sum(cents[p, 2018]) for p in EUROS_2018} == {p: 100 * euros for p, euros in EUROS_2018.items()}
    assert {k: tuple(cents[k]) for k in EUROS} == {k: (100 * a, 100 * b) for k, (a, b) in EUROS.items()}


def test_the_totals_are_those_that_the_evaluation_prints(stramproy: list[Counted]) -> None:
    for year, clients, cents in ((2018, 49, 160_000_00), (2019, 52, 193_000_00)):
        rows = [row for row in stramproy if row.year == year]
        assert len({row.bsn for row in rows}) == len(rows) == clients
        assert sum(row.cents for row in rows) == cents
    ggz = [row for row in stramproy if row.year == 2019 and row.profile in GGZ_PROFILES]
    carried = [row for row in ggz if row.status == CARRIED]
    assert (len(ggz), len(carried), sum(r.cents for r in carried)) == (44, 18, 77_204_00)
    assert sum(row.cents for row in ggz) == 140_008_00


def test_the_older_trajectories_of_2019_were_active_in_2018(stramproy: list[Counted]) -> None:
    before = {(row.bsn, row.profile) for row in stramproy if row.year == 2018}
    older = Counter(
        row.profile for row in stramproy if row.year == 2019 and row.status != NEW and (row.bsn, row.profile) in before
    )
    assert [older[profile] for profile in GGZ_PROFILES] == [1, 1, 7, 8, 6, 7]


def test_each_neighbour_has_more_new_ggz_and_a_higher_cost_in_2019(counted: list[Counted]) -> None:
    for practice in NEIGHBOURS:
        rows = [row for row in counted if row.practice == practice.practice_id and row.profile in GGZ_PROFILES]
        new = [sum(row.year == year and row.status == NEW for row in rows) for year in (2018, 2019)]
        cents = [sum(row.cents for row in rows if row.year == year) for year in (2018, 2019)]
        assert new[0] < new[1], practice.practice_id
        assert cents[0] < cents[1], practice.practice_id


def test_the_region_as_a_whole_has_more_ggz_referrals_and_a_higher_cost_in_2019(counted: list[Counted]) -> None:
    rows = [row for row in counted if row.practice != "unattributed" and row.profile in GGZ_PROFILES]
    new = [sum(row.year == year and row.status == NEW for row in rows) for year in (2018, 2019)]
    cents = [sum(row.cents for row in rows if row.year == year) for year in (2018, 2019)]
    assert new[0] < new[1]
    assert cents[0] < cents[1]


def test_four_clients_of_the_poh_are_referred_by_the_municipality(messages: tuple[Message, ...]) -> None:
    signed = [
        product
        for message in messages
        if isinstance(message, RequestMessage)
        for product in message.products
        if product.referrer_name == "CJG Weert"
    ]
    assert [product.referrer_type for product in signed] == ["01"] * 4
    assert sorted(p.starts_on.year for p in signed) == [2018, 2018, 2018, 2019]
    assert Counter(p.product.code for p in signed) == {"D54S2": 3, "D54K3": 1}


def test_the_demo_holds_what_happens_in_real_traffic(messages: tuple[Message, ...]) -> None:
    lines = [line for m in messages if isinstance(m, Declaration) for line in m.lines]
    listed = [a for m in messages if isinstance(m, Answer) for a in m.listed]
    products = [p for m in messages if isinstance(m, AllocationMessage) for p in m.products]
    late = [
        line
        for m in messages
        if isinstance(m, Declaration)
        for line in m.lines
        if not line.is_credit and (m.period_from - line.period_from).days > 70
    ]
    assert sum(line.is_credit for line in lines) == 2
    assert sum(line.period_to < line.period_from for line in lines) == 1
    assert len(late) == 1
    assert sorted(a.granted_cents > 0 for a in listed) == [False, False, False, True]
    assert sum(p.change_reason == "01" and p.starts_on == p.ends_on for p in products) == 1
    assert sum(p.change_reason == "10" and p.allocated_on.year == 2017 for p in products) >= 1
    assert sum(p.product.code is None for p in products) == 1
    assert sum(p.change_reason == "04" and p.request_reference is None for p in products) > 5
    stops = [p for m in messages if isinstance(m, StopMessage) for p in m.products]
    assert any(p.end_reason == "20" for p in stops)


def test_every_counting_line_is_answered_within_its_provider_month(messages: tuple[Message, ...]) -> None:
    declared = {
        (m.header.provider_agb, m.header.municipality_code, m.period_from): m.header
        for m in messages
        if isinstance(m, Declaration)
    }
    answered = {id(m.declaration.header) for m in messages if isinstance(m, Answer)}
    assert len(declared) == sum(isinstance(m, Declaration) for m in messages)
    assert {id(header) for header in declared.values()} == answered
    assert counting_lines(messages)


def test_every_amount_is_volume_times_tariff(messages: tuple[Message, ...]) -> None:
    lines = [line for m in messages if isinstance(m, Declaration) for line in m.lines]
    assert all(line.amount_cents == line.volume * (line.tariff_cents or 0) for line in lines)
