"""From the models' rows to the table of effects: what is said, where nothing is said, and what is kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipelines.statistics import effect
from pipelines.statistics.comparison import Rules
from pipelines.statistics.effect import CELLS, EFFECTS, PRACTICES, practice_effects, remembered_effects
from pipelines.statistics.sentences import finding, too_few

from .panels import FIRST, World

RULES = Rules(permutations=99)
FIGURES = [name for name, dtype in EFFECTS.items() if dtype != pl.String and name != "years_from_start"]


def tables(world: World, seed: int = 1, region: str = "Region") -> tuple[pl.DataFrame, pl.DataFrame]:
    """Practices and cells as the models give them: without the quarters in which nothing began."""
    panel = world.draw(np.random.default_rng(seed))
    practices = [
        (region, "0001", f"{region}_{e.practice_id}", FIRST, panel.last_quarter, e.before_until, e.after_from, None)
        for e in panel.exposures
    ]
    cells = [
        (practice[2], FIRST + quarter, "new_ggz", amount, int(amount))
        for practice, amounts in zip(practices, panel.amounts, strict=True)
        for quarter, amount in enumerate(amounts)
        if amount > 0
    ]
    return (
        pl.DataFrame(practices, schema=PRACTICES, orient="row"),
        pl.DataFrame(cells, schema=CELLS, orient="row"),
    )


def test_every_practice_and_every_outcome_has_its_sentence() -> None:
    practices, cells = tables(World([5] * 6 + [None] * 6, 10))

    table = practice_effects(practices, cells, RULES)

    assert dict(table.schema) == EFFECTS
    assert table["sentence"].null_count() == table["sentence_nl"].null_count() == 0
    keys = table.filter(comparison="with_against_without").select("outcome")["outcome"].to_list()
    assert sorted(keys) == ["cost_new_ggz", "new_all", "new_bggz", "new_ggz", "new_sggz"]
    own = table.filter(pl.col("practice_id") != "all")
    assert own.height == 12 * 4
    assert set(own.filter(comparison="before_after_start")["practice_id"]) == {f"Region_practice_{n}" for n in range(6)}
    assert set(own.filter(comparison="last_year")["practice_id"]) == {f"Region_practice_{n}" for n in range(6, 12)}


def test_too_few_has_no_figure_at_all() -> None:
    practices, cells = tables(World([5] * 2 + [None] * 6, 10))

    table = practice_effects(practices, cells, RULES)

    silent = table.filter(verdict="too_few")
    assert set(silent["practice_id"]) > {"all"}
    for name in FIGURES:
        assert silent[name].null_count() == silent.height
    assert silent["sentence"].str.contains(r"\d").sum() == 0
    assert table.filter(pl.col("verdict") != "too_few")["p_value"].null_count() == 0


def test_practice_is_falling_rising_or_the_same() -> None:
    before, after = {"down": 20, "up": 3, "flat": 8, "rare": 1}, {"down": 4, "up": 15, "flat": 9, "rare": 1}
    cells = [
        (practice, FIRST + first + quarter, "new_ggz", 1.0 * count // 4 + (quarter < count % 4), count)
        for counts, first in ((before, 0), (after, 4))
        for practice, count in counts.items()
        for quarter in range(4)
    ]
    practices = [("R", "0001", practice, FIRST, FIRST + 7, FIRST + 4, FIRST + 4, None) for practice in before]

    table = practice_effects(
        pl.DataFrame(practices, schema=PRACTICES, orient="row"),
        pl.DataFrame(cells, schema=CELLS, orient="row").filter(pl.col("amount") > 0),
        RULES,
    ).filter(outcome="new_ggz", comparison="before_after_start")

    verdicts = dict(table.select("practice_id", "verdict").iter_rows())
    assert verdicts == {"down": "falling", "up": "rising", "flat": "same", "rare": "too_few"}
    counted = table.filter(practice_id="down").select("amount_before", "amount_after", "quarters_before").row(0)
    assert counted == (20.0, 4.0, 4)


def test_regions_are_compared_apart() -> None:
    one, other = tables(World([5] * 6 + [None] * 6, 10), 1, "A"), tables(World([5] * 6 + [None] * 6, 10), 2, "B")

    together = practice_effects(pl.concat([one[0], other[0]]), pl.concat([one[1], other[1]]), RULES)

    apart = pl.concat([practice_effects(*one, RULES), practice_effects(*other, RULES)])
    assert together.equals(apart)


def test_region_without_a_whole_quarter_says_nothing() -> None:
    practices, cells = tables(World([5] * 6 + [None] * 6, 10))

    assert practice_effects(practices.with_columns(last_quarter=pl.lit(FIRST - 1)), cells, RULES).is_empty()


def test_result_is_kept_until_a_row_or_a_rule_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    practices, cells = tables(World([5] * 6 + [None] * 6, 10))
    first = remembered_effects(practices, cells, RULES, tmp_path)
    estimated = []
    monkeypatch.setattr(effect, "practice_effects", lambda *given: estimated.append(given) or first)

    assert remembered_effects(practices.reverse(), cells.sample(fraction=1, shuffle=True), RULES, tmp_path).equals(
        first
    )
    assert estimated == []
    remembered_effects(practices, cells, replace(RULES, minimum_practices=6), tmp_path)
    remembered_effects(practices, cells.head(-1), RULES, tmp_path)
    assert len(estimated) == 2
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("low", "high", "verdict", "expected"),
    [
        (-0.3, 0.05, "cannot_tell", "consistent with \N{MINUS SIGN}30 % to +5 %; the data cannot tell."),
        (-0.404, -0.0812, "lower", "consistent with \N{MINUS SIGN}40 % to \N{MINUS SIGN}8 %; lower with a POH."),
        (0.001, float("inf"), "rising", "consistent with 0 % to +∞ %; rising."),
    ],
)
def test_sentence_gives_the_interval_before_the_verdict(low: float, high: float, verdict: str, expected: str) -> None:
    sentence = finding("new_ggz", "before_after_start", low, high, verdict)

    assert sentence.en == f"New GGZ trajectories since the POH began, against before: {expected}"
    assert sentence.nl.startswith("Nieuwe ggz-trajecten sinds de start van de POH, vergeleken met ervoor: past bij ")


def test_sentence_names_the_year_and_says_when_practices_were_apart_already() -> None:
    assert "year 1 after it" in finding("new_ggz", "by_year", -0.1, 0.1, "cannot_tell", year=0).en
    assert "jaar 2 ervoor" in too_few("new_ggz", "by_year", -2).nl
    apart = finding("new_ggz", "with_against_without", -0.2, -0.1, "lower", apart_before=True)
    assert apart.en.endswith("this need not be the POH.")
    assert apart.nl.endswith("dit hoeft niet door de POH te komen.")
