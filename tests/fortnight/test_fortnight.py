"""Two weeks of nights in which everything goes wrong once: after each, what the table in docs/operations.md says.

One home, two providers, nights that follow each other; the second Sunday is the one on which the clock goes forward.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest

from demo.messages import Declaration, MessageHeader, to_xml
from pipelines import reference
from pipelines.home import Home
from pipelines.ingestion import ingest
from pipelines.pseudonyms import load_pseudonyms
from pipelines.settings import Settings, dbt_variables
from pipelines.transformation import Dbt
from tests.cases.deployment import MUNICIPALITY, line
from tests.fortnight.nights import Night, Nights, opened_nights, ticks

RUNBOOK = Path(__file__).parents[2] / "docs" / "operations.md"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
BEGIN = datetime(2026, 3, 22, tzinfo=AMSTERDAM).astimezone(UTC)
NIGHTS = 14
BUSY, SILENT = "94999001", "94999002"


@dataclass(frozen=True)
class Promise:
    """One line of the runbook's table."""

    outcome: str
    alert: str
    published: str


@pytest.fixture(scope="module")
def runbook() -> Mapping[str, Promise]:
    """The table of the section "Every night", by what happens."""
    section = RUNBOOK.read_text(encoding="utf-8").split("## Every night")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in re.findall(r"^\|.*\|$", section, re.M)]
    return {row[0]: Promise(row[1], row[3], row[4]) for row in rows[2:]}


def _deliver(home: Home, provider: str, month: date, dated_on: date) -> None:
    """A JW323 over one month, with one line."""
    last = date(month.year + month.month // 12, month.month % 12 + 1, 1).toordinal() - 1
    period = {"period_from": month, "period_to": date.fromordinal(last)}
    # A number of a declaration has at most twelve characters.
    name = f"{provider[-2:]}-{month:%Y%m}"
    header = MessageHeader(MUNICIPALITY, provider, name, dated_on)
    message = Declaration(header, month, date.fromordinal(last), (line(f"L{name}", **period),))
    _write(home, f"{name}.xml", to_xml(message))


def _write(home: Home, name: str, content: bytes) -> None:
    path = home.inbox / name
    path.write_bytes(content)
    # The clock of the nights is behind that of the disk.
    os.utime(path, (BEGIN.timestamp(), BEGIN.timestamp()))


@contextmanager
def _open_for_writing(home: Home) -> Iterator[None]:
    """Somebody has the warehouse open, in another program."""
    script = f"import duckdb; c = duckdb.connect({str(home.warehouse.resolve())!r}); print('open', flush=True); input()"
    other = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    assert other.stdout.readline() == "open\n"
    try:
        yield
    finally:
        other.communicate("\n", timeout=60)


def _mount_small_disk(home: Home) -> bool:
    """Put the lake on a disk of 64 MB; False where that is not allowed."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        return False
    aside = home.root.with_name("lake")
    shutil.copytree(home.lake, aside)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m,mode=0700", "tmpfs", str(home.lake)], check=False, capture_output=True
    )
    if done.returncode:
        return False
    shutil.copytree(aside, home.lake, dirs_exist_ok=True)
    return True


@contextmanager
def _full(folder: Path) -> Iterator[None]:
    """Not a byte is left."""
    filler = folder / ".filler"
    try:
        with filler.open("wb", buffering=0) as file:
            for size in (2**20, 4096, 1):
                _fill(file.fileno(), bytes(size))
        yield
    finally:
        filler.unlink()


def _fill(descriptor: int, piece: bytes) -> None:
    with suppress(OSError):
        while os.write(descriptor, piece) == len(piece):
            pass


@pytest.fixture(scope="module")
def nights(fortnight_home: Home) -> Iterator[Mapping[str, Night]]:
    """The fortnight, by what happened in each night."""
    with ExitStack() as ending, pytest.MonkeyPatch.context() as patched:
        # Between two tries nothing else happens here: waiting is left out.
        patched.setattr("dagster._core.execution.plan.active.time.sleep", lambda _: None)
        yield _fortnight(ending, ending.enter_context(opened_nights(fortnight_home)))


def _fortnight(ending: ExitStack, nights: Nights) -> Mapping[str, Night]:
    home, schedule = nights.home, iter(ticks(BEGIN, NIGHTS))
    found: dict[str, Night] = {}
    for provider in (BUSY, SILENT):
        for month, dated_on in (
            (date(2025, 10, 1), date(2025, 11, 5)),
            (date(2025, 11, 1), date(2025, 12, 5)),
            (date(2025, 12, 1), date(2026, 1, 5)),
        ):
            _deliver(home, provider, month, dated_on)
    found["first"] = nights.pass_one(next(schedule))
    found["quiet"] = nights.pass_one(next(schedule))

    _deliver(home, BUSY, date(2023, 5, 1), date(2026, 2, 20))
    with _open_for_writing(home):
        found["locked"] = nights.pass_one(next(schedule))
    found["late"] = nights.pass_one(next(schedule))

    _deliver(home, BUSY, date(2023, 6, 1), date(2026, 2, 21))
    found["killed"] = nights.pass_one_killed(next(schedule))
    # The killed night read what was there, and its message counts it: the broken file comes after it.
    _write(home, "broken.xml", b"<Bericht><Header>")
    found["broken"] = nights.pass_one(next(schedule))
    found["quiet after warning"] = nights.pass_one(next(schedule))
    found["clock"] = nights.pass_one(next(schedule))

    for month, dated_on in ((date(2026, 1, 1), date(2026, 2, 25)), (date(2026, 2, 1), date(2026, 3, 28))):
        _deliver(home, BUSY, month, dated_on)
    if _mount_small_disk(home):
        ending.callback(subprocess.run, ["umount", "--lazy", str(home.lake)], check=True)
        with _full(home.lake):
            found["full"] = nights.pass_one(next(schedule))
    found["silent"] = nights.pass_one(next(schedule))
    for number, at in enumerate(schedule):
        found[f"quiet {number}"] = nights.pass_one(at)
    return found


CASES = {
    "first": "new deliveries",
    "quiet": "nothing new",
    "locked": "the warehouse is open for writing elsewhere",
    "late": "a file for months long past",
    "killed": "the run is killed",
    "broken": "a file that cannot be read",
    "quiet after warning": "nothing new",
    "clock": "the clock changes",
    "full": "the disk is full",
    "silent": "a provider falls silent",
    "quiet 0": "nothing new",
}
# These nights come after a failed one, so their one message says that as well.
RECOVERING = {"late", "broken", "silent"}


@pytest.mark.parametrize("name", CASES)
def test_night_leaves_what_the_runbook_says(
    nights: Mapping[str, Night], runbook: Mapping[str, Promise], name: str
) -> None:
    if name not in nights:
        pytest.skip("a small disk can be mounted by root only")
    night, promise = nights[name], runbook[CASES[name]]

    assert night.outcome in promise.outcome.split(" or ")
    assert night.is_published == (promise.published.startswith("the figures of tonight"))
    if name in RECOVERING and (name != "silent" or "full" in nights):
        assert runbook["the night after a failed one"].alert == "succeeded again"
        assert "succeeded again" in night.alert
    elif promise.alert == "none":
        assert night.alert == ""
    if promise.alert.startswith("warning: "):
        assert promise.alert.removeprefix("warning: ") in night.alert
        assert "1 of them new" in night.alert
    elif promise.alert == "failed":
        assert "failed" in night.alert.splitlines()[0]
        assert "Still served: the figures of" in night.alert


def test_silence_and_every_night_before_are_in_the_warehouse(nights: Mapping[str, Night], fortnight_home: Home) -> None:
    with duckdb.connect(str(fortnight_home.warehouse), read_only=True) as connection:
        outcomes = connection.execute("select distinct outcome from ops.deliveries").fetchall()
        silent = connection.execute("select provider_agb, care_month from marts.missing_deliveries where is_open")
        missing = silent.fetchall()
        runs = connection.execute("select outcome from ops.runs order by started_at").fetchall()

    assert set(outcomes) == {("accepted",), ("refused",)}
    assert missing == [(SILENT, date(2026, 1, 1))]
    # The run that built this warehouse is the newest that published: those before it are in there.
    assert [outcome for (outcome,) in runs] == [
        night.outcome for night in nights.values() if night.at < nights["silent"].at
    ]


def test_failed_nights_name_what_to_look_at(nights: Mapping[str, Night]) -> None:
    assert "is open for writing in another program" in nights["locked"].alert
    assert nights["locked"].error == "PublicationError"
    assert "ended before the run was done" in nights["killed"].alert
    if "full" in nights:
        assert "No space left on device" in nights["full"].alert


def test_night_of_the_clock_change_is_one_night_at_half_past_three(nights: Mapping[str, Night]) -> None:
    local = [night.at.astimezone(AMSTERDAM) for night in nights.values()]

    assert {(at.hour, at.minute) for at in local} == {(3, 30)}
    assert len({at.date() for at in local}) == len(nights)
    assert nights["clock"].at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert nights["quiet after warning"].at == datetime(2026, 3, 28, 2, 30, tzinfo=UTC)


def test_every_line_of_the_runbook_that_a_fortnight_can_show_is_shown(runbook: Mapping[str, Promise]) -> None:
    # These have tests of their own: the audit's, and the exit codes of the command line.
    elsewhere = {"a check blocks the candidate", "a mistake in settings or reference tables"}

    assert set(CASES.values()) | elsewhere | {"the night after a failed one"} == set(runbook)


def test_restore_from_lake_reference_and_secrets_gives_identical_marts(
    nights: Mapping[str, Night], fortnight_home: Home, tmp_path: Path
) -> None:
    """What docs/operations.md names as the back-up is enough; what it does not name is made again."""
    assert nights
    restored = Home(tmp_path / "restored")
    for folder in ("lake", "quarantine", "reference", "secrets", "inbox"):
        shutil.copytree(fortnight_home.root / folder, restored.root / folder)
    restored.make()

    report = ingest(restored, Settings(), load_pseudonyms(restored.pseudonym_key, {}))
    reference.load(restored, load_pseudonyms(restored.pseudonym_key, {}))
    with Dbt(restored) as dbt:
        nodes = list(dbt.ask(["build", "--exclude-resource-type", "unit_test", "test"], dbt_variables(Settings())))

    assert nodes
    # The inbox came back too: the ledger knows all of it, and what was refused is read once more.
    assert (report.deliveries_taken, report.deliveries_refused, report.rows_read) == (0, 1, 0)
    assert _differing(fortnight_home.warehouse, restored.candidate) == {}


def _differing(live: Path, made: Path) -> dict[str, int]:
    """Rows that only one of two databases has, per table of marts."""
    with duckdb.connect() as connection:
        # Names of its own: both files are called warehouse.
        connection.execute(f"attach '{live.resolve()}' as live (read_only); attach '{made}' as made (read_only)")
        query = "select database_name, table_name from duckdb_tables() where schema_name = 'marts'"
        tables: dict[str, set[str]] = {}
        for database, table in connection.execute(query).fetchall():
            tables.setdefault(database, set()).add(table)
        assert tables["live"] == tables["made"]
        found = {}
        for table in sorted(tables["live"]):
            one, other = f"from live.marts.{table}", f"from made.marts.{table}"
            either = f"(({one}) except all ({other})) union all (({other}) except all ({one}))"
            row = connection.execute(f"select count(*) from ({either})").fetchone()
            assert row is not None
            found[table] = int(row[0])
    return {table: rows for table, rows in found.items() if rows}
