"""Run today for a past date: what that night's warehouse said, to the cent, from the same deliveries."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.cases.deployment import Deployment, allocation, answer, credit, declaration, january, line, request

PROVIDER = "94999001"
NIGHTS = (date(2026, 2, 10), date(2026, 2, 20), date(2026, 3, 10))
KEYS = "municipality_code, practice_id, year, domain"
MEASURES = (
    "clients, active, started, new, extended, carried_over, converted, unknown, "
    "cost_eur, cost_started_eur, cost_carried_over_eur"
)


def _deliver(deployment: Deployment, night: int) -> None:
    first, second = line("FIRST", 10_000), line("SECOND", 20_000, number=2)
    if night == 0:
        deployment.deliver("request.xml", request(PROVIDER, "R1", "V1", referrer_agb="01999001"))
        deployment.deliver("february/lines.xml", january(PROVIDER, "D1", first, second))
    if night == 1:
        sent = declaration(PROVIDER, "D1", first, second)
        deployment.deliver("answer.xml", answer(sent, "A1", second))
        deployment.deliver(
            "allocation.xml", allocation(PROVIDER, "T1", 1, request_reference="V1", dated_on=date(2026, 2, 15))
        )
    if night == 2:
        deployment.deliver(
            "march.xml",
            january(
                PROVIDER,
                "D2",
                credit("CREDIT", first),
                line("CORRECTED", 9_500),
                line("AGAIN", 20_000, number=2),
                dated_on=date(2026, 3, 5),
            ),
        )


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Deployment, list[list[tuple]]]:
    """The deployment after its nights, and what each night's warehouse said then."""
    deployment = Deployment.new(tmp_path_factory.mktemp("nights") / "home")
    publications = "".join(f"night {number},{day}\n" for number, day in enumerate(NIGHTS))
    (deployment.home / "reference" / "publicaties.csv").write_text(f"naam,peildatum\n{publications}", encoding="utf-8")
    said = []
    for night in range(len(NIGHTS)):
        _deliver(deployment, night)
        deployment.run()
        said.append(_figures(deployment, "marts.practice_years"))
    return deployment, said


def _figures(deployment: Deployment, table: str, where: str = "true") -> list[tuple]:
    rows = deployment.rows(f"select {KEYS}, {MEASURES} from {table} where {where} order by all")
    return [tuple(row.values()) for row in rows]


@pytest.mark.parametrize("night", range(len(NIGHTS)))
def test_publication_of_a_past_night_is_what_that_night_said(nights, night: int) -> None:
    deployment, said = nights

    assert _figures(deployment, "marts.practice_years_as_of", f"publication = 'night {night}'") == said[night]
    assert said[night]


def test_nights_differ(nights) -> None:
    _, said = nights

    assert len({tuple(figures) for figures in said}) == len(NIGHTS)


def test_figures_that_are_kept_are_for_their_owner_alone(nights) -> None:
    deployment, _ = nights
    kept: Path = deployment.home / "dbt" / "vintages"

    assert kept.stat().st_mode & 0o077 == 0
    assert list(kept.glob("*.parquet"))
