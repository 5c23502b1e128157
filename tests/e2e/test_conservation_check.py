"""The law that nothing is lost, as checks of the ledger: a broken law is seen in Dagster and stops the publication.

On a dbt project of one model, with the tests that the ledger of deliveries has in ours.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import dagster as dg
import polars as pl
import pytest
import yaml

from pipelines import transformation
from pipelines.assets.models import build_models
from pipelines.home import Home
from pipelines.resources import Progress
from pipelines.transformation import Dbt, prepare_manifest

OWN_PROJECT = transformation.PROJECT_DIR
LEDGER = dg.AssetKey(["ops", "deliveries"])
PROJECT = """
name: small
version: "1.0.0"
profile: small
models: {+materialized: table, +schema: ops}
"""
PROFILES = """
small:
  target: candidate
  outputs:
    candidate: {type: duckdb, path: "{{ env_var('JEUGDSPIEGEL_CANDIDATE') }}", threads: 2}
"""
MODEL = "select * from read_parquet('{{ env_var(\"JEUGDSPIEGEL_LAKE\") }}/counted.parquet')"
COUNTS = [
    f"{unit}_{outcome}" for unit in ("rows", "cents") for outcome in ("read", "accepted", "quarantined", "duplicate")
]
KEPT = (5, 3, 1, 1, 500, 700, -200, 0)


def laws() -> list[dict[str, object]]:
    """The tests of the ledger that name a condition of their own."""
    text = (OWN_PROJECT / "models" / "ops" / "ops.yml").read_text(encoding="utf-8")
    (ledger,) = [model for model in yaml.safe_load(text)["models"] if model["name"] == "deliveries"]
    return [test for test in ledger["data_tests"] if "row_condition" in test]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    (folder / "macros").mkdir()
    (folder / "dbt_project.yml").write_text(PROJECT, encoding="utf-8")
    (folder / "profiles.yml").write_text(PROFILES, encoding="utf-8")
    (folder / "models" / "deliveries.sql").write_text(MODEL, encoding="utf-8")
    tested = {"models": [{"name": "deliveries", "data_tests": laws()}]}
    (folder / "models" / "deliveries.yml").write_text(yaml.safe_dump(tested), encoding="utf-8")
    shutil.copy(OWN_PROJECT / "macros" / "tests" / "row_condition.sql", folder / "macros")
    monkeypatch.setattr(transformation, "PROJECT_DIR", folder)
    home = Home(tmp_path / "home")
    home.make()
    home.candidate.parent.mkdir(exist_ok=True)
    return home


def night(home: Home, *counted: Sequence[int]) -> tuple[bool, dict[str, bool], bool]:
    """Build the ledger; gives whether the run succeeded, each check's verdict, and whether anything was published."""
    home.lake.mkdir(exist_ok=True)
    pl.DataFrame(counted, schema=COUNTS, orient="row").write_parquet(home.lake / "counted.parquet")
    published: list[bool] = []

    @dg.asset(deps=[LEDGER])
    def publication() -> None:
        published.append(True)

    with Dbt(home) as dbt:
        models = build_models(prepare_manifest(home, {}, dbt), ())
        resources = {"home": home, "dbt": dbt, "progress": Progress()}
        run = dg.materialize([models, publication], resources=resources, raise_on_error=False)
    checks = {check.check_name: check.passed for check in run.get_asset_check_evaluations()}
    return run.success, checks, bool(published)


def test_lost_row_or_cent_fails_its_check_and_stops_the_publication(home: Home) -> None:
    sound = night(home, KEPT)
    a_row_lost, a_cent_lost = (6, *KEPT[1:]), (*KEPT[:4], 499, *KEPT[5:])
    broken = night(home, KEPT, a_row_lost, a_cent_lost)

    assert sound == (True, {"rows_are_conserved": True, "cents_are_conserved": True}, True)
    assert broken == (False, {"rows_are_conserved": False, "cents_are_conserved": False}, False)
