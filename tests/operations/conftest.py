"""What the tests of operations share: an empty home, and a night in it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.home import Home

NIGHT = datetime(2026, 3, 2, 2, 30, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home with the folders of a run."""
    place = Home(tmp_path / "home")
    place.make()
    return place
