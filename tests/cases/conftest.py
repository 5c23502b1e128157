"""One inbox with every case, taken in by one run."""

from __future__ import annotations

import pytest

from tests.cases.deployment import Deployment
from tests.cases.inbox import fill


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """The deployment after one run over everything that can be wrong."""
    deployment = Deployment.new(tmp_path_factory.mktemp("cases"))
    fill(deployment)
    deployment.run()
    return deployment
