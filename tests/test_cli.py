"""The console script, as an operator meets it: exit codes, and one sentence where something is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.cases.deployment import Deployment, january, line

COMMAND = Path(sys.executable).with_name("jeugdspiegel")


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the console script as a user does: other working directory, no variables of ours but the given ones."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("JEUGDSPIEGEL_")}
    return subprocess.run(
        [COMMAND, *map(str, arguments)],
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """The one sentence on stderr; fails when there is more, such as a traceback."""
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return lines[0]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A deployment that could run: one delivery and the two required tables."""
    deployment = Deployment.new(tmp_path / "home")
    deployment.deliver("one.xml", january("94999001", "D1", line("L1")))
    return deployment.home


def test_unknown_command_is_one_sentence_and_exit_code_2() -> None:
    done = run("publsh")

    assert done.returncode == 2
    assert "publsh" in sentence(done)


def test_unknown_option_is_one_sentence_and_exit_code_2(home: Path) -> None:
    done = run("run", "--hoem", home)

    assert done.returncode == 2
    assert "--hoem" in sentence(done)


def test_home_that_is_a_file_is_one_sentence_and_exit_code_2(tmp_path: Path) -> None:
    path = tmp_path / "home"
    path.write_text("not a folder", encoding="utf-8")

    done = run("run", "--home", path)

    assert done.returncode == 2
    assert str(path) in sentence(done)


@pytest.mark.parametrize("command", ["run", "status", "demo", "forget", "referrers"])
def test_unknown_key_in_the_settings_names_file_and_key_and_exits_2(home: Path, command: str) -> None:
    (home / "jeugdspiegel.toml").write_text("max_gap_day = 31\n", encoding="utf-8")

    done = run(command, *(["one.xml"] if command == "forget" else []), "--home", home)

    assert done.returncode == 2
    assert "jeugdspiegel.toml" in sentence(done)
    assert "max_gap_day" in sentence(done)


def test_empty_inbox_is_one_sentence_and_exit_code_0(tmp_path: Path) -> None:
    done = run("run", "--home", tmp_path / "home")

    assert done.returncode == 0
    assert done.stderr == ""
    assert len(done.stdout.strip().splitlines()) == 1
    assert f"The inbox {tmp_path / 'home' / 'inbox'} is empty" in done.stdout


def test_home_of_the_environment_is_used_without_the_option(tmp_path: Path) -> None:
    done = run("status", JEUGDSPIEGEL_HOME=str(tmp_path / "elsewhere"))

    assert done.returncode == 0
    assert str(tmp_path / "elsewhere") in done.stdout


def test_missing_reference_table_names_the_file_and_exits_2(home: Path) -> None:
    (home / "warehouse.duckdb").write_bytes(b"what was live before")
    (home / "reference" / "praktijken.csv").unlink()

    done = run("run", "--home", home)

    assert done.returncode == 2
    assert "praktijken.csv" in sentence(done)
    assert (home / "warehouse.duckdb").read_bytes() == b"what was live before"


def test_broken_reference_row_names_file_and_line_and_exits_2(home: Path) -> None:
    path = home / "reference" / "zorgprofielen.csv"
    path.write_text(path.read_text(encoding="utf-8") + "0988,54003,begeleiding,noise,,2015-01-01,\n", encoding="utf-8")

    done = run("run", "--home", home)

    assert done.returncode == 2
    assert "zorgprofielen.csv" in sentence(done)
    assert "line 3" in sentence(done)


def test_warehouse_locked_by_a_writer_is_one_sentence_and_exit_code_1(home: Path) -> None:
    warehouse = home / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as writer:
        writer.execute("create table mine as select 1 as one")
        writer.execute("checkpoint")
        before = warehouse.stat()

        done = run("run", "--home", home)

        after = warehouse.stat()
    assert done.returncode == 1
    assert f"{warehouse} is open for writing in another program" in sentence(done)
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_key_that_others_can_read_is_one_sentence_and_exit_code_2(home: Path) -> None:
    (home / "secrets").mkdir()
    key = home / "secrets" / "pseudonym.key"
    key.write_text("0" * 64, encoding="utf-8")
    key.chmod(0o644)

    done = run("run", "--home", home)

    assert done.returncode == 2
    assert "pseudonym.key" in sentence(done)


def test_status_before_the_first_run_says_so(tmp_path: Path) -> None:
    done = run("status", "--home", tmp_path)

    assert done.returncode == 0
    assert "No run has put a warehouse live" in done.stdout


def test_status_of_a_warehouse_that_is_locked_is_one_sentence_and_exit_code_1(home: Path) -> None:
    with duckdb.connect(str(home / "warehouse.duckdb")) as writer:
        writer.execute("create table mine as select 1 as one")

        done = run("status", "--home", home)

    assert done.returncode == 1
    assert "warehouse.duckdb cannot be read" in sentence(done)


def test_forgetting_before_anything_was_delivered_exits_2(home: Path) -> None:
    done = run("forget", "one.xml", "--home", home)

    assert done.returncode == 2
    assert "nothing was delivered" in sentence(done)


def test_demo_beside_own_files_leaves_them_alone(home: Path) -> None:
    before = {path: path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file()}

    done = run("demo", "--home", home)

    assert done.returncode == 0
    assert "own files" in done.stdout
    assert "Stramproy" not in done.stdout
    assert {path: path.read_bytes() for path in before} == before
    assert sorted(path.name for path in (home / "inbox").iterdir()) == ["one.xml"]
