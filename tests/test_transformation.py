"""Asking dbt: what comes back, what is kept, and the one sentence when it goes wrong. On a project of three nodes."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from pipelines import transformation
from pipelines.home import Home
from pipelines.transformation import Dbt, TransformationError, build, prepare_manifest

PROJECT = """
name: small
version: "1.0.0"
profile: small
models: {+materialized: table, +schema: marts}
"""
PROFILES = """
small:
  target: candidate
  outputs:
    candidate: {type: duckdb, path: "{{ env_var('JEUGDSPIEGEL_CANDIDATE') }}", threads: 2}
"""
TESTS = """
models:
  - name: figures
    columns:
      - name: figure
        data_tests: [not_null]
"""
SOUND = """
models:
  - name: figures
    data_tests:
      - sound:
          name: figures_is_sound
          arguments:
            keys: [[name]]
            filled: [figure]
            ranges: {figure: [null, 2]}
"""
OWN_PROJECT = transformation.PROJECT_DIR


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.make()
    return home


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(PROJECT, encoding="utf-8")
    (folder / "profiles.yml").write_text(PROFILES, encoding="utf-8")
    (folder / "models" / "models.yml").write_text(TESTS, encoding="utf-8")
    _model(folder, "figures", "select 1 as figure")
    monkeypatch.setattr(transformation, "PROJECT_DIR", folder)
    return folder


def _model(project: Path, name: str, sql: str) -> None:
    (project / "models" / f"{name}.sql").write_text(sql, encoding="utf-8")
    transformation._project_digest.cache_clear()


def test_build_yields_each_node_and_leaves_the_candidate_closed(home: Home, project: Path) -> None:
    with Dbt(home) as dbt:
        prepare_manifest(home, {}, dbt)
        nodes = list(build(dbt, {}))

    assert [(node.name.split("_")[0], node.status, node.total) for node in nodes] == [
        ("figures", "success", 2),
        ("not", "pass", 2),
    ]
    assert not home.candidate.with_name("warehouse.duckdb.wal").exists()
    with duckdb.connect(str(home.candidate)) as connection:
        assert connection.execute("select figure from main_marts.figures").fetchall() == [(1,)]


def test_manifest_is_parsed_again_only_when_something_changed(home: Home, project: Path) -> None:
    with Dbt(home) as dbt:
        manifest = prepare_manifest(home, {}, dbt)
        first = manifest.stat().st_mtime_ns
        assert prepare_manifest(home, {}, dbt).stat().st_mtime_ns == first

        _model(project, "more", "select 2 as figure")

        assert prepare_manifest(home, {}, dbt).stat().st_mtime_ns > first
        assert "model.small.more" in manifest.read_text(encoding="utf-8")


def test_failing_test_ends_in_one_sentence_that_names_it_and_no_value(home: Home, project: Path) -> None:
    _model(project, "figures", "select cast(null as integer) as figure, 'a client' as secret")

    with Dbt(home) as dbt, pytest.raises(TransformationError, match="dbt failed on not_null_figures_figure") as caught:
        list(build(dbt, {}))

    assert "secret" not in str(caught.value)
    assert "a client" not in str(caught.value)


def test_failing_test_of_many_rules_is_told_in_the_log_with_the_rule_that_was_broken(home: Home, project: Path) -> None:
    (project / "macros").mkdir()
    shutil.copy(OWN_PROJECT / "macros" / "tests" / "sound.sql", project / "macros" / "sound.sql")
    (project / "models" / "models.yml").write_text(SOUND, encoding="utf-8")
    _model(project, "figures", "select 'a client' as name, 3 as figure union all select 'a client', 3")

    with Dbt(home) as dbt, pytest.raises(TransformationError, match="dbt failed on figures_is_sound") as caught:
        list(build(dbt, {}))

    told = dbt.log.read_text(encoding="utf-8")
    assert "figures_is_sound: key name (1)\n" in told
    assert "figures_is_sound: figure at most 2 (2)\n" in told
    assert "filled" not in told
    assert "a client" not in told + str(caught.value)


def test_failing_test_of_its_own_file_ends_in_the_same_sentence(home: Home, project: Path) -> None:
    (project / "tests").mkdir()
    (project / "tests" / "assert_nothing.sql").write_text("select * from {{ ref('figures') }}", encoding="utf-8")
    transformation._project_digest.cache_clear()

    with Dbt(home) as dbt, pytest.raises(TransformationError, match="dbt failed on assert_nothing;"):
        list(build(dbt, {}))


def test_memory_that_the_settings_name_is_what_duckdb_may_take(home: Home, project: Path) -> None:
    shutil.copy(OWN_PROJECT / "profiles.yml", project)
    project_file = (
        (project / "dbt_project.yml").read_text(encoding="utf-8").replace("profile: small", "profile: jeugdspiegel")
    )
    (project / "dbt_project.yml").write_text(project_file, encoding="utf-8")
    _model(project, "figures", "select 1 as figure, current_setting('memory_limit') as memory")

    allowed = [_memory_of(home)]
    home.settings_file.write_text("[warehouse]\nmemory_mib = 300\n", encoding="utf-8")
    allowed.append(_memory_of(home))

    with duckdb.connect() as asked:
        (shown,) = asked.execute("select current_setting('memory_limit')").fetchall()[0]
        # As it is shown, to a tenth: what is shown of that may be a tenth less.
        asked.execute(f"set memory_limit = '{shown}'")
        (own,) = asked.execute("select current_setting('memory_limit')").fetchall()[0]
    assert allowed == [own, "300.0 MiB"]


def _memory_of(home: Home) -> str:
    with Dbt(home) as dbt:
        list(build(dbt, {}))
    with duckdb.connect(str(home.candidate)) as connection:
        return connection.execute("select memory from main_marts.figures").fetchall()[0][0]


def test_failing_model_is_told_in_the_log_that_the_sentence_names(home: Home, project: Path) -> None:
    _model(project, "figures", "select no_such_column as figure")

    with Dbt(home) as dbt, pytest.raises(TransformationError, match="dbt failed on figures") as caught:
        list(build(dbt, {}))

    assert str(dbt.log) in str(caught.value)
    assert "no_such_column" in dbt.log.read_text(encoding="utf-8")


def test_project_that_does_not_parse_is_refused_and_parsed_again_once_mended(home: Home, project: Path) -> None:
    _model(project, "figures", "select figure from {{ ref('nowhere') }}")

    with Dbt(home) as dbt:
        with pytest.raises(TransformationError, match="the reason is in"):
            prepare_manifest(home, {}, dbt)
        _model(project, "figures", "select 1 as figure")

        assert prepare_manifest(home, {}, dbt).exists()


def test_dbt_that_dies_is_told_in_one_sentence(home: Home, project: Path) -> None:
    with Dbt(home) as dbt:
        nodes = build(dbt, {})
        next(nodes)
        assert dbt._process is not None
        dbt._process.kill()

        with pytest.raises(TransformationError, match="dbt stopped before it was done"):
            list(nodes)
