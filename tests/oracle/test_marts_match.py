"""The marts against the definition: the same histories through dbt and through plain Python give the same rows.

`ORACLE_SEEDS=1-20 ORACLE_HISTORIES=400 pytest tests/oracle/test_marts_match.py` compares more than the fixed few.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .sampling import sample
from .shrinking import described, shrink
from .warehouse import PROJECT, differences

HISTORIES = int(os.environ.get("ORACLE_HISTORIES", "300"))
STANDARD_GAP = 31
Case = tuple[tuple[int, ...], int]
# Seeds that share a gap share a build; fewer for the other gaps, which only show that the parameter is used.
FIXED: list[Case] = [((1, 2, 3), STANDARD_GAP), ((4,), 0), ((5,), 92)]


def _cases() -> list[Case]:
    asked = os.environ.get("ORACLE_SEEDS")
    if asked is None:
        return FIXED
    first, _, last = asked.partition("-")
    return [((seed,), STANDARD_GAP) for seed in range(int(first), int(last or first) + 1)]


@pytest.mark.skipif(not (PROJECT / "dbt_project.yml").exists(), reason="the dbt project is not there")
@pytest.mark.parametrize(("seeds", "max_gap_days"), _cases())
def test_random_histories_give_the_rows_that_the_definition_gives(
    seeds: tuple[int, ...], max_gap_days: int, tmp_path: Path
):
    number = HISTORIES if max_gap_days == STANDARD_GAP else HISTORIES // 3
    histories = [history for seed in seeds for history in sample(number, seed)]
    unlike = differences(histories, tmp_path / "all", max_gap_days)
    if unlike:
        first = min(unlike, key=lambda index: len(histories[index].deliveries))
        smallest, found = shrink(histories[first], tmp_path, max_gap_days)
        pytest.fail(f"{len(unlike)} of {len(histories)} histories differ; the smallest:\n{described(smallest, found)}")
