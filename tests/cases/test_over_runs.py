"""What happens from one run to the next: mended files, files taken away, files forgotten, files still growing."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cases.deployment import Deployment, january, line
from tests.cases.inbox import provider


@contextmanager
def being_written(path: Path, content: bytes) -> Iterator[None]:
    """Somebody writes this file all the time, and is done at the end."""
    is_done = threading.Event()

    def write() -> None:
        with path.open("wb") as file:
            file.write(content[: len(content) // 2])
            while not is_done.wait(0.05):
                file.write(b" ")
                file.flush()
        path.write_bytes(content)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        is_done.set()
        writer.join()


@pytest.fixture(scope="module")
def two_nights(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """A first night with a broken file, a second with the mended one and without the file of the first night.

    ``growing.xml`` is written during the first night; after it, ``seen_growing`` says what the ledger then had of it.
    """
    deployment = Deployment.new(tmp_path_factory.mktemp("nights"))
    good = january(provider(1), "M1", line("A1"))
    deployment.deliver("mended.xml", january(provider(2), "M1", line("A1"), stated_cents=1))
    deployment.deliver("taken_away.xml", good)
    with being_written(deployment.home / "inbox" / "growing.xml", january(provider(3), "M1", line("A1"))):
        deployment.run()
    (deployment.home / "seen_growing").write_text(
        repr(deployment.rows("select outcome from ops.deliveries where file_name = 'growing.xml'")), encoding="utf-8"
    )
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


def test_file_that_grows_is_left_for_the_next_night(two_nights: Deployment) -> None:
    assert (two_nights.home / "seen_growing").read_text(encoding="utf-8") == "[]"
    assert two_nights.delivery("growing.xml")["outcome"] == "accepted"
    assert two_nights.cost(provider(3)) == 100


def test_forgotten_file_stops_counting_and_says_what_went(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``young.xml`` is younger than ``reading.settle_seconds`` on the first night, and is taken on the next."""
    from pipelines.cli import run_command

    deployment = Deployment.new(tmp_path)
    (tmp_path / "jeugdspiegel.toml").write_text("[reading]\nsettle_seconds = 1\n", encoding="utf-8")
    deployment.deliver("one.xml", january(provider(1), "M1", line("A1")))
    deployment.deliver("two.xml", january(provider(2), "M1", line("A1")))
    deployment.deliver("young.xml", january(provider(3), "M1", line("A1")))
    tomorrow, yesterday = time.time() + 86_400, time.time() - 86_400
    os.utime(tmp_path / "inbox" / "young.xml", (tomorrow, tomorrow))
    for name in ("one.xml", "two.xml"):
        os.utime(tmp_path / "inbox" / name, (yesterday, yesterday))
    assert run_command(["run", "--home", str(tmp_path)]) == 0
    assert deployment.rows("select 1 from ops.deliveries where file_name = 'young.xml'") == []
    os.utime(tmp_path / "inbox" / "young.xml", (yesterday, yesterday))
    assert run_command(["forget", "two.xml", "--home", str(tmp_path)]) == 0
    assert "two.xml" in capsys.readouterr().out
    (tmp_path / "inbox" / "two.xml").unlink()
    deployment.run()
    names = [row["file_name"] for row in deployment.rows("select file_name from ops.deliveries order by 1")]
    assert names == ["one.xml", "young.xml"]
    assert (deployment.cost(provider(2)), deployment.cost(provider(3))) == (0, 100)
