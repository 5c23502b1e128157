"""The swap: whole or not at all, for readers, for a killed run, and for whoever holds a lock."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipelines.home import Home
from pipelines.publication import PublicationError, check_replaceable, clear_candidate, publish

_HOLD = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
connection.execute("create table if not exists held as select 1 as one")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.make()
    return home


def _build(path: Path, value: int) -> None:
    path.parent.mkdir(exist_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        connection.execute(f"create table marts.figures as select {value} as figure")
        connection.execute("create view marts.shown as select figure from marts.figures")


def _figure(connection: duckdb.DuckDBPyConnection) -> int:
    row = connection.execute("select figure from marts.shown").fetchone()
    assert row is not None
    return int(row[0])


def _read(path: Path) -> int:
    with duckdb.connect(str(path), read_only=True) as connection:
        return _figure(connection)


@pytest.fixture
def holder(home: Home):
    """Another process that has a DuckDB file open for writing, as a person with the DuckDB shell has."""
    processes = []

    def hold(path: Path) -> None:
        process = subprocess.Popen(
            [sys.executable, "-c", _HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        processes.append(process)
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "held"

    yield hold
    for process in processes:
        process.communicate(timeout=20)


def test_candidate_published_is_the_warehouse_with_its_views(home: Home) -> None:
    _build(home.candidate, 1)

    published = publish(home)

    assert _read(home.warehouse) == 1
    assert published.rows == {"marts.figures": 1}
    assert not home.candidate.exists()


def test_warehouse_published_is_readable_by_its_owner_only(home: Home) -> None:
    _build(home.candidate, 1)

    publish(home)

    assert stat.S_IMODE(home.warehouse.stat().st_mode) == 0o600


def test_reader_open_during_the_swap_goes_on_and_a_new_one_sees_the_new_figures(home: Home) -> None:
    _build(home.candidate, 1)
    publish(home)
    script = (
        "import sys, duckdb\n"
        "connection = duckdb.connect(sys.argv[1], read_only=True)\n"
        "for _ in sys.stdin:\n"
        "    print(connection.execute('select figure from marts.shown').fetchone()[0], flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(home.warehouse)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        reader.stdin.write("\n")
        reader.stdin.flush()
        assert reader.stdout.readline().strip() == "1"

        _build(home.candidate, 2)
        publish(home)

        reader.stdin.write("\n")
        reader.stdin.flush()
        assert reader.stdout.readline().strip() == "1"
        assert _read(home.warehouse) == 2
        reader.stdin.close()


def test_candidate_left_by_a_killed_run_is_removed_first(home: Home) -> None:
    _build(home.candidate, 1)
    log = home.candidate.with_name(home.candidate.name + ".wal")
    log.write_bytes(b"half a log")

    assert clear_candidate(home) is True

    assert not home.candidate.exists()
    assert not log.exists()
    assert clear_candidate(home) is False


def test_candidate_in_use_by_another_run_is_refused_in_one_sentence(home: Home, holder) -> None:
    home.candidate.parent.mkdir()
    holder(home.candidate)

    with pytest.raises(PublicationError, match="another run is building it"):
        clear_candidate(home)

    assert home.candidate.exists()


def test_warehouse_open_for_writing_elsewhere_is_refused_and_stays_as_it_was(home: Home, holder) -> None:
    _build(home.candidate, 1)
    publish(home)
    holder(home.warehouse)
    before = home.warehouse.stat()
    _build(home.candidate, 2)

    with pytest.raises(PublicationError, match="open for writing in another program"):
        publish(home)

    after = home.warehouse.stat()
    assert (after.st_ino, after.st_size, after.st_mtime_ns) == (before.st_ino, before.st_size, before.st_mtime_ns)


def test_reader_elsewhere_does_not_count_as_a_lock(home: Home) -> None:
    _build(home.candidate, 1)
    publish(home)

    with duckdb.connect(str(home.warehouse), read_only=True) as reader:
        check_replaceable(home)
        assert _figure(reader) == 1


def test_log_of_a_crashed_writer_is_not_replayed_over_the_new_warehouse(home: Home) -> None:
    _build(home.candidate, 1)
    publish(home)
    log = home.warehouse.with_name(home.warehouse.name + ".wal")
    log.write_bytes(b"what a crashed writer left")
    _build(home.candidate, 2)

    publish(home)

    assert not log.exists()
    assert _read(home.warehouse) == 2


def test_no_candidate_leaves_the_warehouse_as_it_was(home: Home) -> None:
    _build(home.candidate, 1)
    publish(home)

    with pytest.raises(PublicationError, match="the models were not built"):
        publish(home)

    assert _read(home.warehouse) == 1


def test_candidate_that_is_no_database_leaves_the_warehouse_as_it_was(home: Home) -> None:
    _build(home.candidate, 1)
    publish(home)
    home.candidate.write_bytes(b"not a database at all" * 1000)

    with pytest.raises(PublicationError, match="cannot be read as a DuckDB file"):
        publish(home)

    assert _read(home.warehouse) == 1


def test_folder_in_the_place_of_the_warehouse_is_refused_in_one_sentence(home: Home) -> None:
    home.warehouse.mkdir()

    with pytest.raises(PublicationError, match="is a folder"):
        check_replaceable(home)
