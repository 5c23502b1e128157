"""What the product stands on: Python, libraries, settings, folders, rights, key, disk, clock."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.metadata import distributions
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipelines.errors import ConfigurationError
from pipelines.home import Home
from pipelines.operations import run_log
from pipelines.operations.doctor.finding import Circumstances, Finding
from pipelines.pseudonyms import KEY_VARIABLE
from pipelines.settings import load_settings

LOCK_FILE = Path(__file__).resolve().parents[3] / "uv.lock"
OLDEST_PYTHON = (3, 11)
_AMSTERDAM = "Europe/Amsterdam"
_MIB = 2**20
# Below the first a night may fail, below the second it is time to order a disk.
_LEAST_FREE = 512 * _MIB
_LITTLE_FREE = 4096 * _MIB
_CLOCK_TOLERANCE = timedelta(minutes=2)


def python(_: Circumstances) -> Finding:
    """New enough."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < OLDEST_PYTHON:
        return Finding(
            "fail", f"Python {version}; 3.11 or newer is needed", "install a newer Python, then 'make setup'"
        )
    return Finding("ok", f"Python {version}")


def libraries(_: Circumstances) -> Finding:
    """Installed as locked: another version may give other figures."""
    if not LOCK_FILE.exists():
        return Finding("warn", "there is no uv.lock beside the code to compare with", "install from a checkout")
    locked = _locked_versions()
    installed = {str(found.name).lower().replace("_", "-"): found.version for found in distributions()}
    shared = locked.keys() & installed.keys()
    differing = sorted(name for name in shared if installed[name] not in locked[name])
    if differing:
        named = ", ".join(f"{name} {installed[name]} (locked: {' or '.join(locked[name])})" for name in differing[:5])
        more = f" and {len(differing) - 5} more" if len(differing) > 5 else ""
        return Finding("fail", f"not as locked: {named}{more}", "'make setup', or 'uv sync --frozen'")
    return Finding("ok", f"{len(shared)} libraries as locked")


def settings(circumstances: Circumstances) -> Finding:
    """Readable, every key known."""
    try:
        load_settings(circumstances.home.settings_file)
    except ConfigurationError as error:
        return Finding("fail", str(error), "mend that key; docs/operations.md lists them")
    is_there = circumstances.home.settings_file.exists()
    return Finding("ok", "jeugdspiegel.toml is read" if is_there else "no jeugdspiegel.toml: every key has its default")


def folders(circumstances: Circumstances) -> Finding:
    """The home folder can be written to, the inbox read."""
    home = circumstances.home
    if not home.root.is_dir():
        return Finding("fail", f"{home.root} is not there", "make it, or name another with --home")
    if not os.access(home.root, os.W_OK | os.X_OK):
        return Finding("fail", f"{home.root} cannot be written to", f"chown it to the user that runs ({_user()})")
    for folder in (home.lake, home.operations, home.dagster, home.dbt, home.quarantine, home.published):
        if folder.exists() and not os.access(folder, os.W_OK | os.X_OK):
            return Finding("fail", f"{folder} cannot be written to", f"chown it to the user that runs ({_user()})")
    if not home.inbox.is_dir() or not os.access(home.inbox, os.R_OK | os.X_OK):
        return Finding("fail", f"{home.inbox} cannot be read", "make it readable to the user that runs")
    for table in ("praktijken", "zorgprofielen"):
        if not (home.reference / f"{table}.csv").exists():
            return Finding("fail", f"reference/{table}.csv is not there", "it is one of the two tables that must be")
    return Finding("ok", f"{home.root} can be written to, its inbox read")


def permissions(circumstances: Circumstances) -> Finding:
    """Nobody else can read what is exact or secret."""
    home = circumstances.home
    private = (home.secrets, home.lake, home.quarantine, home.scratch, home.dagster, home.dbt, home.warehouse)
    readable = [path for path in private if path.exists() and path.resolve().stat().st_mode & 0o077]
    if readable:
        named = ", ".join(path.relative_to(home.root).as_posix() for path in readable)
        return Finding("fail", f"other users can read {named}", f"chmod go= {' '.join(map(str, readable))}")
    return Finding("ok", "what is exact or secret is readable by its owner alone")


def key(circumstances: Circumstances) -> Finding:
    """There, private, and backed up as far as one can see: without it tomorrow's pseudonyms do not fit yesterday's."""
    home = circumstances.home
    if circumstances.environment.get(KEY_VARIABLE):
        if home.pseudonym_key.exists():
            return Finding(
                "warn",
                f"{KEY_VARIABLE} is set and secrets/pseudonym.key is there too",
                "keep one; the variable is used",
            )
        return Finding("ok", f"the key comes from {KEY_VARIABLE}")
    path = home.pseudonym_key
    if not path.exists():
        if (home.lake / "ledger.parquet").exists():
            return Finding(
                "fail", "the lake has pseudonyms and the key is gone", "restore secrets/pseudonym.key from its back-up"
            )
        return Finding("warn", "there is no key yet", "the first run makes one: back it up, apart from the rest")
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return Finding("fail", "other users can read secrets/pseudonym.key", f"chmod 600 {path}")
    if not os.access(path, os.R_OK):
        return Finding("fail", "secrets/pseudonym.key cannot be read", f"chown it to the user that runs ({_user()})")
    return Finding("ok", "the key is there and private")


def disk(circumstances: Circumstances) -> Finding:
    """Room for the next night: a candidate beside the warehouse, and the month files that are written again."""
    home = circumstances.home
    free = shutil.disk_usage(home.root).free
    needed = max(2 * _size(home.warehouse) + sum(map(_size, _month_files(home))), _LEAST_FREE)
    says = f"{_mib(free)} MiB free; a night may need {_mib(needed)} MiB"
    if free < needed:
        return Finding("fail", says, "make room: a night that finds no room publishes nothing")
    if free < max(2 * needed, _LITTLE_FREE):
        return Finding("warn", says, "make room soon")
    return Finding("ok", says)


def clock(circumstances: Circumstances) -> Finding:
    """Not behind what was already written, nor other than the clock of the disk."""
    home, now = circumstances.home, circumstances.now
    latest = max((at for at in _written_at(home)), default=now)
    if latest - now > _CLOCK_TOLERANCE:
        return Finding(
            "fail",
            f"the clock says {now:%d-%m-%Y %H:%M} UTC, and something was written on {latest:%d-%m-%Y %H:%M} UTC",
            "set the clock (timedatectl set-ntp true): the schedule goes by it",
        )
    with tempfile.NamedTemporaryFile(dir=home.root, prefix=".doctor-") as file:
        on_disk = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, now.tzinfo)
    if abs(on_disk - datetime.now(now.tzinfo)) > _CLOCK_TOLERANCE:
        return Finding(
            "warn", "the disk's server has another time than this machine", "let both follow the same time server"
        )
    return Finding("ok", f"{now:%d-%m-%Y %H:%M} UTC")


def time_zone(circumstances: Circumstances) -> Finding:
    """Amsterdam's time is known: the schedule is in it, whatever the machine's own time zone."""
    try:
        local = circumstances.now.astimezone(ZoneInfo(_AMSTERDAM))
    except ZoneInfoNotFoundError:
        return Finding("fail", f"the time zone {_AMSTERDAM} is not known", "install the system's tzdata")
    return Finding("ok", f"it is {local:%H:%M} in Amsterdam ({local:%Z})")


def _locked_versions() -> dict[str, list[str]]:
    """Per library its versions; there are several where they differ per version of Python."""
    locked: dict[str, list[str]] = {}
    for entry in tomllib.loads(LOCK_FILE.read_text(encoding="utf-8"))["package"]:
        if "version" in entry:
            locked.setdefault(entry["name"], []).append(entry["version"])
    return locked


def _written_at(home: Home) -> Iterator[datetime]:
    for run in run_log.read(home):
        yield run.ended_at or run.started_at
    for path in (home.warehouse, home.lake / "ledger.parquet"):
        if path.exists():
            yield datetime.fromtimestamp(path.stat().st_mtime, ZoneInfo("UTC"))


def _month_files(home: Home) -> Iterator[Path]:
    """The largest dataset's: a late declaration may rewrite any of them, one at a time."""
    yield max((home.lake / "declaration_lines").glob("month=*.parquet"), key=_size, default=home.lake)


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _mib(count: int) -> str:
    return f"{count // _MIB:,}"


def _user() -> str:
    return str(os.geteuid())
