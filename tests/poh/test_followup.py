"""``marts.poh_followup`` against straight loops on random histories; the estimate against a published one."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest
from scipy.stats import binom

from pipelines.statistics.followup import FOLLOWED, INCIDENCES, Footing, cumulative_incidences
from tests.poh.compiled import put, run_model
from tests.poh.followup_oracle import HORIZONS, Care, Dossier, Story, followup, kaplan_meier, scopes, stories

SEEDS = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds" / "poh"
PERIODS = {
    "2019": (date(2019, 1, 1), date(2020, 1, 1)),
    "2020": (date(2020, 1, 1), date(2021, 1, 1)),
    "pilot": (date(2019, 3, 1), date(2020, 3, 15)),
}
# the newest months of care: of the second municipality the last one is still coming in
MONTHS = {
    "0001": [(date(2021, 5, 1), 900, None), (date(2021, 6, 1), 900, 900)],
    "0002": [(date(2020, 9, 1), 990, 1000), (date(2020, 10, 1), 500, 1000)],
}
OBSERVED_UNTIL = {"0001": date(2021, 7, 1), "0002": date(2020, 10, 1)}
OUTCOMES = [
    None,
    None,
    "poh_continues",
    "no_further_support",
    "not_referred",
    "referred_bggz",
    "referred_other",
    "unknown",
]
TREATMENTS = [None, None, None, "not_referred", "referred_sggz", "referred_youth_and_family", "unknown"]
OFFERS = ["poh_ambulatory_support", "information_and_advice", "returned_to_gp", "referred_specialised", "other"]
REGISTRATION_TEXTS = (
    *("registration_id", "municipality_code", "practice_id", "person_key", "client_key", "sex", "reporter"),
    *("presenting_problem", "activities", "outcome_clarification", "support_offered", "outcome_treatment"),
    *("referred_to_provider", "referred_profile", "formal_referrer", "bridging"),
)
PROFILES = {"ggz_kort_basis": "BGGZ", "ggz_specialistisch_basis": "SGGZ", "sggz": "SGGZ"}


def history(seed: int) -> tuple[list[Dossier], list[Care]]:
    """Dossiers and care of few clients, so that they meet; days lie near each other and near the bounds."""
    draw = random.Random(seed)

    def day(first: date, most: int) -> date:
        return first + timedelta(days=draw.choice([0, 1, 91, 92, 183, 365, draw.randrange(most)]))

    dossiers, care = [], []
    for number in range(600):
        referred_on = date(2018, 11, 1) + timedelta(days=draw.randrange(780))
        contact_on = draw.choice([None, *[referred_on + timedelta(days=draw.randrange(20))] * 9])
        closed_on = draw.choice([None, *[day(contact_on or referred_on, 120)] * 9])
        dossiers.append(
            Dossier(
                f"d{number:03}",
                draw.choice(list(MONTHS)),
                draw.choice("ab"),
                draw.choice([None, *[f"c{draw.randrange(350)}"] * 3]),
                referred_on,
                contact_on,
                closed_on,
                draw.choice(OUTCOMES),
                draw.choice(TREATMENTS),
                tuple(draw.sample(OFFERS, draw.choice([0, 0, 1, 2]))),
            )
        )
    ends = [dossier for dossier in dossiers if dossier.closed_on and dossier.client]
    for number in range(350):
        after = draw.choice(ends)
        profile = draw.choice(list(PROFILES))
        begins_on = draw.choice(
            [day(after.closed_on or date.max, 500), after.referred_on - timedelta(days=draw.randrange(90))]
        )
        care.append(
            Care(
                after.client if number % 5 else f"c{number}", profile, PROFILES[profile], begins_on, draw.random() < 0.9
            )
        )
    return dossiers, care


def load(connection: duckdb.DuckDBPyConnection, dossiers: list[Dossier], care: list[Care]) -> None:
    """The tables on which the models of the follow-up rest."""
    text = dict.fromkeys(REGISTRATION_TEXTS, pl.String)
    registrations = [
        {
            "registration_id": one.registration_id,
            "municipality_code": one.municipality,
            "practice_id": one.practice,
            "person_key": f"client {one.client}" if one.client else f"registration {one.registration_id}",
            "client_key": one.client,
            "referred_on": one.referred_on,
            "contact_on": one.contact_on,
            "closed_on": one.closed_on,
            "outcome_clarification": one.clarification,
            "outcome_treatment": one.treatment,
            "support_offered": " ".join(one.offered) or None,
            "is_referred_to_contracted_care": one.is_contracted,
        }
        for one in dossiers
    ]
    dates = dict.fromkeys(("referred_on", "intake_on", "contact_on", "closed_on"), pl.Date)
    others = {"age": pl.Int32, "contacts": pl.Int32, "is_referred_to_contracted_care": pl.Boolean}
    put(connection, "intermediate.int_poh_registrations__current", registrations, {**text, **dates, **others})
    put(
        connection,
        "intermediate.int_reporting_periods__listed",
        [
            {"subject": "poh", "period_id": name, "starts_on": starts_on, "ends_until": until}
            for name, (starts_on, until) in PERIODS.items()
        ],
        {"subject": pl.String, "period_id": pl.String, "starts_on": pl.Date, "ends_until": pl.Date},
    )
    place = ("period_id", "municipality_code", "programme", "practice_id")
    put(connection, "intermediate.int_poh_programmes__practices", [], dict.fromkeys(place, pl.String))
    named = [(f"t{number}", one) for number, one in enumerate(care)]
    put(
        connection,
        "marts.trajectory_years",
        # care that goes on into a second year, and other care, which is not looked at
        [
            {"trajectory_id": name, "domain": "ggz", "practice_id": "a", "status": status}
            for name, one in named
            for status in (("new" if one.is_start_seen else "converted"), "carried_over")
        ]
        + [{"trajectory_id": "other", "domain": "overig", "practice_id": "a", "status": "new"}],
        dict.fromkeys(("trajectory_id", "domain", "practice_id", "status"), pl.String),
    )
    put(
        connection,
        "intermediate.int_trajectories",
        [
            {
                "trajectory_id": n,
                "client_key": c.client,
                "care_profile": c.profile,
                "ggz_segment": c.segment,
                "begins_on": c.begins_on,
            }
            for n, c in named
        ]
        + [{"trajectory_id": "other", "client_key": care[0].client, "begins_on": date(2020, 1, 1)}],
        {
            **dict.fromkeys(
                ("trajectory_id", "municipality_code", "client_key", "care_profile", "ggz_segment"), pl.String
            ),
            "begins_on": pl.Date,
        },
    )
    put(
        connection,
        "intermediate.int_completeness__expected",
        [
            {"municipality_code": code, "care_month": month, "declared_cents": declared, "expected_cents": expected}
            for code, months in MONTHS.items()
            for month, declared, expected in months
        ],
        {
            "municipality_code": pl.String,
            "care_month": pl.Date,
            "declared_cents": pl.Int64,
            "expected_cents": pl.Int64,
        },
    )
    categories = SEEDS / "followup_categories.csv"
    connection.execute(f"create table marts.followup_categories as from read_csv('{categories}')")


@pytest.fixture(scope="module")
def connection(demo_home: Path):
    dossiers, care = history(1)
    with duckdb.connect() as opened:
        load(opened, dossiers, care)
        for model in (
            "int_ggz_trajectories__declared",
            "int_municipalities__followed",
            "int_poh_registrations__followed",
            "int_poh_registrations__in_periods",
            "int_poh_scopes__listed",
            "int_poh_followup__persons",
        ):
            run_model(opened, demo_home, model)
        followed = opened.sql("from intermediate.int_poh_followup__persons where is_linked and days_observed >= 0").pl()
        opened.register("estimated", cumulative_incidences(followed.select(*FOLLOWED), HORIZONS, Footing()).to_arrow())
        opened.execute("create table intermediate.int_poh_followup__estimated as from estimated")
        run_model(opened, demo_home, "poh_followup")
        yield opened


@pytest.fixture(scope="module")
def told() -> list[Story]:
    dossiers, care = history(1)
    return list(stories(dossiers, care, OBSERVED_UNTIL))


def test_random_histories_give_the_counts_and_days_of_the_straight_loops(connection, told: list[Story]) -> None:
    found = {
        row[:6]: row[6:]
        for row in connection.sql(
            "select period_id, municipality_code, practice_id, outcome_group, measure, category, clients, denominator, "
            "days from marts.poh_followup"
        ).fetchall()
    }

    expected = followup(told, PERIODS)
    assert len(expected) > 900
    assert {key[3] for key in expected} == {"all", "referred", "referred_elsewhere", "without_referral", "unknown"}
    assert {key: (found.get(key), cell) for key, cell in expected.items() if found.get(key) != cell} == {}
    assert set(found) - set(expected) == set()


def test_estimates_are_those_of_the_definition(connection, told: list[Story]) -> None:
    found = {
        row[:5]: row[5:]
        for row in connection.sql(
            "select period_id, municipality_code, practice_id, outcome_group, category, incidence, incidence_low, "
            "incidence_high from marts.poh_followup where measure = 'began_within' and incidence is not null"
        ).fetchall()
    }

    expected = {}
    for place, people in scopes(told, PERIODS).items():
        for group in {story.dossier.group for story in people}:
            linked = [s for s in people if s.dossier.client and s.dossier.group == group and s.last_day >= 0]
            for horizon, days in HORIZONS.items():
                # a row of the mart needs somebody old enough, and ten in all
                if len(linked) >= 10 and (estimate := kaplan_meier(linked, days, 0.95)):
                    expected[*place, group, horizon] = estimate
    assert set(found) == set(expected)
    assert len(expected) > 60
    for key, (incidence, low, high) in expected.items():
        assert found[key][0] == pytest.approx(incidence)
        if low is not None:
            assert found[key][1:] == pytest.approx((low, high))


def test_groups_add_up_to_everybody(connection) -> None:
    assert (
        connection.sql(
            """
            select period_id, municipality_code, practice_id
            from marts.poh_followup
            where measure = 'coverage'
            group by all
            having
                sum(clients) filter (outcome_group = 'all') <> sum(clients) filter (outcome_group <> 'all')
                or sum(denominator) filter (outcome_group = 'all') <> sum(denominator) filter (outcome_group <> 'all')
            """
        ).fetchall()
        == []
    )


def people(waits: list[tuple[int, bool]]) -> pl.DataFrame:
    """One group: (days, whether care began); who had care was observed for 1,000 days."""
    rows = [
        ("2019", "0001", "all", "referred", str(n), 1000 if care else days, days if care else None)
        for n, (days, care) in enumerate(waits)
    ]
    return pl.DataFrame(rows, schema=FOLLOWED, orient="row")


def test_estimate_of_a_published_table_comes_out() -> None:
    """Weeks of remission of 21 patients on 6-mercaptopurine (Freireich and others, 1963)."""
    relapsed, followed = [6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    weeks = {"6": 6, "7": 7, "10": 10, "13": 13, "16": 16, "22": 22, "23": 23}

    table = cumulative_incidences(
        people([*((week, True) for week in relapsed), *((week, False) for week in followed)]), weeks, Footing()
    )

    survival = {row["horizon"]: round(1 - row["incidence"], 3) for row in table.to_dicts()}
    assert survival == {"6": 0.857, "7": 0.807, "10": 0.753, "13": 0.690, "16": 0.627, "22": 0.538, "23": 0.448}


def test_nobody_with_care_has_an_exact_upper_bound() -> None:
    table = cumulative_incidences(people([(200, False)] * 49), {"3_months": 91, "12_months": 365}, Footing())

    assert table["horizon"].to_list() == ["3_months"]
    low, high = table.select("incidence_low", "incidence_high").row(0)
    assert low == 0
    assert binom.pmf(0, 49, high) == pytest.approx(0.025)


def test_fewer_than_the_minimum_give_no_estimate() -> None:
    table = cumulative_incidences(people([(200, False)] * 9), {"3_months": 91}, Footing(minimum_clients=10))

    assert table.is_empty()
    assert dict(table.schema) == INCIDENCES


def test_coverage_of_the_demo_is_what_was_registered(demo_warehouse: Path) -> None:
    with duckdb.connect(str(demo_warehouse), read_only=True) as opened:
        printed = opened.sql(
            "select clients, denominator from marts.poh_followup where period_id = 'stramproy_pilot' "
            "and practice_id = 'all' and outcome_group = 'all' and measure = 'coverage'"
        ).fetchall()
        referred = opened.sql(
            "select measure, category, clients, denominator from marts.poh_followup "
            "where period_id = 'stramproy_pilot' and practice_id = 'stramproy' "
            "and outcome_group = 'referred' and measure in ('profile', 'trajectories')"
        ).fetchall()

    # 29 referred, 22 with an intake, of whom one dossier is still open; all have a BSN
    assert printed == [(21, 21)]
    # the letter's four: three specialistisch aanvullend and one kort intens, each one trajectory
    assert sorted(referred) == [
        ("profile", "ggz_kort_intens", 1, 4),
        ("profile", "ggz_specialistisch_aanvullend", 3, 4),
        ("trajectories", "one", 4, 4),
        ("trajectories", "several", 0, 4),
    ]
