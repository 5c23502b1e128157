"""The code location: what is in it, when it runs, and that loading it does nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster._core.test_utils import freeze_time

from pipelines.assets.care_profiles import CARE_PROFILES
from pipelines.assets.guard import WRITERS
from pipelines.automation import nightly
from pipelines.definitions import build_definitions
from pipelines.home import Home
from pipelines.operations.storage import prepare_instance
from schemas.comments import COLUMN_COMMENTS
from schemas.datasets import DATASETS
from schemas.lake_files import FINDINGS, LEDGER, QUARANTINE_ROWS

ROOT = Path(__file__).parent.parent
SNAPSHOT = Path(__file__).parent / "data" / "definitions.txt"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("definitions"))
    home.make()
    return home


@pytest.fixture(scope="module")
def definitions(home: Home) -> dg.Definitions:
    return build_definitions(home)


def _described(definitions: dg.Definitions) -> str:
    graph = definitions.resolve_asset_graph()
    assets = [f"asset {graph.get(key).group_name}: {key.to_user_string()}" for key in graph.get_all_asset_keys()]
    jobs = [f"job {job.name}" for job in definitions.resolve_all_job_defs() if not job.name.startswith("__")]
    sensors = [f"sensor {sensor.name}: {sensor.default_status.value.lower()}" for sensor in definitions.sensors or []]
    schedules = [
        f"schedule {schedule.name}: {schedule.cron_schedule} {schedule.execution_timezone}"
        for schedule in definitions.schedules or []
        if isinstance(schedule, dg.ScheduleDefinition)
    ]
    return "\n".join([*sorted(assets), *sorted(jobs), *sorted(schedules), *sorted(sensors), ""])


def test_code_location_loaded_has_what_the_snapshot_names(definitions: dg.Definitions) -> None:
    """A lost asset is a visible diff; ``UPDATE_SNAPSHOT=1`` writes a change that is meant."""
    described = _described(definitions)
    if os.environ.get("UPDATE_SNAPSHOT"):
        SNAPSHOT.write_text(described, encoding="utf-8")

    assert described == SNAPSHOT.read_text(encoding="utf-8")


def test_nightly_schedule_is_at_half_past_three_in_amsterdam(definitions: dg.Definitions) -> None:
    (schedule,) = definitions.schedules or []

    assert isinstance(schedule, dg.ScheduleDefinition)
    assert (schedule.name, schedule.job_name) == ("nightly", "nightly")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("30 3 * * *", "Europe/Amsterdam")


def test_every_asset_is_made_here_and_by_the_nightly_job(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    job = definitions.resolve_job_def(nightly.name)

    # The log of the runs is written around the job, not by an asset of it.
    assert {key.path[0] for key in graph.external_asset_keys} <= {"operations"}
    assert job.asset_layer.selected_asset_keys == graph.executable_asset_keys


def test_every_asset_says_what_it_is(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()

    silent = {key.to_user_string() for key in graph.executable_asset_keys if not graph.get(key).description}

    assert silent == set()


def test_every_asset_has_an_owner_and_a_kind(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    nodes = [graph.get(key) for key in graph.executable_asset_keys]

    assert {node.key.to_user_string() for node in nodes if not node.owners} == set()
    assert {node.key.to_user_string() for node in nodes if not node.kinds} == set()


def test_columns_are_described_where_the_asset_is(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    lines = graph.get(dg.AssetKey(["lake", "declaration_lines"])).metadata["dagster/column_schema"]
    mart = graph.get(dg.AssetKey(["marts", "missing_deliveries"])).metadata["dagster/column_schema"]

    (amount,) = [column for column in lines.columns if column.name == "amount_cents"]
    assert amount.type == "Int64"
    assert all(column.description for column in [*lines.columns, *mart.columns])


def test_every_column_of_the_lake_has_a_comment() -> None:
    columns = {name for dataset in DATASETS.values() for name in dataset.lake}
    columns |= {*LEDGER, *FINDINGS, *QUARANTINE_ROWS}

    assert columns == set(COLUMN_COMMENTS)


def test_datasets_are_in_months_and_nothing_else_is(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    partitioned = {key.to_user_string() for key in graph.get_all_asset_keys() if graph.get(key).partitions_def}
    months = graph.get(dg.AssetKey(["lake", "allocations"])).partitions_def
    assert months is not None

    with freeze_time(datetime(2026, 3, 29, 1, 30, tzinfo=UTC)):
        keys = months.get_partition_keys()

    assert partitioned == {f"lake/{dataset}" for dataset in DATASETS}
    assert (keys[0], keys[-1]) == ("2015-01-01", "2026-03-01")


def test_whatever_writes_is_in_the_pool_with_one_slot(definitions: dg.Definitions) -> None:
    template = yaml.safe_load((ROOT / "dagster.yaml").read_text(encoding="utf-8"))
    pools = {
        (assets.op.name, assets.op.pool)
        for assets in definitions.assets or []
        if isinstance(assets, dg.AssetsDefinition)
    }

    assert {pool for _, pool in pools} == {WRITERS}
    assert template["concurrency"]["pools"] == {"granularity": "run", "default_limit": 1}


def test_what_must_be_fresh_has_a_policy(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    watched = {key.to_user_string() for key in graph.get_all_asset_keys() if graph.get(key).freshness_policy}

    profiles = {f"declarations/{profile}" for profile in CARE_PROFILES}
    assert watched == {"lake/allocations", "lake/poh_registrations", "publication", *profiles}


def test_expected_deliveries_are_a_check_that_warns(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    (check,) = [key for key in graph.asset_check_keys if key.name == "assert_every_expected_delivery_is_there"]

    assert check.asset_key == dg.AssetKey(["marts", "missing_deliveries"])


def test_publication_waits_for_every_mart_and_for_the_ledger_of_deliveries(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    read_by_people = {key for key in graph.get_all_asset_keys() if graph.get(key).group_name in {"marts", "ops"}}

    parents = graph.get(dg.AssetKey("protected")).parent_keys

    assert parents == read_by_people
    assert {dg.AssetKey(["marts", "practice_years"]), dg.AssetKey(["ops", "deliveries"])} <= parents


def test_every_care_profile_stands_between_the_lake_and_the_models(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    profiles = {key for key in graph.get_all_asset_keys() if key.path[0] == "declarations"}

    assert len(profiles) == 10
    for profile in profiles:
        assert dg.AssetKey(["lake", "declaration_lines"]) in graph.get(profile).parent_keys
    assert profiles <= graph.get(dg.AssetKey(["staging", "stg_lake__declaration_lines"])).parent_keys


def test_checks_of_severity_error_block(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    warning = {key.name for key in graph.asset_check_keys if not graph.get(key).blocking}

    assert graph.asset_check_keys
    assert warning == {"assert_every_expected_delivery_is_there"}


def test_importing_the_definitions_writes_nothing(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("JEUGDSPIEGEL_HOME", None)

    subprocess.run(
        [sys.executable, "-c", "import pipelines.definitions, pipelines.cli"],
        cwd=tmp_path,
        env=environment,
        check=True,
        timeout=300,
    )

    assert list(tmp_path.iterdir()) == []


def test_workspace_file_loads_in_dagster(home: Home) -> None:
    environment = {**os.environ, "DAGSTER_HOME": str(prepare_instance(home)), "JEUGDSPIEGEL_HOME": str(home.root)}

    validated = subprocess.run(
        [sys.executable, "-m", "dagster", "definitions", "validate", "--workspace", str(ROOT / "workspace.yaml")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )

    assert validated.returncode == 0, validated.stderr[-2000:]


def test_run_in_the_foreground_is_kept_where_the_ui_looks(demo_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(demo_home / "dagster"))

    with dg.DagsterInstance.get() as instance:
        (run,) = instance.get_runs()
        warehouse = instance.get_latest_materialization_event(dg.AssetKey("publication"))

    assert (run.job_name, run.status) == ("nightly", dg.DagsterRunStatus.SUCCESS)
    assert warehouse is not None
    assert warehouse.run_id == run.run_id
