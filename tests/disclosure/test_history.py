"""Several publications after each other: the mask stays, and no two of them differ by a small group."""

from __future__ import annotations

import polars as pl
import pytest

from benchmarks.care_worlds import World, contributions_of, tables_from
from pipelines.disclosure.facts import Facts
from pipelines.disclosure.history import Earlier
from pipelines.disclosure.protection import Protected, protect_facts
from pipelines.settings import DisclosureSettings

_SETTINGS = DisclosureSettings()
_WORLD = World(practices=5, municipalities=2, regions=1, years=1, per_year=60.0, profiles=8)
_KEYS = ["table", "cell", "measure"]


def _facts(rows: pl.DataFrame) -> Facts:
    return tables_from(rows.with_columns(client=pl.col("client_key").rank("dense")), _WORLD)


def _grown(rows: pl.DataFrame, clients: int) -> pl.DataFrame:
    """So many new clients at the first practice, each with the trajectory of somebody there."""
    more = rows.filter(pl.col("practice_id") == "practice_0").head(clients)
    return pl.concat([rows, more.with_columns(client_key=pl.concat_str(pl.lit("new "), "client_key", pl.row_index()))])


def _published(rows: pl.DataFrame, *before: Protected) -> Protected:
    protected = protect_facts(_facts(rows), _SETTINGS, [Earlier(one.tables, one.mask) for one in before])
    assert protected.failures == ()
    return protected


def _differences(first: Protected, second: Protected, measures: tuple[str, ...]) -> pl.Series:
    """By how much cells differ that both publications show, zero left out."""
    shown = pl.col("state") == "shown"
    both = (
        first.mask.filter(shown, pl.col("measure").is_in(measures))
        .join(second.mask.filter(shown), on=_KEYS)
        .select(change=(pl.col("last_shown_right").cast(float) - pl.col("last_shown").cast(float)).abs())
    )
    return both.filter(pl.col("change") > 0)["change"]


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return contributions_of(_WORLD, seed=7)


@pytest.fixture(scope="module")
def first(rows: pl.DataFrame) -> Protected:
    return _published(rows)


def test_same_data_again_gives_same_tables_and_mask(rows: pl.DataFrame, first: Protected) -> None:
    second = _published(rows, first)

    assert second.mask.equals(first.mask)
    assert all(second.tables[name].equals(frame) for name, frame in first.tables.items())


def test_what_was_shown_stays_shown_where_it_did_not_change(rows: pl.DataFrame, first: Protected) -> None:
    second = _published(_grown(rows, 3), first)

    was = first.mask.filter(pl.col("state") == "shown", pl.col("last_shown").is_not_null())
    now = was.join(second.mask, on=_KEYS)
    exact = protect_facts(_facts(_grown(rows, 3)), _SETTINGS, [], with_secondary=False)
    today = exact.mask.filter(pl.col("state") == "shown").select(*_KEYS, today="last_shown")
    same = now.join(today, on=_KEYS).filter(pl.col("last_shown").cast(float) == pl.col("today").cast(float))
    assert same.height > 20
    assert set(same["state_right"]) == {"shown"}


@pytest.mark.parametrize("clients", [1, 3, 9])
def test_few_new_clients_cannot_be_seen_as_difference(rows: pl.DataFrame, first: Protected, clients: int) -> None:
    second = _published(_grown(rows, clients), first)

    assert (_differences(first, second, ("active", "new", "started", "clients", "trajectories", "value")) >= 10).all()
    # nobody's euros either: no cell of the practice that grew shows other euros than before
    place = pl.col("cell").str.contains(r"\|practice_0\|")
    shown = pl.col("state") == "shown"
    euros = second.mask.filter(shown, place, pl.col("measure") == "cost_eur")
    before = first.mask.filter(shown)
    changed = euros.join(before, on=_KEYS).filter(pl.col("last_shown") != pl.col("last_shown_right"))
    assert changed.is_empty()


def test_without_memory_the_difference_would_be_seen(rows: pl.DataFrame, first: Protected) -> None:
    second = _published(_grown(rows, 3))

    assert (_differences(first, second, ("active", "new", "started", "clients", "value")) < 10).any()


def test_hidden_change_is_remembered_until_it_is_large(rows: pl.DataFrame, first: Protected) -> None:
    second = _published(_grown(rows, 4), first)
    third = _published(_grown(rows, 8), first, second)
    twice = rows.with_columns(client_key=pl.concat_str(pl.lit("second "), "client_key"))
    fourth = _published(pl.concat([rows, twice]), first, second, third)

    assert (_differences(first, third, ("active", "new", "started", "clients", "value")) >= 10).all()
    grown = _differences(first, fourth, ("active", "new", "started", "clients", "value"))
    assert len(grown) > 0
    assert (grown >= 10).all()


def test_new_month_for_everybody_shows_new_euros(rows: pl.DataFrame, first: Protected) -> None:
    second = _published(rows.with_columns(pl.col("cents") + 10_000), first)

    euros = _differences(first, second, ("cost_eur", "cost_total_eur", "value"))
    assert len(euros) > 5


def test_euros_of_one_client_more_are_not_shown(rows: pl.DataFrame, first: Protected) -> None:
    someone = rows.filter(pl.col("practice_id") == "practice_0")["client_key"][0]
    late = pl.when(pl.col("client_key") == someone).then(pl.col("cents") + 30_000).otherwise("cents")

    second = _published(rows.with_columns(cents=late), first)

    assert _differences(first, second, ("cost_eur", "cost_started_eur", "cost_total_eur")).is_empty()


def test_raised_threshold_is_not_blocked_by_what_was_shown(rows: pl.DataFrame, first: Protected) -> None:
    stricter = protect_facts(_facts(rows), DisclosureSettings(minimum_clients=20), [Earlier(first.tables, first.mask)])

    assert stricter.failures == ()
    years = stricter.tables["practice_years"]
    exact = _facts(rows).tables["practice_years"]
    assert years.filter(exact["clients"] < 20)["active"].null_count() == (exact["clients"] < 20).sum()
    assert stricter.audit["known_before"].sum() > 0
