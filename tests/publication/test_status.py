"""What an operator is told: what is live, what can be gone back to, and which check kept the last candidate back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.assets.models import _as_breaches
from pipelines.cli import run_command
from pipelines.commands.publishing import publication_lines
from pipelines.home import Home
from pipelines.publication import audit
from pipelines.transformation import NodeFinished
from tests.publication.homes import number_of, publish_number

DRIFT = audit.Breach(audit.ROW_DRIFT, "marts.practice_years", 500, "marts.practice_years has 500 rows, not 1,000.")


def test_nothing_published_says_nothing(home: Home) -> None:
    assert publication_lines(home) == []


def test_live_and_kept_publications_are_named(home: Home) -> None:
    first, second = publish_number(home, 1).name, publish_number(home, 2).name

    assert publication_lines(home) == [f"Live: {second}.", f"Kept, for 'jeugdspiegel rollback --to NAME': {first}."]


def test_check_that_blocked_the_last_candidate_is_named_until_one_goes_live(home: Home) -> None:
    publish_number(home, 1)
    audit.remember(home, audit.judge([DRIFT], accept_drift=False))

    blocked = publication_lines(home)
    publish_number(home, 2)

    assert blocked[-2:] == [
        "  check row_drift: marts.practice_years has 500 rows, not 1,000.",
        "  If the drift is right: 'jeugdspiegel run --accept-drift'.",
    ]
    assert "was not published:" in blocked[-3]
    assert not any("not published" in line for line in publication_lines(home))


def test_accepted_drift_is_named_while_its_publication_is_live(home: Home) -> None:
    audit.remember(home, audit.judge([DRIFT], accept_drift=True))

    assert publication_lines(home) == [f"Accepted drift, check row_drift: {DRIFT.sentence}"]


def test_rollback_says_from_which_to_which_and_status_names_it(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = publish_number(home, 1).name, publish_number(home, 2).name

    code = run_command(["rollback", "--home", str(home.root)])

    assert code == 0
    assert capsys.readouterr().out.strip() == f"Rolled back from {second} to {first}."
    assert number_of(home.warehouse) == 1
    assert publication_lines(home)[0] == f"Live: {first}, rolled back from {second}."


def test_rollback_without_an_earlier_publication_is_one_sentence(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    publish_number(home, 1)

    code = run_command(["rollback", "--home", str(home.root)])

    captured = capsys.readouterr()
    assert code == 1
    assert captured.out == ""
    assert captured.err.strip().startswith("There is no such publication to go back to")


def test_failed_dbt_test_is_told_like_any_other_check(tmp_path: Path) -> None:
    nodes = {
        "test.jeugdspiegel.sums.1": {"attached_node": "model.jeugdspiegel.practice_years"},
        "model.jeugdspiegel.practice_years": {"schema": "marts", "name": "practice_years"},
        "test.jeugdspiegel.assert_all": {},
    }
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"nodes": nodes}), encoding="utf-8")
    failed = [
        NodeFinished("test.jeugdspiegel.sums.1", "fail", 1, 2, {"data": {"num_failures": 3}}),
        NodeFinished("test.jeugdspiegel.assert_all", "fail", 2, 2, {"data": {"num_failures": "7"}}),
    ]

    breaches = _as_breaches(failed, manifest)

    assert breaches == [
        audit.Breach("sums", "marts.practice_years", 3, "3 rows in marts.practice_years are not as they must be."),
        audit.Breach("assert_all", "", 7, "7 rows are not as they must be."),
    ]
