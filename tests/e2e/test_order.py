"""The order and the number of runs change nothing: the same deliveries give the same marts."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import duckdb
import pytest

from pipelines.home import Home
from pipelines.ingestion import ingest
from pipelines.nightly import run_nightly
from pipelines.pseudonyms import load_pseudonyms
from pipelines.settings import Settings


def _marts(warehouse: Path) -> dict[str, list[tuple[object, ...]]]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        tables = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts' order by 1"
        ).fetchall()
        return {name: connection.execute(f"select * from marts.{name} order by all").fetchall() for (name,) in tables}


@pytest.mark.parametrize("seed", [20260301])
def test_deliveries_under_other_names_in_two_halves_give_the_same_marts(
    demo_home: Path, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    # The pseudonyms are those of the demo, or no key of a client could be the same.
    key = (demo_home / "secrets" / "pseudonym.key").read_text(encoding="utf-8").strip()
    monkeypatch.setenv("JEUGDSPIEGEL_PSEUDONYM_KEY", key)
    Home(home).make()
    shutil.copytree(demo_home / "reference", home / "reference", dirs_exist_ok=True)
    files = sorted(path for path in (demo_home / "inbox").rglob("*") if path.is_file())
    random.Random(seed).shuffle(files)

    for night, batch in enumerate((files[: len(files) // 2], files[len(files) // 2 :])):
        for place, file in enumerate(batch):
            target = home / "inbox" / f"{seed % 7}{place % 5}" / f"{night}{place:04}.dat"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, target)
        # The first half waits in the lake, as it does after a night whose build failed.
        ingest(Home(home), Settings(), load_pseudonyms(Home(home).pseudonym_key, os.environ))
    run_nightly(home)

    expected, found = _marts(demo_home / "warehouse.duckdb"), _marts(home / "warehouse.duckdb")
    assert list(found) == list(expected)
    assert expected["trajectory_years"]
    for name, rows in expected.items():
        assert found[name] == rows, name
