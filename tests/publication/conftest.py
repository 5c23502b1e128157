"""A home of its own for each test of publishing."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.home import Home
from tests.publication.homes import new_home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home in which nothing was published yet."""
    return new_home(tmp_path)
