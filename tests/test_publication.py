"""The swap: whole or not at all, for readers, for a killed run, and for whoever holds a lock."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipelines.home import Home
from pipelines.publication import PublicationError, audit, check_replaceable, clear_candidate, publish
from tests.publication.homes import audited_candidate, build_candidate, number_of, publish_number

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
    published = publish_number(home, 1)

    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        assert connection.execute("select figure from marts.shown").fetchone() == (1,)
    assert published.rows["marts.practice_years"] == 5
    assert not home.candidate.exists()


def test_rights_are_those_of_the_contract_whatever_the_umask(home: Home) -> None:
    publish_number(home, 1)

    def mode(path: Path) -> int:
        return stat.S_IMODE(path.stat().st_mode)

    private = {path.name for path in home.current.iterdir() if path.is_file()}
    assert private == {"warehouse.duckdb", "mask.parquet", "manifest.json", "audit.json", "live"}
    assert {mode(home.current / name) for name in private} == {0o600}
    assert mode(home.warehouse) == 0o600
    below = list(home.published.resolve().rglob("*"))
    assert {mode(path) for path in below if path.is_file()} == {0o644}
    folders = [home.publications, home.current, home.published, *(path for path in below if path.is_dir())]
    assert {mode(path) for path in folders} == {0o755}


def test_reader_open_during_the_swap_goes_on_and_a_new_one_sees_the_new_figures(home: Home) -> None:
    publish_number(home, 1)
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

        publish_number(home, 2, keep=1)

        reader.stdin.write("\n")
        reader.stdin.flush()
        assert reader.stdout.readline().strip() == "1"
        assert number_of(home.warehouse) == 2
        reader.stdin.close()


def test_candidate_left_by_a_killed_run_is_removed_with_everything_beside_it(home: Home) -> None:
    audited_candidate(home, 1)
    log = home.candidate.with_name(home.candidate.name + ".wal")
    log.write_bytes(b"half a log")

    assert clear_candidate(home) is True

    assert list(home.candidate.parent.iterdir()) == []
    assert stat.S_IMODE(home.candidate.parent.stat().st_mode) == 0o700
    assert clear_candidate(home) is False


def test_candidate_in_use_by_another_run_is_refused_in_one_sentence(home: Home, holder) -> None:
    home.candidate.parent.mkdir(exist_ok=True)
    holder(home.candidate)

    with pytest.raises(PublicationError, match="another run is building it"):
        clear_candidate(home)

    assert home.candidate.exists()


def test_warehouse_open_for_writing_elsewhere_is_refused_and_stays_as_it_was(home: Home, holder) -> None:
    publish_number(home, 1)
    holder(home.warehouse)
    before = home.warehouse.stat()
    audited_candidate(home, 2)

    with pytest.raises(PublicationError, match="open for writing in another program"):
        publish(home, keep=7)

    after = home.warehouse.stat()
    assert (after.st_ino, after.st_size, after.st_mtime_ns) == (before.st_ino, before.st_size, before.st_mtime_ns)


def test_reader_elsewhere_does_not_count_as_a_lock(home: Home) -> None:
    publish_number(home, 1)

    with duckdb.connect(str(home.warehouse), read_only=True) as reader:
        check_replaceable(home)
        assert reader.execute("select figure from marts.shown").fetchone() == (1,)


def test_no_candidate_leaves_the_warehouse_as_it_was(home: Home) -> None:
    publish_number(home, 1)

    with pytest.raises(PublicationError, match="the models were not built"):
        publish(home, keep=7)

    assert number_of(home.warehouse) == 1


def test_candidate_that_was_not_audited_leaves_the_warehouse_as_it_was(home: Home) -> None:
    publish_number(home, 1)
    build_candidate(home, 2)

    with pytest.raises(PublicationError, match="was not protected and audited"):
        publish(home, keep=7)

    assert number_of(home.warehouse) == 1


def test_candidate_that_failed_its_audit_leaves_the_warehouse_as_it_was(home: Home) -> None:
    publish_number(home, 1)
    census = audited_candidate(home, 2)
    breach = audit.Breach(audit.DISCLOSURE, "", 1, "1 cell of marts.practice_years can be computed back.")
    audit.remember(home, audit.judge([breach], accept_drift=True), census)

    with pytest.raises(PublicationError, match=r"check disclosure: 1 cell of marts.practice_years"):
        publish(home, keep=7)

    assert number_of(home.warehouse) == 1


def test_candidate_that_is_no_database_leaves_the_warehouse_as_it_was(home: Home) -> None:
    publish_number(home, 1)
    audited_candidate(home, 2)
    home.candidate.write_bytes(b"not a database at all" * 1000)

    with pytest.raises(PublicationError, match="cannot be read as a DuckDB file"):
        publish(home, keep=7)

    assert number_of(home.warehouse) == 1


def test_folder_in_the_place_of_the_warehouse_is_refused_in_one_sentence(home: Home) -> None:
    home.warehouse.mkdir()

    with pytest.raises(PublicationError, match="is a folder"):
        check_replaceable(home)


def test_home_of_before_publications_were_kept_loses_no_file_of_a_person(home: Home) -> None:
    """It had a warehouse of its own in the link's place, and a folder in which somebody may have put something."""
    build_candidate(home, 1)
    home.candidate.replace(home.warehouse)
    log = home.warehouse.with_name(home.warehouse.name + ".wal")
    log.write_bytes(b"what a crashed writer left")
    home.published.mkdir()
    (home.published / "notes.txt").write_text("mine", encoding="utf-8")

    publish_number(home, 2)

    assert number_of(home.warehouse) == number_of(home.published / "jeugdspiegel.duckdb") == 2
    assert not log.exists()
    assert (home.root / "published.before.1" / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_home_copied_without_its_links_publishes_again(home: Home, tmp_path_factory: pytest.TempPathFactory) -> None:
    publish_number(home, 1)
    copy = Home(tmp_path_factory.mktemp("restored") / "home")
    shutil.copytree(home.root, copy.root)
    assert not copy.current.is_symlink()

    publish_number(copy, 2)

    assert copy.current.is_symlink()
    assert number_of(copy.warehouse) == number_of(copy.published / "jeugdspiegel.duckdb") == 2
