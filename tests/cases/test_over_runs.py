"""What happens from one run to the next: mended files, files taken away, files forgotten, files still growing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases.deployment import Deployment, january, line
from tests.cases.inbox import provider


@pytest.fixture(scope="module")
def two_nights(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """A first night with a broken file, a second with the mended one and without the file of the first night."""
    deployment = Deployment.new(tmp_path_factory.mktemp("nights"))
    good = january(provider(1), "M1", line("A1"))
    deployment.deliver("mended.xml", january(provider(2), "M1", line("A1"), stated_cents=1))
    deployment.deliver("taken_away.xml", good)
    deployment.run()
    deployment.deliver("mended.xml", january(provider(2), "M1", line("A1")))
    (deployment.home / "inbox" / "taken_away.xml").unlink()
    deployment.run()
    return deployment


def test_mended_file_is_taken_and_its_refusal_stays_on_record(two_nights: Deployment) -> None:
    rows = two_nights.rows("select outcome from ops.deliveries where file_name = 'mended.xml'")
    assert sorted(row["outcome"] for row in rows) == ["accepted", "refused"]
    assert two_nights.cost(provider(2)) == 100


def test_file_taken_out_of_the_inbox_keeps_counting(two_nights: Deployment) -> None:
    assert two_nights.cost(provider(1)) == 100


def test_forgotten_file_stops_counting_and_says_what_went(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from pipelines.cli import run_command

    deployment = Deployment.new(tmp_path)
    deployment.deliver("one.xml", january(provider(1), "M1", line("A1")))
    deployment.deliver("two.xml", january(provider(2), "M1", line("A1")))
    deployment.run()
    assert run_command(["forget", "two.xml", "--home", str(tmp_path)]) == 0
    assert "two.xml" in capsys.readouterr().out
    (tmp_path / "inbox" / "two.xml").unlink()
    deployment.run()
    assert deployment.rows("select file_name from ops.deliveries") == [{"file_name": "one.xml"}]
    assert deployment.cost(provider(2)) == 0
