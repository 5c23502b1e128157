"""The share of the final amount that is known: triangles with a known development, and published figures."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.transformation import completeness
from pipelines.transformation.completeness import SHARES, Reach, development_shares, remembered_shares

from .triangles import mack, month, triangle

PATTERN = (100, 600, 200, 100)
REACH = Reach(horizon_months=24, minimum_months=12)


def shares_of(shares: pl.DataFrame, level: str, **group: str) -> dict[int, float]:
    """Share by age of one group."""
    return dict(shares.filter(level=level, **group).select("age_months", "share").iter_rows())


@given(
    pattern=st.lists(st.integers(1, 500), min_size=1, max_size=6),
    totals=st.lists(st.integers(1, 1000), min_size=14, max_size=30),
)
@settings(max_examples=15, deadline=None)
def test_months_that_develop_alike_have_exactly_that_share(pattern: list[int], totals: list[int]) -> None:
    shares = development_shares(triangle([[part * total for part in pattern] for total in totals]), REACH)

    for level in ("profile", "municipality", "all"):
        for age, share in shares_of(shares, level).items():
            assert share == pytest.approx(sum(pattern[: age + 1]) / sum(pattern))


def test_standard_error_is_the_formula_of_mack() -> None:
    rng = random.Random(7)
    amounts = [[int(1000 * part * rng.uniform(0.7, 1.3)) for part in PATTERN] for _ in range(24)]

    shares = development_shares(triangle(amounts), REACH).filter(level="profile")

    expected = mack(amounts)
    assert shares["age_months"].to_list() == sorted(expected)
    for age, share, variation in shares.select("age_months", "share", "variation").iter_rows():
        assert (share, variation) == pytest.approx(expected[age])
    assert shares["months"].to_list() == [*range(23, 0, -1), 0]


def test_estimator_gives_the_published_figures_of_its_own_example() -> None:
    import chainladder as cl

    raa = cl.load_sample("raa").cum_to_incr().to_frame(origin_as_datetime=False)
    cells = [
        (0, month(origin), month(origin + delay), float(amount))
        for origin, increments in enumerate(raa.to_numpy())
        for delay, amount in enumerate(increments)
        if origin + delay < 10 and amount == amount
    ]
    schema = {"place": pl.UInt32, "care_month": pl.Date, "known_month": pl.Date, "amount": pl.Float64}

    fitted = completeness._fitted(pl.DataFrame(cells, schema=schema, orient="row"))

    # latest, ultimate and Mack's standard error of 1990, 1989, … 1982, as the library documents them
    published = [
        (2063, 18402.442529, 24565.775709),
        (5395, 16044.984101, 6331.543044),
        (13112, 24019.192510, 5354.340512),
        (12314, 17749.302590, 2203.838469),
        (15852, 19501.103184, 1994.987807),
        (26180, 28926.736343, 1452.090330),
        (27067, 28703.142163, 712.853921),
        (23466, 24083.370924, 592.148304),
        (16704, 16857.953917, 142.931716),
    ]
    for (latest, ultimate, error), row in zip(published, fitted.iter_rows(named=True), strict=False):
        assert row["share"] == pytest.approx(latest / ultimate, rel=1e-7)
        assert row["variation"] == pytest.approx(error / ultimate, rel=1e-7)


def test_each_of_many_municipalities_gets_its_own_share() -> None:
    """More than ten groups: the estimator sorts them in an order of its own."""
    first_parts = {f"{2000 + number:04d}": 50 * (number + 1) for number in range(12)}
    frames = [
        triangle([[part, 1000 - part]] * 15, municipality=code, profile="p") for code, part in first_parts.items()
    ]

    shares = development_shares(pl.concat(frames), REACH)

    for code, part in first_parts.items():
        assert shares_of(shares, "municipality", municipality_code=code)[0] == pytest.approx(part / 1000)


def test_group_with_few_months_has_no_share_of_its_own() -> None:
    long, short = triangle([PATTERN] * 30), triangle([(), *[()] * 19, *[PATTERN] * 10], profile="rare", now=29)

    shares = development_shares(pl.concat([long, short]), REACH)

    assert shares_of(shares, "profile", care_profile="rare") == {}
    assert shares_of(shares, "profile", care_profile="ggz")[0] == pytest.approx(0.1)


def test_age_at_which_nothing_was_ever_known_has_no_share() -> None:
    shares = shares_of(development_shares(triangle([(0, 600, 400)] * 20), REACH), "all")

    assert 0 not in shares
    assert shares[1] == pytest.approx(0.6)


def test_later_rejections_make_the_share_more_than_one() -> None:
    shares = shares_of(development_shares(triangle([(1000, 0, -200)] * 20), REACH), "all")

    assert shares[0] == pytest.approx(1.25)
    assert shares[2] == pytest.approx(1)


def test_delay_beyond_the_horizon_is_not_looked_at() -> None:
    amounts = [(500, 500, *[0] * 5, 1000)] * 30

    shares = shares_of(development_shares(triangle(amounts), Reach(horizon_months=6)), "all")

    assert shares[0] == pytest.approx(0.5)
    assert max(shares) == 6


def test_short_history_gives_nothing_and_does_not_load_the_estimator() -> None:
    code = """
import sys
from pipelines.transformation.completeness import Reach, development_shares
from tests.completeness.triangles import triangle
assert development_shares(triangle([(1, 1)] * 12), Reach()).is_empty()
assert "chainladder" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_same_triangle_is_not_estimated_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    development = triangle([PATTERN] * 20)
    first = remembered_shares(development, REACH, tmp_path)
    calls = []

    def estimate(development: pl.DataFrame, reach: Reach) -> pl.DataFrame:
        calls.append(reach)
        return pl.DataFrame(schema=SHARES)

    monkeypatch.setattr(completeness, "development_shares", estimate)

    assert remembered_shares(development.reverse(), REACH, tmp_path).equals(first)
    assert calls == []
    assert remembered_shares(development.with_columns(cents=pl.col("cents") + 1), REACH, tmp_path).is_empty()
    assert remembered_shares(development, Reach(horizon_months=5), tmp_path).is_empty()
    assert len(calls) == 2
    assert len(list(tmp_path.iterdir())) == 1
