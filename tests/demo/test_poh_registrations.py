"""The demo's registrations hold every printed number, counted from the plan and from the files alone."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date

import fastexcel
import pytest

from demo.exports import hilversum_workbook, stramproy_csv, survey_workbook
from demo.hilversum_poh import SECOND_PERIOD
from demo.poh_files import poh_files
from demo.region import region
from demo.registrations import Registration, as_known_on
from demo.stramproy_poh import ADVICE, AMBULATORY, BACK, ONWARD
from demo.surveys import hilversum_scores, stramproy_scores

LAST_DAY = date(2021, 6, 30)


@pytest.fixture(scope="module")
def stramproy() -> tuple[Registration, ...]:
    return region().stramproy_poh


@pytest.fixture(scope="module")
def hilversum() -> tuple[Registration, ...]:
    return region().hilversum_poh


@pytest.fixture(scope="module")
def seen(hilversum: tuple[Registration, ...]) -> list[Registration]:
    """Present in the second period; everybody in it had an intake."""
    return [r for r in hilversum if r.closed_on is None or r.closed_on >= SECOND_PERIOD]


def test_stramproy_has_the_rows_of_its_first_table(stramproy: tuple[Registration, ...]) -> None:
    found = Counter((r.referred_on.year, r.intake_on is not None) for r in stramproy)
    assert found == {(2018, True): 10, (2018, False): 3, (2019, True): 12, (2019, False): 4}
    assert min(r.referred_on for r in stramproy) >= date(2018, 9, 1)
    assert all(r.intake_on is None or r.referred_on <= r.intake_on <= date(2019, 12, 31) for r in stramproy)
    assert all(r.contacts is None for r in stramproy if r.intake_on is None)


def test_stramproy_has_the_support_of_its_second_table(stramproy: tuple[Registration, ...]) -> None:
    kinds = {AMBULATORY: "A", ADVICE: "I", BACK: "T", ONWARD: "R"}
    offered = Counter(
        (r.referred_on.year, kinds.get(kind, "B" if kind in ("WMO", "POH-GGZ volwassenen") else "O"))
        for r in stramproy
        for kind in r.support
    )
    expected = {"A": (8, 9), "I": (1, 4), "T": (2, 1), "R": (3, 1), "O": (3, 4), "B": (1, 1)}
    assert {kind: (offered[2018, kind], offered[2019, kind]) for kind in expected} == expected
    assert sum(offered.values()) == 38


def test_the_four_referred_in_stramproy_begin_specialised_care_under_the_same_bsn(
    stramproy: tuple[Registration, ...],
) -> None:
    referred = {r.client.bsn: r for r in stramproy if r.referred_to and r.client}
    assert Counter(r.referred_to for r in referred.values()) == {"MET GGZ": 1, "MediPSy": 2, "PIO": 1}
    begun = {t.client.bsn: t for t in region().limburg if t.client.bsn in referred}
    assert begun.keys() == referred.keys()
    for bsn, trajectory in begun.items():
        profile = trajectory.service.care_profile.replace("_", " ").replace("ggz", "GGZ")
        assert profile == referred[bsn].referred_profile
        assert trajectory.referrer is not None
        assert trajectory.referrer.type == "01"
        assert 0 < (trajectory.stretches[0].starts_on - (referred[bsn].closed_on or LAST_DAY)).days <= 90


def test_most_of_stramproy_are_girls_of_12_to_17_with_mood_complaints(stramproy: tuple[Registration, ...]) -> None:
    girls = [r for r in stramproy if r.sex == "2" and 12 <= r.age <= 17 and r.problem == "Stemmingsklachten"]
    assert len(girls) > len(stramproy) / 2
    assert Counter(r.reason for r in stramproy if BACK in r.support) == {
        "Op wens van de ouders": 2,
        "Medicatie via de huisarts": 1,
    }


def test_hilversum_has_seen_231_in_the_first_period_and_392_in_the_second(
    hilversum: tuple[Registration, ...], seen: list[Registration]
) -> None:
    first = [r for r in hilversum if r.intake_on and r.intake_on < SECOND_PERIOD]
    assert len(first) == 231
    assert len(seen) == 392
    assert sum(r in first for r in seen) == 98
    assert all(r.intake_on and r.referred_on <= r.intake_on <= LAST_DAY for r in hilversum)
    assert all(r.closed_on is None or (r.intake_on or LAST_DAY) <= r.closed_on <= LAST_DAY for r in hilversum)
    assert sum(r.closed_on is None for r in seen) == 25


def test_hilversum_has_the_ages_and_sexes_of_the_letter(seen: list[Registration]) -> None:
    ages = {sex: [r.age for r in seen if r.sex == sex] for sex in "12"}
    assert {sex: (len(found), sum(found)) for sex, found in ages.items()} == {"1": (161, 1739), "2": (231, 2888)}


def test_three_in_five_of_hilversum_have_a_bsn_and_some_of_them_care(hilversum: tuple[Registration, ...]) -> None:
    known = {r.client.bsn: r for r in hilversum if r.client}
    assert 0.5 < len(known) / len(hilversum) < 0.7
    begun = {t.client.bsn: t.stretches[0].starts_on for t in region().hilversum if t.client.bsn in known}
    waits = {bsn: (day - (known[bsn].closed_on or LAST_DAY)).days for bsn, day in begun.items()}
    referred = [wait for bsn, wait in waits.items() if known[bsn].referred_profile]
    others = [wait for bsn, wait in waits.items() if not known[bsn].referred_profile]
    assert len(referred) >= 20
    assert all(14 <= wait <= 70 for wait in referred)
    assert any(wait > 60 for wait in others)
    assert any(wait < 0 for wait in others)


def test_a_client_of_hilversum_is_as_old_as_the_registration_says(hilversum: tuple[Registration, ...]) -> None:
    for registration in hilversum:
        if registration.client:
            born, on = registration.client.birth_date, registration.referred_on
            assert on.year - born.year - ((on.month, on.day) < (born.month, born.day)) == registration.age
            assert registration.client.sex == registration.sex


def test_a_snapshot_tells_nothing_that_came_later(hilversum: tuple[Registration, ...]) -> None:
    early = [as_known_on(r, SECOND_PERIOD) for r in hilversum if r.referred_on < SECOND_PERIOD]
    open_ones = [r for r in early if r.closed_on is None]
    assert len(early) == 231
    assert len(open_ones) == 98
    assert all(r.treatment is None and r.referred_to is None and r.contacts is None for r in open_ones)
    assert all(r.closed_on < SECOND_PERIOD for r in early if r.closed_on)


def test_the_csv_has_semicolons_dutch_dates_and_a_byte_order_mark(stramproy: tuple[Registration, ...]) -> None:
    content = stramproy_csv(stramproy)
    assert content.startswith(b"\xef\xbb\xbfregistratie_id;gemeentecode;praktijk;bsn;geboortedatum;")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 29
    assert rows[0]["aanmelddatum"] == f"{stramproy[0].referred_on:%d-%m-%Y}"


def test_the_workbook_has_dates_of_its_own_and_a_code_without_its_zero(hilversum: tuple[Registration, ...]) -> None:
    sheet = fastexcel.read_excel(hilversum_workbook(hilversum)).load_sheet(0).to_polars()
    assert sheet.height == len(hilversum)
    assert sheet["Aanmelddatum"].dtype.is_temporal()
    assert set(sheet["Gemeentecode"].cast(int)) == {402}
    assert 0 < sheet["BSN"].null_count() < sheet.height


def test_a_workbook_is_the_same_bytes_each_time() -> None:
    assert survey_workbook(hilversum_scores()) == survey_workbook(hilversum_scores())
    assert [file.content for file in poh_files()] == [file.content for file in poh_files()]


def test_gps_give_half_8_and_half_9_and_few_clients_answer() -> None:
    scores = [s for s in hilversum_scores() if s.question == "Rapportcijfer"]
    assert Counter(s.score for s in scores if s.audience == "Huisarts") == {8: 19, 9: 19}
    assert len({s.practice for s in scores if s.audience == "Huisarts"}) == 19
    assert Counter(s.audience for s in scores) == {"Huisarts": 38, "Ouder": 14, "Jeugdige": 11}
    assert len(stramproy_scores()) == 3
    assert {s.score for s in hilversum_scores() if s.question == "Aanbevelen"} == {1}
