"""One dbt build per session, over all stories that the collected modules registered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .lake import Lake
from .story import STORIES, Story, municipality_of
from .warehouse import built, rows

Ask = Callable[..., list[tuple]]


def practices_and_profiles(lake: Lake) -> None:
    """The reference tables that all stories share."""
    lake.practice("P1", "01999001")
    lake.practice("P2", "01999002")
    lake.practice("P3", "01999003")
    lake.profile("54002", "ggz_specialistisch_basis")
    lake.profile("54*", "sggz")
    lake.profile("51*", "bggz")


def lake_of_stories(stories: dict[str, Callable[[Story], None]]) -> Lake:
    """All stories in one lake."""
    lake = Lake()
    practices_and_profiles(lake)
    for name, tell in stories.items():
        tell(Story(lake, name))
    return lake


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a lake of all stories and the candidate built from it; every dbt test of ours has passed."""
    folder = tmp_path_factory.mktemp("stories")
    lake_of_stories(STORIES).write(folder)
    assert built(folder) == []
    return folder


@pytest.fixture(scope="session")
def ask(home: Path) -> Ask:
    """Rows of a query on the candidate."""
    return lambda query, *parameters: rows(home, query, parameters)


@pytest.fixture(scope="session")
def years(ask: Ask) -> Ask:
    """Columns of a story's trajectory_years, in order of year and first day."""

    def of(name: str, columns: str = "year, status") -> list[tuple]:
        return ask(
            f"""select {columns} from marts.trajectory_years where municipality_code = ?
            order by year, started_on, care_profile, client_key, provider_agb""",
            municipality_of(name),
        )

    return of


@pytest.fixture(scope="session")
def findings(ask: Ask) -> Ask:
    """A story's findings as (finding, rule, reference, cents), in order."""

    def of(name: str) -> list[tuple]:
        return ask(
            "select finding, rule, reference, cents from ops.findings where municipality_code = ? order by all",
            municipality_of(name),
        )

    return of
