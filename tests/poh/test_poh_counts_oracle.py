"""``marts.poh_counts`` against the straight loops of ``oracle.py``, on histories that hypothesis makes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from schemas.poh_values import value_lists
from tests.poh import oracle
from tests.poh.warehouse import Lake, build, practice_reference, query, registration_row

FIRST_DAY = date(2018, 12, 1)
PERIODS = (
    oracle.Period("pilot", date(2018, 9, 1), date(2020, 1, 1)),
    oracle.Period("eight_months", date(2019, 1, 1), date(2019, 9, 1)),
    oracle.Period("half_months", date(2019, 1, 15), date(2019, 4, 10)),
    oracle.Period("2019", date(2019, 3, 1), date(2019, 4, 1)),
)
# The days on which a period begins or ends, and their neighbours: there half-open bounds decide.
BOUNDS = sorted({bound for period in PERIODS for bound in (period.starts_on, period.ends_until)} | {date(2020, 1, 1)})
EDGES = [bound + timedelta(days=days) for bound in BOUNDS for days in (-1, 0, 1)]
days = st.sampled_from([edge for edge in EDGES if edge >= FIRST_DAY]) | st.dates(FIRST_DAY, date(2020, 2, 1))


def on_or_after(first: date, most: int) -> st.SearchStrategy[date]:
    """A day at most so many days later; a bound of a period as often as any other."""
    near = [edge for edge in EDGES if first <= edge <= first + timedelta(days=most)]
    later = st.integers(0, most).map(lambda days_later: first + timedelta(days=days_later))
    return st.sampled_from(near) | later if near else later


def categories(dimension: str) -> st.SearchStrategy[str]:
    return st.sampled_from([name for name in value_lists()[dimension].categories if "<" not in name])


def one_value(dimension: str, *, delivered: bool) -> st.SearchStrategy[str | None]:
    return st.none() | categories(dimension) if delivered else st.none()


def several_values(dimension: str, *, delivered: bool) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(categories(dimension), max_size=3, unique=True).map(tuple) if delivered else st.just(())


@st.composite
def municipalities(draw: st.DrawFn) -> list[oracle.Registration]:
    """One municipality: some columns are not delivered at all, clients come back, practices are three or unknown."""
    has = {name: draw(st.booleans()) for name in ("outcomes", "support", "activities", "contacts", "intakes", "other")}
    made = []
    for number in range(draw(st.integers(4, 14))):
        referred_on = draw(days)
        intake_on = draw(st.none() | on_or_after(referred_on, 40)) if has["intakes"] else None
        made.append(
            oracle.Registration(
                registration_id=str(number),
                municipality_code="",
                practice_id=draw(st.sampled_from(["a", "b", "c", "unattributed"])),
                client_key=draw(st.none() | st.sampled_from(["1", "2", "3"])),
                referred_on=referred_on,
                intake_on=intake_on,
                closed_on=draw(st.none() | on_or_after(intake_on or referred_on, 300)),
                age=draw(st.integers(0, 25)),
                sex=draw(one_value("sex", delivered=has["other"])),
                reporter=draw(one_value("reporter", delivered=has["other"])),
                presenting_problem=draw(one_value("presenting_problem", delivered=has["other"])),
                activities=draw(several_values("activity", delivered=has["activities"])),
                contacts=draw(st.none() | st.integers(0, 12)) if has["contacts"] else None,
                outcome_clarification=draw(one_value("outcome_clarification", delivered=has["outcomes"])),
                support_offered=draw(several_values("support_offered", delivered=has["support"])),
                outcome_treatment=draw(one_value("outcome_treatment", delivered=has["outcomes"])),
                referred_to_provider=draw(one_value("referred_to_provider", delivered=has["other"])),
                referred_profile=draw(one_value("referred_profile", delivered=has["other"])),
                formal_referrer=draw(one_value("formal_referrer", delivered=has["other"])),
                bridging=draw(one_value("bridging", delivered=has["other"])),
            )
        )
    return made


@st.composite
def participations(draw: st.DrawFn) -> list[oracle.Participation]:
    """Nobody, or practices a and b, once or twice, overlapping or not, on any day of the month."""
    made = []
    for _ in range(draw(st.integers(0, 3))):
        starts_on = draw(days)
        ends_until = draw(
            st.none() | st.integers(1, 300).map(lambda later, first=starts_on: first + timedelta(days=later))
        )
        made.append(oracle.Participation(draw(st.sampled_from(["a", "b"])), starts_on, ends_until))
    return made


def histories(count: int) -> list[tuple[list[oracle.Registration], list[oracle.Participation]]]:
    """Hypothesis' own examples, gathered so that one dbt run answers for all of them."""
    gathered = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(municipalities(), participations())
    def gather(registrations: list[oracle.Registration], taking_part: list[oracle.Participation]) -> None:
        gathered.append((registrations, taking_part))

    gather()
    return gathered


def in_municipality(code: str, registration: oracle.Registration) -> oracle.Registration:
    practice = registration.practice_id
    return replace(
        registration,
        municipality_code=code,
        registration_id=f"{code}-{registration.registration_id}",
        practice_id=practice if practice == "unattributed" else f"{practice}{code}",
        client_key=registration.client_key and f"{code}{registration.client_key}",
    )


def test_random_registrations_give_the_counts_of_the_straight_loops(tmp_path: Path) -> None:
    registrations, taking_part = [], []
    practices: dict[str, str] = {}
    for number, (made, parts) in enumerate(histories(60)):
        code = f"{number:04}"
        practices |= {f"{practice}{code}": code for practice in "ab"} | {f"c{code}": "9999"}
        registrations += [in_municipality(code, registration) for registration in made]
        taking_part += [replace(part, practice_id=f"{part.practice_id}{code}") for part in parts]
    lake = Lake(
        rows={"poh_registrations": [registration_row(registration) for registration in registrations]},
        reference={
            **practice_reference(practices),
            "rapportageperioden": [
                {
                    "periode_id": period.period_id,
                    "label": period.period_id,
                    "van": period.starts_on,
                    "tot": period.ends_until,
                }
                for period in PERIODS
            ],
            "deelname": [
                {"praktijk_id": part.practice_id, "programma": "poh", "van": part.starts_on, "tot": part.ends_until}
                for part in taking_part
            ],
        },
    )
    candidate = build(tmp_path, lake, "+poh_counts")
    found = {
        row[:5]: row[5:]
        for row in query(
            candidate,
            "select period_id, municipality_code, practice_id, dimension, category, clients, denominator "
            "from marts.poh_counts",
        )
    }
    expected = oracle.poh_counts(registrations, PERIODS, taking_part, list(practices.items()))
    assert len(expected) > 10_000
    assert {key: (found.get(key), cell) for key, cell in expected.items() if found.get(key) != cell} == {}
    assert set(found) - set(expected) == set()
