"""Registrations that add up to what the two published evaluations print, as far as they print it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import chain, cycle, islice, repeat

from tests.poh.oracle import Registration

EMPTY = Registration(
    registration_id="",
    municipality_code="",
    practice_id="",
    client_key=None,
    referred_on=date(2021, 1, 4),
    intake_on=None,
    closed_on=None,
    age=12,
    sex=None,
    reporter=None,
    presenting_problem=None,
    activities=(),
    contacts=None,
    outcome_clarification=None,
    support_offered=(),
    outcome_treatment=None,
    referred_to_provider=None,
    referred_profile=None,
    formal_referrer=None,
    bridging=None,
)


def spread(counts: dict[str, int]) -> Iterator[str]:
    """Each value as often as its count says."""
    return chain.from_iterable(repeat(value, count) for value, count in counts.items())


def hilversum() -> list[Registration]:
    """392 seen in the second period, 187 of them by the POH itself, 172 of those completed."""
    treated = {
        "not_referred": 150,
        "referred_bggz": 11,
        "referred_sggz": 3,
        "referred_youth_and_family": 3,
        "referred_ambulatory_provider": 1,
        "referred_youth_consultant": 2,
        "referred_other": 2,
    }
    clarified = spread(
        {
            "poh_continues": 187,
            "no_further_support": 47,
            "referred_ggz": 113,
            "referred_local_support": 25,
            "referred_other": 10,
            "": 10,
        }
    )
    contacts = chain(spread({"1": 176, "4": 125, "8": 55, "12": 11}), repeat("5"))
    outcomes = chain(spread(treated), repeat(""))
    seen_later = []
    for number, clarification in enumerate(clarified):
        is_closed = clarification not in ("", "poh_continues") or number < 172
        seen_later.append(
            replace(
                EMPTY,
                registration_id=f"h{number}",
                municipality_code="0402",
                practice_id=f"hilversum_{number % 19}",
                referred_on=date(2020, 10, 1) if number % 4 == 0 else date(2020, 12, 1),
                intake_on=date(2020, 10, 8) if number % 4 == 0 else date(2020, 12, 20),
                closed_on=date(2021, 3, 1) if is_closed else None,
                sex="male" if number < 161 else "female",
                contacts=int(next(contacts)) if is_closed else None,
                outcome_clarification=clarification or None,
                outcome_treatment=next(outcomes) or None if clarification == "poh_continues" else None,
            )
        )
    # 98 of the 392 were seen in the first period already; 133 more make it 231.
    earlier = [
        replace(
            EMPTY,
            registration_id=f"e{number}",
            municipality_code="0402",
            practice_id="hilversum_0",
            referred_on=date(2020, 4, 1),
            intake_on=date(2020, 4, 8),
            closed_on=date(2020, 9, 1),
            sex="female",
            contacts=2,
            outcome_clarification="no_further_support",
        )
        for number in range(133)
    ]
    return [*seen_later, *earlier]


SUPPORT = {"A": "poh_ambulatory_support", "I": "information_and_advice", "T": "returned_to_gp"} | {
    "R": "referred_specialised",
    "O": "other",
    "B": "other_basic_service",
}


def stramproy() -> list[Registration]:
    """29 referred from September 2018 to December 2019; the letters are the support that was offered."""
    with_intake = {2018: "A A A A A AR AR AT IT R", 2019: "A A A A A A A AR AT I I I"}
    without = {2018: "O O OB", 2019: "O O OI OB"}
    problems = spread(
        {"social_emotional_development": 23, "psychoeducation": 1, "divorce": 2, "medication": 1, "diagnostics": 2}
    )
    ages = spread({"2": 1, "5": 5, "10": 9, "14": 7, "17": 7})
    onward = iter([("met_ggz", "kort"), ("medipsy", "long"), ("medipsy", "long"), ("pio", "long")])
    profiles = {"kort": "ggz_kort_intens", "long": "ggz_specialistisch_aanvullend"}
    made = []
    for year in (2018, 2019):
        days = cycle([date(year, 9, 1), date(year, 12, 31), date(year, 10, 15)])
        offers = [*((offer, True) for offer in with_intake[year].split()), *((o, False) for o in without[year].split())]
        for (offered, has_intake), day in zip(offers, islice(days, len(offers)), strict=True):
            provider, profile = next(onward) if "R" in offered else (None, "")
            made.append(
                replace(
                    EMPTY,
                    registration_id=f"s{len(made)}",
                    municipality_code="0988",
                    practice_id="stramproy",
                    client_key=f"client {len(made)}",
                    referred_on=day,
                    intake_on=day if has_intake else None,
                    age=int(next(ages)),
                    presenting_problem=next(problems),
                    support_offered=tuple(SUPPORT[letter] for letter in offered),
                    referred_to_provider=provider,
                    referred_profile=profiles.get(profile),
                    formal_referrer="municipality" if provider else None,
                )
            )
    return made
