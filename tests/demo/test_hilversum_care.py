"""Care of Hilversum in the demo: releases, referrers, and practices that rise, fall and stay."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from demo.hilversum_care import BEGUN
from demo.hilversum_catalogue import HILVERSUM, HILVERSUM_PRACTICES, POH_FROM
from demo.messages import (
    Answer,
    Declaration,
    Message,
    RequestMessage,
)
from demo.region import region, region_messages
from tests.demo.tally import Counted, count, counting_lines


@pytest.fixture(scope="module")
def messages() -> tuple[Message, ...]:
    return tuple(m for m in region_messages() if m.header.municipality_code == HILVERSUM.code)


@pytest.fixture(scope="module")
def counted(messages: tuple[Message, ...]) -> list[Counted]:
    return count(messages)


def test_each_practice_begins_as_much_as_planned_before_and_after_the_poh() -> None:
    begun = Counter(
        (t.referrer.name.lower().replace("-oost", ""), t.stretches[0].starts_on >= POH_FROM)
        for t in region().hilversum
        if t.referrer and t.referrer.name
    )
    for practice, (before, after) in zip(HILVERSUM_PRACTICES, BEGUN, strict=True):
        assert (begun[practice.name.lower(), False], begun[practice.name.lower(), True]) == (before, after)


def test_every_new_trajectory_of_a_practice_is_attributed_to_it(counted: list[Counted]) -> None:
    new = Counter(row.practice for row in counted if row.status == "new")
    expected = {p.practice_id: sum(numbers) for p, numbers in zip(HILVERSUM_PRACTICES, BEGUN, strict=True)}
    assert {practice: new[practice] for practice in expected} == expected
    assert new["unattributed"] == 6


def test_some_practices_with_a_poh_rise_some_fall_and_some_stay() -> None:
    with_poh = BEGUN[:19]
    assert sum(after > 2 * before for before, after in with_poh) >= 3
    assert sum(before > 2 * after for before, after in with_poh) >= 3
    assert sum(abs(after - before) <= 1 for before, after in with_poh) >= 8


def test_a_release_of_2_3_ends_with_2020_and_3_0_begins_with_2021(messages: tuple[Message, ...]) -> None:
    assert all(m.header.release == ("2.3" if m.header.dated_on < date(2021, 1, 1) else "3.0") for m in messages)
    declared = [m for m in messages if isinstance(m, Declaration)]
    assert all((m.header.release == "3.0") == (m.period_from >= date(2021, 1, 1)) for m in declared)
    assert max(m.header.dated_on for m in declared if m.header.release == "2.3") == date(2020, 12, 21)


def test_referrers_have_a_code_from_2021_on_of_a_practice_or_a_practitioner(messages: tuple[Message, ...]) -> None:
    requests = [(m.header, p) for m in messages if isinstance(m, RequestMessage) for p in m.products]
    codes = [p.referrer_agb for header, p in requests if header.release == "3.0" and p.referrer_type == "02"]
    assert all(codes)
    assert {str(code)[:6] for code in codes} >= {"019990", "019991"}
    assert not any(p.referrer_agb for header, p in requests if header.release == "2.3")


def test_identifications_fit_in_twelve_characters_and_are_unique(messages: tuple[Message, ...]) -> None:
    own = [m for m in messages if not (isinstance(m, Answer) and m.header.is_second_generation)]
    assert max(len(m.header.identification) for m in own) <= 12
    sent = Counter((type(m), m.header.provider_agb, m.header.identification) for m in own)
    assert set(sent.values()) == {1}


def test_nothing_is_open_and_corrections_happen_in_both_releases(messages: tuple[Message, ...]) -> None:
    declared = [m for m in messages if isinstance(m, Declaration)]
    assert len({id(m.declaration) for m in messages if isinstance(m, Answer)}) == len(declared)
    credits = [m.header.release for m in declared for line in m.lines if line.is_credit]
    assert sorted(credits) == ["2.3", "3.0"]
    listed = [m.header.release for m in messages if isinstance(m, Answer) for _ in m.listed]
    assert sorted(listed) == ["2.3", "3.0"]
    assert counting_lines(messages)
