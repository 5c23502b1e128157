"""dbt's documentation as a page: every model with its columns, owners and readers, nothing of this machine."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.disclosure import PUBLISHED_TABLES
from pipelines.home import Home
from pipelines.publication.model_pages import write_model_pages
from pipelines.transformation import Dbt, prepare_manifest


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with the project's manifest, and a candidate in which one mart has one column."""
    home = Home(tmp_path_factory.mktemp("pages") / "home")
    home.make()
    with Dbt(home) as dbt:
        prepare_manifest(home, {}, dbt)
    with duckdb.connect(str(home.candidate)) as connection:
        connection.execute("create schema marts; create table marts.practice_years (year integer)")
        connection.execute("comment on column marts.practice_years.year is 'Jaar </script> van de zorg'")
    return home


@pytest.fixture(scope="module")
def manifest(home: Home) -> Mapping[str, Any]:
    return dict(json.loads((home.dbt_target / "manifest.json").read_bytes()))


def _models(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] in ("model", "seed")]


def test_page_has_every_model_and_the_columns_of_the_candidate(home: Home, manifest: Mapping[str, Any]) -> None:
    page = write_model_pages(home, home.staged).read_text(encoding="utf-8")

    assert "INLINE DATA" not in page
    assert all(f'"{node["unique_id"]}"' in page for node in _models(manifest))
    assert '"type": "INTEGER"' in page
    # What is embedded cannot end the script that embeds it.
    assert "Jaar <\\/script> van de zorg" in page


def test_page_says_nothing_of_this_machine_or_moment(home: Home) -> None:
    first = write_model_pages(home, home.staged).read_bytes()
    manifest = home.dbt_target / "manifest.json"
    values = json.loads(manifest.read_bytes())
    values["metadata"] |= {"generated_at": "2026-01-01T00:00:00Z", "invocation_id": "another"}
    manifest.write_text(json.dumps(values), encoding="utf-8")

    second = write_model_pages(home, home.staged).read_bytes()

    assert first == second
    assert str(home.root).encode() not in first
    assert not re.search(rb'"[^"]*(/home/|/root/|/tmp/)[^"]*"', first.replace(b"/tmp/jquery", b""))
    assert str(Path(__file__).parents[2]).encode() not in first


def test_every_model_has_a_group_with_an_owner(manifest: Mapping[str, Any]) -> None:
    groups = {group["name"]: group["owner"]["name"] for group in manifest["groups"].values()}

    assert all(groups.values())
    assert {node["name"] for node in _models(manifest) if node["config"].get("group") not in groups} == set()


def test_exposures_are_the_exports_and_the_report_of_what_is_published(manifest: Mapping[str, Any]) -> None:
    """A table that is published and in no exposure, or the other way round, is a visible difference."""
    reads = {
        exposure["name"]: {unique_id.split(".")[-1] for unique_id in exposure["depends_on"]["nodes"]}
        for exposure in manifest["exposures"].values()
    }
    modelled = {node["name"] for node in _models(manifest)}

    assert set(reads) == {"exports", "report"}
    assert reads["exports"] == set(PUBLISHED_TABLES) & modelled
    assert reads["report"] <= reads["exports"]
