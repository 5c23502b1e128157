"""The home folder of the fortnight, which the restore test uses once more when the nights are over."""

from __future__ import annotations

import os

import pytest

from pipelines.home import Home
from tests.cases.deployment import Deployment


@pytest.fixture(scope="session")
def fortnight_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A deployment of one municipality with the two reference tables that must be there."""
    if "JEUGDSPIEGEL_LONG_TESTS" not in os.environ:
        pytest.skip("fourteen nights take minutes: 'make fortnight' passes them")
    return Home(Deployment.new(tmp_path_factory.mktemp("fortnight") / "home").home)
