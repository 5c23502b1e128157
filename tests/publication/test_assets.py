"""The two assets: what blocks, what goes on, and what an operator may accept."""

from __future__ import annotations

from typing import Any

import dagster as dg
import duckdb
import polars as pl
import pytest

from pipelines import nightly
from pipelines.assets import publication as assets
from pipelines.disclosure import Protected
from pipelines.home import Home
from pipelines.publication import audit, kept, roll_back
from pipelines.resources import Progress
from tests.publication.homes import MASK, build_candidate, number_of, protected_tables, publish_number

_AUDIT = pl.DataFrame({"table_name": ["practice_years"], "measure": ["clients"], "cells": [5]})


@pytest.fixture
def failures(monkeypatch: pytest.MonkeyPatch, home: Home) -> list[str]:
    """What the attack says it found; disclosure control itself has its own tests."""
    found: list[str] = []

    def protect(*_: Any) -> Protected:
        tables = {name: frame for name, frame in protected_tables(home).items() if name != "texts"}
        return Protected(tables, MASK, _AUDIT, tuple(found))

    monkeypatch.setattr(assets, "protect", protect)
    monkeypatch.setattr(assets, "write_model_pages", lambda *_: None)
    monkeypatch.setattr(assets.standing, "remember", lambda _: None)
    return found


def _run(home: Home, *, accept_drift: bool = False) -> dg.ExecuteInProcessResult:
    return dg.materialize(
        assets.build_publication([]),
        resources={"home": home, "progress": Progress()},
        run_config={
            "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
            "ops": {"protected": {"config": {"accept_drift": accept_drift}}},
        },
        raise_on_error=False,
    )


def _failed_checks(result: dg.ExecuteInProcessResult) -> dict[str, dict[str, Any]]:
    return {
        evaluation.check_name: {name: value.value for name, value in evaluation.metadata.items()}
        for evaluation in result.get_asset_check_evaluations()
        if not evaluation.passed
    }


def test_candidate_that_passes_every_check_goes_live(home: Home, failures: list[str]) -> None:
    build_candidate(home, 1)

    result = _run(home)

    assert result.success
    assert number_of(home.warehouse) == number_of(home.published / "jeugdspiegel.duckdb") == 1
    assert {evaluation.check_name for evaluation in result.get_asset_check_evaluations()} == set(audit.CHECKS)
    (live,) = result.asset_materializations_for_node("publication")
    assert live.metadata["published"].value == str(home.published)
    with duckdb.connect(str(home.published / "jeugdspiegel.duckdb"), read_only=True) as connection:
        described = connection.execute(
            "select comment from duckdb_tables() where table_name = 'disclosure_audit'"
        ).fetchone()
        suppressed = connection.execute(
            "select distinct comment from duckdb_columns() where column_name = 'is_suppressed'"
        ).fetchall()
    assert described == (assets.AUDIT_DESCRIPTION,)
    assert suppressed == [(assets.SUPPRESSED_COLUMN,)]


def test_leak_keeps_the_last_publication_and_names_itself(home: Home, failures: list[str]) -> None:
    publish_number(home, 1)
    build_candidate(home, 2)
    failures.append("2 cells of marts.practice_years can be computed back.")

    result = _run(home, accept_drift=True)

    assert not result.success
    assert list(_failed_checks(result)) == ["disclosure"]
    assert number_of(home.warehouse) == 1
    outcome = audit.last(home)
    assert outcome is not None
    assert [breach.sentence for breach in outcome.breaches] == failures


def test_drift_keeps_the_last_publication_until_it_is_accepted(home: Home, failures: list[str]) -> None:
    publish_number(home, 1, rows=1000)
    build_candidate(home, 2, rows=500)

    blocked = _run(home)

    assert not blocked.success
    failed = _failed_checks(blocked)
    assert set(failed) == {"row_drift", "cost_drift"}
    assert failed["row_drift"] == {"marts.practice_years": 500, "marts.referral_trend": 500}
    assert number_of(home.warehouse) == 1

    accepted = _run(home, accept_drift=True)

    assert accepted.success
    assert number_of(home.warehouse) == 2
    assert [evaluation.passed for evaluation in accepted.get_asset_check_evaluations()] == [True] * 4


def test_lost_row_keeps_the_last_publication(home: Home, failures: list[str]) -> None:
    publish_number(home, 1)
    build_candidate(home, 2)
    with duckdb.connect(str(home.candidate)) as connection:
        connection.execute("update ops.deliveries set rows_accepted = rows_accepted - 1")

    result = _run(home, accept_drift=True)

    assert not result.success
    assert _failed_checks(result) == {"conservation": {"ops.deliveries": 1}}
    assert number_of(home.warehouse) == 1


def test_withdrawn_publication_is_still_known_to_disclosure_control(
    home: Home, failures: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_number(home, 1)
    publish_number(home, 2)
    roll_back(home)
    build_candidate(home, 3)
    shown: list[int] = []
    protect = assets.protect

    def seen(warehouse: Any, settings: Any, earlier: Any) -> Protected:
        shown.extend(one.tables["referral_trend"].get_column("publication_mark").item(0) for one in earlier)
        assert all(one.mask.equals(MASK) for one in earlier)
        return protect(warehouse, settings, earlier)

    monkeypatch.setattr(assets, "protect", seen)

    assert _run(home).success
    assert shown == [1, 2]


class _NoDbt:
    """The models are not built in these tests."""

    def __enter__(self) -> _NoDbt:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def start(self) -> None:
        pass


def test_run_that_a_check_blocked_fails_in_one_sentence_with_check_table_and_how_many(
    home: Home, failures: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_number(home, 1, rows=1000)
    build_candidate(home, 2, rows=500)

    def build_definitions(place: Home, overrides: dict[str, Any]) -> dg.Definitions:
        job = dg.define_asset_job("nightly", selection="*", executor_def=dg.in_process_executor)
        resources = {"home": place, "progress": overrides["progress"]}
        return dg.Definitions(assets=assets.build_publication([]), jobs=[job], resources=resources)

    monkeypatch.setattr(nightly, "build_definitions", build_definitions)
    monkeypatch.setattr(nightly, "Dbt", lambda _: _NoDbt())

    with pytest.raises(audit.AuditError) as raised:
        nightly.run_nightly(home.root)

    assert str(raised.value) == (
        "Not published: check row_drift: marts.practice_years has 500 rows, the live publication 1,000 "
        "(max_row_drift 0.3) (5 more: 'jeugdspiegel status'). If this is right: 'jeugdspiegel run --accept-drift'."
    )
    assert number_of(home.warehouse) == 1
    result = nightly.run_nightly(home.root, accept_drift=True)
    assert result.published.name in {publication.name for publication in kept(home) if publication.is_current}
    assert number_of(home.warehouse) == 2
