"""The POH marts from lake to figure, on one small lake: both evaluations, a survey, and a little care."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.poh.evaluations import hilversum, stramproy
from tests.poh.oracle import Registration
from tests.poh.warehouse import FILE, Lake, build, practice_reference, query, registration_row, run_dbt_tests

GOLDEN = Path(__file__).resolve().parents[3] / "shared" / "golden"
YOUTH = {"hilversum_0": 500}


def golden(name: str) -> list[dict[str, str]]:
    """Rows of a printed table; none where the reference material is not at hand."""
    path = GOLDEN / name
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def registrations() -> list[dict[str, Any]]:
    rows = [registration_row(one) for one in [*hilversum(), *stramproy()]]
    linked = {
        "registration_id": "linked",
        "municipality_code": "0406",
        "practice_text_hash": "hash of huizen",
        "age": 15,
        "referred_on": date(2020, 11, 1),
        "closed_on": date(2020, 12, 20),
        "outcome_clarification": "referred_sggz",
    }
    # Three months after the dossier was closed, and one day more.
    rows.append(linked | {"client_key": "within", "registration_id": "within"})
    rows.append(linked | {"client_key": "too late", "registration_id": "too_late", "closed_on": date(2020, 11, 2)})
    rows.append(linked | {"client_key": "gp", "registration_id": "gp"})
    advised = {"outcome_clarification": "no_further_support", "client_key": "advised", "registration_id": "advised"}
    rows.append(linked | advised)
    # An older snapshot of a dossier of Hilversum, and a practice that nobody knows.
    rows.append(rows[0] | {"known_at": date(2025, 1, 1), "closed_on": None, "outcome_treatment": None})
    rows.append(
        linked | {"registration_id": "nowhere", "practice_text_hash": "hash of a name", "municipality_code": "0999"}
    )
    return rows


def care() -> dict[str, list[dict[str, Any]]]:
    """Allocations, requests and lines: (client, product, first month, referrer type, practice, cents)."""
    cases = [
        ("one", "0406", "B1", date(2020, 12, 1), "02", "huizen", (40_000, 60_000)),
        ("two", "0406", "S1", date(2021, 1, 1), "02", "huizen", (300_000,)),
        ("within", "0406", "S1", date(2021, 2, 1), "01", None, (500_000,)),
        ("too late", "0406", "S1", date(2021, 2, 1), "01", None, (400_000,)),
        ("gp", "0406", "S1", date(2021, 2, 1), "02", "huizen", (400_000,)),
        ("advised", "0406", "S1", date(2021, 2, 1), "01", None, (400_000,)),
        ("old", "0406", "S1", date(2018, 5, 1), "02", "huizen", (10_000,)),
        ("far", "0402", "S1", date(2018, 5, 1), "02", "hilversum_0", (30_000,)),
        ("far 1", "0402", "S1", date(2020, 5, 1), "02", "hilversum_0", (30_000,)),
        ("far 2", "0402", "B1", date(2020, 6, 1), "02", "hilversum_0", (20_000,)),
    ]
    allocations, requests, lines = [], [], []
    for number, (client, municipality, product, starts_on, referrer, practice, cents) in enumerate(cases, start=1):
        common = {
            "row_number": number,
            "source": "toewijzingen",
            "municipality_code": municipality,
            "provider_agb": "94999001",
            "client_key": client,
            "allocation_number": number,
            "product_code": product,
        }
        allocations.append(common | {"starts_on": starts_on, "allocated_on": starts_on, "row_digest": f"a{number}"})
        hashed = practice and f"hash of {practice}"
        requests.append(common | {"request_reference": str(number), "referrer_type": referrer, "referrer_hash": hashed})
        for offset, amount in enumerate(cents):
            month = starts_on.month - 1 + offset
            day = date(starts_on.year + month // 12, month % 12 + 1, 1)
            line = {"period_from": day, "period_to": day, "amount_cents": amount, "is_credit": False}
            known = {"source": "declaraties", "verdict": "approved", "row_number": len(lines) + 1}
            reference = {"line_reference": f"{number}-{offset}", "row_digest": f"l{number}-{offset}"}
            lines.append(common | line | known | reference)
    return {"allocations": allocations, "referral_requests": requests, "declaration_lines": lines}


def survey() -> list[dict[str, Any]]:
    """38 answers of GPs, two per practice, half 8 and half 9; nine of parents; one answer delivered twice."""
    gps = [
        {"practice_text_hash": f"hash of hilversum_{number % 19}", "audience": "gp", "score": 8.0 + (number >= 19)}
        for number in range(38)
    ]
    parents = [{"audience": "parent", "score": 10.0} for _ in range(9)]
    other_scale = [{"audience": "gp", "score": 5.0, "scale_max": 5.0} for _ in range(10)]
    common = {
        "municipality_code": "0402",
        "question": "overall_rating",
        "answered_on": date(2021, 10, 1),
        "scale_max": 10.0,
    }
    rows = [common | row | {"row_digest": str(number)} for number, row in enumerate([*gps, *parents, *other_scale])]
    return [*rows, rows[0]]


def reference() -> dict[str, list[dict[str, Any]]]:
    practices = {f"hilversum_{number}": "0402" for number in range(19)} | {"huizen": "0406", "stramproy": "0988"}
    known = practice_reference(practices)
    for practice in known["praktijken"]:
        practice["ingeschreven_jeugdigen"] = YOUTH.get(practice["praktijk_id"])
    periods = {
        "stramproy_2018": (date(2018, 9, 1), date(2019, 1, 1)),
        "stramproy_pilot": (date(2018, 9, 1), date(2020, 1, 1)),
        "hilversum_1": (date(2020, 3, 1), date(2020, 11, 1)),
        "hilversum_2": (date(2020, 11, 1), date(2021, 7, 1)),
    }
    programme = {"programma": "poh_ggz_jeugd"}
    paid = programme | {"gemeentecode": "0402", "tot": date(2021, 7, 1)}
    taking_part = [
        programme | {"praktijk_id": practice, "van": date(2020, 3, 1)}
        for practice in practices
        if practice != "stramproy"
    ]
    stramproys = {
        "praktijk_id": "stramproy",
        "programma": "poh_jeugd_cjg",
        "van": date(2018, 9, 1),
        "tot": date(2020, 1, 1),
    }
    return {
        **known,
        "gemeenten": [
            {"gemeentecode": "0402", "regio": "Gooi en Vechtstreek", "gegevens_vanaf": date(2018, 1, 1)},
            {"gemeentecode": "0406", "regio": "Gooi en Vechtstreek", "gegevens_vanaf": date(2018, 1, 1)},
            {"gemeentecode": "0988", "regio": "Midden-Limburg West"},
        ],
        "zorgprofielen": [
            {"gemeentecode": "*", "productcode": code, "zorgprofiel": profile, "domein": "ggz", "ggz_segment": segment}
            | {"geldig_vanaf": date(1900, 1, 1)}
            for code, profile, segment in (("B1", "bggz", "BGGZ"), ("S1", "sggz", "SGGZ"))
        ],
        "rapportageperioden": [
            {"periode_id": name, "label": name, "van": starts_on, "tot": ends_until}
            for name, (starts_on, ends_until) in periods.items()
        ],
        "deelname": [*taking_part, stramproys],
        "programmakosten": [
            paid | {"soort": "personeel", "van": date(2020, 11, 1), "bedrag": Decimal(120000)},
            paid | {"soort": "huisvesting", "van": date(2021, 3, 1), "bedrag": Decimal(32000)},
        ],
        "trajectprijzen": [
            programme | {"periode_id": "hilversum_1", "scenario": "base", "bedrag_per_traject": Decimal(2500)},
            programme
            | {
                "periode_id": "hilversum_2",
                "scenario": "base",
                "bedrag_per_traject": Decimal(2000),
                "aandeel_bggz": 0.8,
            },
            programme | {"periode_id": "hilversum_2", "scenario": "price_2500", "bedrag_per_traject": Decimal(2500)},
        ],
        "doelen": [programme | {"gemeentecode": "0402", "doel": "Agenda Jeugd", "bedrag_per_jaar": Decimal(170000)}],
    }


@pytest.fixture(scope="module")
def candidate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = {"poh_registrations": registrations(), "survey_answers": survey(), **care()}
    lake = Lake(rows=rows, reference=reference(), files={FILE: "everything.csv"})
    return build(tmp_path_factory.mktemp("poh"), lake, "+path:models/marts/poh +int_findings__registrations")


def test_dbt_finds_every_promise_of_the_poh_models_kept(candidate: Path) -> None:
    run_dbt_tests(candidate.parent)


def cell(candidate: Path, table: str, keys: dict[str, str], column: str) -> Any:
    """One value of a mart; None where there is no such row."""
    where = " and ".join(f"{key} = '{value}'" for key, value in keys.items())
    found = query(candidate, f"select {column} from marts.{table} where {where}")
    assert len(found) <= 1
    return found[0][0] if found else None


def printed_cells(name: str, keys: list[str]) -> Iterator[tuple[dict[str, str], str, str]]:
    """(keys, column, printed value) of every filled cell that stands in the document or follows from its reading."""
    for row in golden(name):
        if row["exact"] == "approximate":
            continue
        for column in row.keys() - {*keys, "source", "exact", "note"}:
            if row[column]:
                yield {key: row[key] for key in keys}, column, row[column]


@pytest.mark.skipif(not GOLDEN.exists(), reason="the printed tables are not at hand")
@pytest.mark.parametrize("name", ["hilversum_poh_counts.csv", "stramproy_poh_counts.csv"])
def test_registrations_of_an_evaluation_give_its_printed_counts(candidate: Path, name: str) -> None:
    keys = ["period_id", "municipality_code", "practice_id", "dimension", "category"]
    printed = list(printed_cells(name, keys))
    different = [
        (key, column, value, found)
        for key, column, value in printed
        if (found := cell(candidate, "poh_counts", key, column)) != int(value)
    ]
    assert len(printed) > 40
    assert different == []


@pytest.mark.skipif(not GOLDEN.exists(), reason="the printed tables are not at hand")
def test_hilversum_gives_the_printed_costs_and_benefits(candidate: Path) -> None:
    keys = ["period_id", "municipality_code", "programme", "scenario", "measure"]
    printed = list(printed_cells("hilversum_cost_benefit.csv", keys))
    different = []
    for key, column, value in printed:
        found = cell(candidate, "poh_cost_benefit", key, column)
        expected = value == "true" if column == "is_extrapolated" else Decimal(value)
        if found != expected:
            different.append((key, column, value, found))
    assert len(printed) > 40
    assert different == []


def test_break_even_is_76_trajectories_of_2000_euro(candidate: Path) -> None:
    keys = {"period_id": "hilversum_2", "municipality_code": "0402", "scenario": "base"}
    assert cell(candidate, "poh_cost_benefit", keys | {"measure": "break_even_trajectories"}, "value_count") == 76
    assert cell(candidate, "poh_cost_benefit", keys | {"measure": "avoided_trajectories"}, "value_count") == 178


def test_a_period_without_a_price_has_costs_and_target_only(candidate: Path) -> None:
    found = query(
        candidate,
        "select scenario, measure from marts.poh_cost_benefit where period_id = '2021' and municipality_code = '0402'",
    )
    costs = {"staff_cost", "housing_cost", "other_cost", "staff_cost_annualised", "housing_cost_annualised"}
    assert set(found) == {("base", measure) for measure in costs | {"other_cost_annualised", "target"}}


def test_a_period_without_costs_has_no_net_saving(candidate: Path) -> None:
    found = query(
        candidate,
        "select measure from marts.poh_cost_benefit where period_id = 'hilversum_1' and municipality_code = '0402'",
    )
    assert {"price_per_trajectory", "benefit"} <= {measure for (measure,) in found}
    assert not {measure for (measure,) in found if "net_saving" in measure or "cost" in measure}


def test_the_measured_price_weighs_new_trajectories_by_the_assumed_share(candidate: Path) -> None:
    keys = {"period_id": "hilversum_2", "municipality_code": "0406", "programme": "poh_ggz_jeugd"}
    measures = ("measured_price", "measured_price_bggz", "measured_price_sggz", "measured_price_median")
    found = [
        cell(candidate, "poh_cost_benefit", keys | {"scenario": "base", "measure": m}, "value_eur") for m in measures
    ]
    # BGGZ 400 + 600 over the turn of the year; SGGZ 3,000, 5,000 and three times 4,000: 0.8 x 1,000 + 0.2 x 4,000.
    assert found == [Decimal(1600), Decimal(1000), Decimal(4000), Decimal(4000)]
    plain = cell(
        candidate, "poh_cost_benefit", keys | {"scenario": "price_2500", "measure": "measured_price"}, "value_eur"
    )
    assert plain == Decimal(3500)
    counted = [
        cell(candidate, "poh_cost_benefit", keys | {"scenario": "base", "measure": m}, "value_count")
        for m in ("measured_trajectories_bggz", "measured_trajectories_sggz")
    ]
    assert counted == [1, 5]


def test_survey_means_stand_per_scale_and_above_the_minimum(candidate: Path) -> None:
    found = query(
        candidate,
        "select audience, scale_max, responses, mean_score from marts.survey_results "
        "where period_id = '2021' and practice_id = 'all' order by 1, 2",
    )
    assert found == [("gp", 5.0, 10, 5.0), ("gp", 10.0, 38, 8.5), ("parent", 10.0, 9, None)]


def test_two_answers_of_a_practice_give_no_mean(candidate: Path) -> None:
    found = query(
        candidate,
        "select distinct responses, mean_score from marts.survey_results where practice_id like 'hilversum_%'",
    )
    assert found == [(2, None)]


def test_the_trend_counts_from_the_practices_own_start(candidate: Path) -> None:
    found = query(
        candidate,
        "select practice_id, quarter, new_trajectories, new_per_1000, quarters_since_poh_start, participates "
        "from marts.referral_trend where domain = 'ggz' and practice_id <> 'unattributed' order by 1, 2",
    )
    assert found == [
        ("hilversum_0", "2018-Q2", 1, 2.0, -7, False),
        ("hilversum_0", "2020-Q2", 2, 4.0, 1, True),
        ("huizen", "2018-Q2", 1, None, -7, False),
        ("huizen", "2020-Q4", 1, None, 3, True),
        ("huizen", "2021-Q1", 2, None, 4, True),
    ]


def test_only_the_municipalitys_own_start_within_ninety_days_is_added_back(candidate: Path) -> None:
    assert query(candidate, "select * from marts.poh_add_back") == [
        ("0406", "huizen", 2021, "sggz", 1, 1, Decimal(5000))
    ]


def test_a_practice_is_compared_with_its_region_without_itself(candidate: Path) -> None:
    found = query(
        candidate,
        """select municipality_code, practice_id, measure, year, value, "index" from marts.regional_comparison
        where domain = 'all' and measure like 'new%' and region = 'Gooi en Vechtstreek' and year in (2018, 2020)
        and (practice_id in ('all', 'hilversum_0')) order by all""",
    )
    assert found == [
        ("0402", "all", "new", 2018, 1, 100.0),
        ("0402", "all", "new", 2020, 2, 200.0),
        ("0402", "hilversum_0", "new", 2018, 1, 100.0),
        ("0402", "hilversum_0", "new", 2020, 2, 200.0),
        ("0402", "hilversum_0", "new_rest_of_region", 2018, 1, 100.0),
        ("0402", "hilversum_0", "new_rest_of_region", 2020, 1, 100.0),
        ("0406", "all", "new", 2018, 1, 100.0),
        ("0406", "all", "new", 2020, 1, 100.0),
        ("all", "all", "new", 2018, 2, 100.0),
        ("all", "all", "new", 2020, 3, 150.0),
    ]


def test_the_newest_snapshot_decides_and_an_unknown_practice_is_found(candidate: Path) -> None:
    newest = query(
        candidate,
        "select closed_on, outcome_treatment from intermediate.int_poh_registrations__current "
        "where registration_id = 'h0'",
    )
    assert newest == [(date(2021, 3, 1), "not_referred")]
    found = query(
        candidate, "select finding, municipality_code, reference from intermediate.int_findings__registrations"
    )
    assert found == [("registration_without_practice", "0999", "nowhere")]


def test_exclusive_dimensions_add_up_to_their_denominator(candidate: Path) -> None:
    several = "('referral', 'referral_rate', 'seen', 'completed_without_referral', 'support_offered', 'activity')"
    broken = query(
        candidate,
        f"""select dimension from marts.poh_counts where dimension not in {several}
        group by period_id, municipality_code, practice_id, dimension
        having sum(clients) <> max(denominator) or min(denominator) <> max(denominator)""",
    )
    assert broken == []


def test_a_column_that_a_municipality_never_fills_gives_no_rows(candidate: Path) -> None:
    found = {
        dimension
        for (dimension,) in query(
            candidate, "select distinct dimension from marts.poh_counts where municipality_code = '0402'"
        )
    }
    assert not found & {
        "reporter",
        "activity",
        "support_offered",
        "support_group",
        "bridging",
        "presenting_problem_group",
    }
    assert {"outcome_clarification", "sex", "contacts_at_closure", "waiting_time"} <= found


def test_registrations_of_the_evaluations_are_of_the_size_they_print() -> None:
    made: list[Registration] = [*hilversum(), *stramproy()]
    assert (len(hilversum()), len(stramproy()), len({one.registration_id for one in made})) == (525, 29, 554)
