"""A warehouse stands while nothing that it was built from has changed; anything else builds it again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines import lake
from pipelines.home import Home
from pipelines.publication import roll_back
from pipelines.publication.standing import find_standing, remember
from tests.publication.homes import number_of, publish_number


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home whose warehouse went live a moment ago, with an empty inbox."""
    place = Home(tmp_path)
    place.make()
    with lake.locked(place):
        lake.ensure_schemas(place)
    place.lake_reference.mkdir(parents=True, exist_ok=True)
    (place.lake_reference / "praktijken.parquet").write_bytes(b"practices")
    place.warehouse.write_bytes(b"warehouse")
    remember(place)
    return place


def test_warehouse_stands_when_nothing_is_new(home: Home) -> None:
    standing = find_standing(home)
    assert standing is not None
    assert standing.report.files_new == 0
    assert "stands" in standing.reason


def _deliver(home: Home) -> None:
    (home.inbox / "new.xml").write_bytes(b"<a/>")


def _change_reference(home: Home) -> None:
    (home.lake_reference / "praktijken.parquet").write_bytes(b"other practices")


def _change_settings(home: Home) -> None:
    home.settings_file.write_text("max_gap_days = 92\n", encoding="utf-8")


def _change_disclosure(home: Home) -> None:
    home.settings_file.write_text("[disclosure]\nminimum_clients = 7\n", encoding="utf-8")


def _change_ledger(home: Home) -> None:
    (home.lake / "ledger.parquet").write_bytes(b"one delivery less")


def _lose_warehouse(home: Home) -> None:
    home.warehouse.unlink()


@pytest.mark.parametrize(
    "change", [_deliver, _change_reference, _change_settings, _change_disclosure, _change_ledger, _lose_warehouse]
)
def test_warehouse_is_built_again_when_something_changed(home: Home, change: Callable[[Home], None]) -> None:
    change(home)
    assert find_standing(home) is None


def test_publication_that_was_rolled_back_to_stands_and_says_so(home: Home) -> None:
    """Or the next night would publish again what an operator took back."""
    home.warehouse.unlink()
    publish_number(home, 1)
    newer = publish_number(home, 2).name
    remember(home)
    roll_back(home)

    standing = find_standing(home)

    assert standing is not None
    assert standing.rolled_back_from == newer
    assert standing.reason.endswith(f"stands, in the place of {newer}.")
    assert number_of(home.warehouse) == 1
