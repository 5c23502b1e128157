"""The doctor: each check on a sound installation, and on one in which exactly that is broken."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import duckdb
import pytest
from dagster._daemon.types import DaemonHeartbeat

from pipelines import lake
from pipelines.home import Home
from pipelines.operations import run_log
from pipelines.operations.doctor import CHECKS, Circumstances, Finding, examine
from pipelines.operations.run_log import RunRecord
from pipelines.operations.storage import instance_file, prepare_instance
from pipelines.publication import audit

NOW = run_log.now()


@pytest.fixture(autouse=True)
def present(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests are collected minutes before the last of them runs, and the clock is one of the things looked at."""
    monkeypatch.setattr(sys.modules[__name__], "NOW", run_log.now())


KEY = "f" * 64


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """An installation in which last night succeeded and the daemon runs."""
    home = Home(tmp_path_factory.mktemp("doctor") / "home")
    home.make()
    home.secrets.chmod(0o700)
    home.pseudonym_key.write_text(KEY, encoding="utf-8")
    home.pseudonym_key.chmod(0o600)
    for table in ("praktijken", "zorgprofielen"):
        (home.reference / f"{table}.csv").write_text("naam\n", encoding="utf-8")
    with lake.locked(home):
        lake.ensure_schemas(home)
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("create schema marts; create table marts.practice_years as select 1 as year")
        connection.execute("create schema ops; create table ops.deliveries as select 'accepted' as outcome")
    home.warehouse.chmod(0o600)
    _ran(home, "published", NOW - timedelta(hours=10))
    prepare_instance(home, {})
    with _instance(home) as instance:
        _beats(instance, NOW)
    return home


@contextmanager
def _instance(home: Home) -> Iterator[dg.DagsterInstance]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DAGSTER_HOME", str(home.dagster))
        with dg.DagsterInstance.get() as instance:
            yield instance


def _beats(instance: dg.DagsterInstance, at: object) -> None:
    instance.add_daemon_heartbeat(DaemonHeartbeat(at.timestamp(), "SCHEDULER", "one", []))  # type: ignore[attr-defined]


def _ran(home: Home, outcome: run_log.Outcome, at: object, error: str | None = None) -> None:
    record = RunRecord(f"run {at}", at, outcome, ended_at=at, failed_step=error and "models", error=error)  # type: ignore[arg-type]
    run_log.write(home, record)


@pytest.fixture
def home(sound: Home, tmp_path: Path) -> Home:
    """A copy of the sound installation, to break; its daemon gave its last sign of life just now."""
    subprocess.run(["cp", "-a", str(sound.root), str(tmp_path / "home")], check=True)
    home = Home(tmp_path / "home")
    with _instance(home) as instance:
        _beats(instance, NOW)
    return home


def _circumstances(home: Home) -> Circumstances:
    return Circumstances(home, NOW, {})


def _one(name: str, circumstances: Circumstances) -> Finding:
    from pipelines.operations import doctor

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(doctor, "CHECKS", tuple(pair for pair in CHECKS if pair[0] == name))
        ((_, finding),) = examine(circumstances)
    return finding


def test_sound_installation_has_nothing_to_say_but_ok(home: Home) -> None:
    findings = examine(_circumstances(home))

    assert [name for name, _ in findings] == [name for name, _ in CHECKS]
    # The libraries of a checkout on which somebody works may be ahead of its lock file.
    assert {name for name, found in findings if found.level != "ok"} <= {"libraries"}


def _old_python(_: Home, patched: pytest.MonkeyPatch) -> None:
    class Version(tuple[int, ...]):
        pass

    patched.setattr("pipelines.operations.doctor.machine.sys", SimpleNamespace(version_info=Version((3, 10, 2))))


def _other_library(_: Home, patched: pytest.MonkeyPatch) -> None:
    installed = [SimpleNamespace(name="duckdb", version="0.1.0")]
    patched.setattr("pipelines.operations.doctor.machine.distributions", lambda: installed)


def _no_lock(_: Home, patched: pytest.MonkeyPatch) -> None:
    patched.setattr("pipelines.operations.doctor.machine.LOCK_FILE", Path("/nowhere/uv.lock"))


def _full_disk(_: Home, patched: pytest.MonkeyPatch) -> None:
    usage = SimpleNamespace(free=100 * 2**20)
    patched.setattr("pipelines.operations.doctor.machine.shutil", SimpleNamespace(disk_usage=lambda _: usage))


def _nearly_full_disk(_: Home, patched: pytest.MonkeyPatch) -> None:
    usage = SimpleNamespace(free=1000 * 2**20)
    patched.setattr("pipelines.operations.doctor.machine.shutil", SimpleNamespace(disk_usage=lambda _: usage))


def _no_time_zones(_: Home, patched: pytest.MonkeyPatch) -> None:
    from zoneinfo import ZoneInfoNotFoundError

    def unknown(_: str) -> None:
        raise ZoneInfoNotFoundError

    patched.setattr("pipelines.operations.doctor.machine.ZoneInfo", unknown)


def _edit_dagster_yaml(home: Home) -> None:
    with instance_file(home).open("a", encoding="utf-8") as file:
        file.write("# mine\n")


def _break_storage(home: Home) -> None:
    for path in home.dagster.rglob("*.db"):
        path.write_bytes(b"no database" * 100)


def _silent_daemon(home: Home) -> None:
    """Its last sign of life is of yesterday, and so is the last run."""
    with _instance(home) as instance:
        _beats(instance, NOW - timedelta(days=1))
    run_log.runs_path(home).unlink()
    _ran(home, "published", NOW - timedelta(days=2))


def _switched_off(home: Home) -> None:
    from dagster._core.definitions.run_request import InstigatorType
    from dagster._core.remote_origin import (
        RegisteredCodeLocationOrigin,
        RemoteInstigatorOrigin,
        RemoteRepositoryOrigin,
    )
    from dagster._core.scheduler.instigation import InstigatorState, InstigatorStatus, ScheduleInstigatorData

    origin = RemoteInstigatorOrigin(
        RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("jeugdspiegel"), "r"), "nightly"
    )
    with _instance(home) as instance:
        instance.add_instigator_state(
            InstigatorState(
                origin, InstigatorType.SCHEDULE, InstigatorStatus.STOPPED, ScheduleInstigatorData("30 3 * * *")
            )
        )


def _forget_runs(home: Home) -> None:
    run_log.runs_path(home).unlink()


def _old_success(days: int) -> Callable[[Home], None]:
    def old(home: Home) -> None:
        _forget_runs(home)
        _ran(home, "unchanged", NOW - timedelta(days=days))

    return old


def _refuse(home: Home) -> None:
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("insert into ops.deliveries values ('refused'), ('refused')")


def _block(home: Home) -> None:
    breach = audit.Breach(audit.COST_DRIFT, "marts.practice_years", 1, "the cost moved.")
    audit.remember(home, audit.judge([breach], accept_drift=False))


def _deliver(home: Home) -> None:
    (home.inbox / "new.xml").write_text("<a/>", encoding="utf-8")


def _deliver_and_sleep(home: Home) -> None:
    _deliver(home)
    _old_success(3)(home)


BROKEN: dict[str, tuple[str, str, str, Callable[..., None]]] = {
    "old python": ("Python", "fail", "3.10.2", _old_python),
    "other library": ("libraries", "fail", "duckdb 0.1.0", _other_library),
    "no lock file": ("libraries", "warn", "uv.lock", _no_lock),
    "unknown key": ("settings", "fail", "max_gap", lambda home: home.settings_file.write_text("max_gap = 1\n")),
    "no home": ("folders", "fail", "is not there", lambda home: home.root.rename(home.root.with_name("away"))),
    "no inbox": ("folders", "fail", "inbox", lambda home: home.inbox.rmdir()),
    "no table": ("folders", "fail", "praktijken", lambda home: (home.reference / "praktijken.csv").unlink()),
    "open warehouse": ("permissions", "fail", "warehouse.duckdb", lambda home: home.warehouse.chmod(0o640)),
    "open quarantine": ("permissions", "fail", "quarantine", lambda home: home.quarantine.chmod(0o755)),
    "open key": ("key", "fail", "other users", lambda home: home.pseudonym_key.chmod(0o644)),
    "lost key": ("key", "fail", "the key is gone", lambda home: home.pseudonym_key.unlink()),
    "full disk": ("disk", "fail", "100 MiB free", _full_disk),
    "nearly full disk": ("disk", "warn", "1,000 MiB free", _nearly_full_disk),
    "clock gone back": ("clock", "fail", "set the clock", lambda home: _ran(home, "done", NOW + timedelta(hours=1))),
    "no time zones": ("time zone", "fail", "Europe/Amsterdam", _no_time_zones),
    "edited dagster.yaml": ("Dagster's settings", "warn", "edited by hand", _edit_dagster_yaml),
    "broken storage": ("Dagster's storage", "fail", "DatabaseError", _break_storage),
    "daemon is silent": ("schedule", "fail", "was last seen", _silent_daemon),
    "schedule is off": ("schedule", "fail", "switched off", _switched_off),
    "failed run": (
        "last run",
        "fail",
        "TransformationError",
        lambda home: _ran(home, "failed", NOW, "TransformationError"),
    ),
    "killed run": ("last run", "fail", "was killed", lambda home: _ran(home, "running", NOW)),
    "no run yet": ("last run", "warn", "no run has ended", _forget_runs),
    "figures of yesterday": ("publication", "warn", "last as new", _old_success(2)),
    "figures of last week": ("publication", "fail", "last as new", _old_success(7)),
    "blocked candidate": ("publication", "fail", "Not published: check cost_drift", _block),
    "no figures yet": ("publication", "warn", "nothing was published", _forget_runs),
    "broken warehouse": (
        "warehouse",
        "fail",
        "cannot be read",
        lambda home: home.warehouse.write_bytes(b"no database"),
    ),
    "no warehouse yet": ("warehouse", "warn", "no warehouse yet", lambda home: home.warehouse.unlink()),
    "file that no night took": ("inbox", "warn", "1 new files wait", _deliver_and_sleep),
    "refused delivery": ("refused deliveries", "warn", "2 deliveries", _refuse),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_broken_is_named_with_what_to_do(home: Home, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, level, said, breaks = BROKEN[case]
    takes_patch = breaks.__code__.co_argcount == 2
    before = _one(name, _circumstances(home))
    breaks(home, monkeypatch) if takes_patch else breaks(home)

    found = _one(name, _circumstances(home))

    assert before.level == "ok" or name == "libraries"
    assert found.level == level
    assert said in f"{found.says} {found.remedy}"
    assert found.remedy


def test_every_check_has_a_case_in_which_it_finds_something() -> None:
    assert {name for name, *_ in BROKEN.values()} == {name for name, _ in CHECKS}


def test_folder_that_the_user_may_not_write_fails(home: Home) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    home.lake.chmod(0o500)

    assert _one("folders", _circumstances(home)).level == "fail"


def test_new_file_of_today_waits_for_the_night(home: Home) -> None:
    _deliver(home)

    found = _one("inbox", _circumstances(home))

    assert (found.level, found.says) == ("ok", "1 new files wait for the next night")


def test_timer_without_daemon_is_a_schedule_too(home: Home) -> None:
    with _instance(home) as instance:
        _beats(instance, NOW - timedelta(days=9))

    assert _one("schedule", _circumstances(home)).level == "ok"


def test_key_in_the_environment_beside_a_file_is_a_warning(home: Home) -> None:
    circumstances = replace(_circumstances(home), environment={"JEUGDSPIEGEL_PSEUDONYM_KEY": KEY})

    assert _one("key", circumstances).level == "warn"
    home.pseudonym_key.unlink()
    assert _one("key", circumstances).level == "ok"


def test_nothing_secret_is_said(home: Home) -> None:
    circumstances = replace(_circumstances(home), environment={"JEUGDSPIEGEL_PSEUDONYM_KEY": KEY})

    assert KEY not in repr(examine(circumstances))


def test_looking_changes_nothing(home: Home) -> None:
    def state() -> dict[str, tuple[int, int]]:
        files = (path for path in home.root.rglob("*") if path.is_file() and home.dagster not in path.parents)
        return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in files}

    before = state()
    examine(_circumstances(home))

    assert state() == before


def test_command_prints_each_line_and_exits_1_when_something_failed(home: Home) -> None:
    home.pseudonym_key.chmod(0o644)
    command = Path(sys.executable).with_name("jeugdspiegel")
    done = subprocess.run(
        [command, "doctor", "--home", str(home.root)], capture_output=True, text=True, check=False, timeout=300
    )

    assert done.returncode == 1
    assert "chmod 600" in done.stdout
    assert all(name in done.stdout for name, _ in CHECKS)
    assert done.stderr == ""
