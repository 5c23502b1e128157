"""The home folder of the fortnight, which the restore test uses once more when the nights are over."""

from __future__ import annotations

import pytest

from pipelines.home import Home
from tests.cases.deployment import Deployment


@pytest.fixture(scope="session")
def fortnight_home(long_tests: None, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A deployment of one municipality with the two reference tables that must be there."""
    return Home(Deployment.new(tmp_path_factory.mktemp("fortnight") / "home").home)
