"""Dagster's history in a real PostgreSQL, started from the system's package for this test alone."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from pipelines.home import Home
from pipelines.operations.doctor import Circumstances
from pipelines.operations.doctor.service import dagster_storage
from pipelines.operations.history import prune
from pipelines.operations.storage import prepare_instance

VARIABLE = "JEUGDSPIEGEL_POSTGRES_URL"


def _programs() -> Path | None:
    """The folder of PostgreSQL's programs; Debian leaves it off the PATH."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The URL of an empty database of a server of our own."""
    programs = _programs()
    if programs is None:
        pytest.skip("no PostgreSQL here: apt-get install postgresql")
    # PostgreSQL refuses to run as root, and its user must reach the folder.
    user = "nobody" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="jeugdspiegel-postgres-"))
    if user:
        shutil.chown(folder, user)
    port = _free_port()

    def call(program: str, *arguments: str) -> None:
        subprocess.run(
            [programs / program, *arguments],
            check=True,
            user=user,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=120,
        )

    data = str(folder / "data")
    try:
        call("initdb", "--pgdata", data, "--username", "dagster", "--auth", "trust", "--no-sync")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        call("pg_ctl", "start", "--wait", "--pgdata", data, "--options", options, "--log", str(folder / "log"))
        try:
            yield f"postgresql+psycopg2://dagster@127.0.0.1:{port}/postgres"
        finally:
            call("pg_ctl", "stop", "--wait", "--mode", "immediate", "--pgdata", data)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dg.asset
def figures() -> dg.MaterializeResult:
    """What a night makes."""
    return dg.MaterializeResult(metadata={"dagster/row_count": 3})


def test_history_is_in_postgres_and_is_pruned_there(home: Home, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import psycopg2

    home.settings_file.write_text(f'[storage]\npostgres_url_env = "{VARIABLE}"\n', encoding="utf-8")
    monkeypatch.setenv(VARIABLE, url)
    monkeypatch.setenv("DAGSTER_HOME", str(prepare_instance(home)))
    with dg.DagsterInstance.get() as instance:
        first, second = (dg.materialize([figures], instance=instance).run_id for _ in range(2))
        with psycopg2.connect(url.replace("+psycopg2", "")) as connection, connection.cursor() as cursor:
            cursor.execute("select count(distinct run_id) from event_logs where run_id in (%s, %s)", (first, second))
            assert cursor.fetchall() == [(2,)]

        assert prune(instance, 30, datetime.now(UTC) + timedelta(days=31)) == 1
        assert [run.run_id for run in instance.get_runs()] == [second]

    assert not list(home.dagster.rglob("*.db"))
    found = dagster_storage(Circumstances(home, datetime.now(UTC), {VARIABLE: url}))
    assert (found.level, found.says) == ("ok", "PostgreSQL answers; 1 runs are remembered")


def test_server_that_does_not_answer_fails_the_check_without_its_password(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines.operations import doctor

    url = f"postgresql+psycopg2://dagster:geheim@127.0.0.1:{_free_port()}/postgres"
    home.settings_file.write_text(f'[storage]\npostgres_url_env = "{VARIABLE}"\n', encoding="utf-8")
    monkeypatch.setenv(VARIABLE, url)
    prepare_instance(home)

    # Every check that asks waits for Dagster's five tries: one of them is enough.
    monkeypatch.setattr(doctor, "CHECKS", tuple(pair for pair in doctor.CHECKS if pair[0] == "Dagster's storage"))
    findings = dict(doctor.examine(Circumstances(home, datetime.now(UTC), {VARIABLE: url})))

    assert findings["Dagster's storage"].level == "fail"
    assert "geheim" not in repr(findings)
