"""Two hundred sparse worlds: nothing that is suppressed can be worked out, by our attack or by somebody else's."""

from __future__ import annotations

import os
import random

import pytest

from benchmarks.care_worlds import World, facts_of
from pipelines.disclosure.protection import protect_facts
from pipelines.settings import DisclosureSettings
from tests.disclosure.outsider import Outsider, read_counts, read_euros

_SETTINGS = DisclosureSettings()
_SIZES = (
    World(practices=3, municipalities=2, regions=1, years=1, per_year=12.0, profiles=4),
    World(practices=5, municipalities=2, regions=1, years=2, per_year=6.0, profiles=7),
    World(practices=4, municipalities=3, regions=2, years=1, per_year=40.0, profiles=8),
    World(practices=2, municipalities=1, regions=1, years=1, per_year=25.0, profiles=3),
)
_MANY = int(os.environ.get("JEUGDSPIEGEL_TEST_WORLDS", "40"))


@pytest.mark.parametrize("seed", range(_MANY))
def test_sparse_world_gives_nothing_away(seed: int) -> None:
    facts = facts_of(_SIZES[seed % len(_SIZES)], seed)

    protected = protect_facts(facts, _SETTINGS, [])

    assert protected.failures == ()
    small = facts.tables["practice_trajectories"]["clients"] < _SETTINGS.minimum_clients
    assert (
        protected.tables["practice_trajectories"]
        .filter(small)["trajectories", "clients", "cost_eur"]
        .null_count()
        .row(0)
        == (small.sum(),) * 3
    )


@pytest.mark.parametrize("seed", range(_MANY // 4))
def test_second_attack_written_apart_works_nothing_out_either(seed: int) -> None:
    facts = facts_of(_SIZES[seed % len(_SIZES)], 1000 + seed)
    profiles = dict(facts.contributions.select("care_profile", "domain").unique().iter_rows())
    published = protect_facts(facts, _SETTINGS, []).tables

    counts, exact_counts = read_counts(published, profiles), read_counts(facts.tables, profiles)
    for key, least, most in _some(counts, seed):
        assert least <= exact_counts.known[key] <= most
        assert most - least >= _SETTINGS.minimum_clients, key
    euros, exact_euros = read_euros(published, profiles), read_euros(facts.tables, profiles)
    for key, least, most in _some(euros, seed):
        value = exact_euros.known[key]
        assert least - 0.01 <= value <= most + 0.01
        assert value == 0 or least < 0.9 * value or most > 1.1 * value, key


def _some(one: Outsider, seed: int) -> list[tuple[tuple[object, ...], float, float]]:
    keys = sorted(one.unknown, key=repr)
    chosen = random.Random(seed).sample(keys, min(12, len(keys)))
    return [(key, *ends) for key, ends in zip(chosen, one.bounds(chosen), strict=True)]


@pytest.mark.parametrize("seed", range(6))
def test_without_secondary_suppression_the_attack_blocks(seed: int) -> None:
    facts = facts_of(_SIZES[seed % len(_SIZES)], seed)

    protected = protect_facts(facts, _SETTINGS, [], with_secondary=False)

    assert any(sentence.startswith("practice_") for sentence in protected.failures)
    for sentence in protected.failures:
        assert not any(code in sentence for code in ("0001", "practice_0", "practice_1", "profile_"))


def test_lower_threshold_shows_more() -> None:
    facts = facts_of(World(practices=6, municipalities=2, regions=1, years=1, per_year=60.0), seed=3)

    def empty(minimum: int) -> int:
        tables = protect_facts(facts, DisclosureSettings(minimum_clients=minimum), []).tables
        return sum(sum(frame.null_count().row(0)) for frame in tables.values())

    assert empty(5) < empty(10) < empty(30)
