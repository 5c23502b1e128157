"""Rotation of the key: the same children under other pseudonyms, and never half of it."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from demo.messages import Client
from pipelines import lake, reference
from pipelines.errors import ConfigurationError
from pipelines.home import Home
from pipelines.privacy.rekeying import CONTENT_DIGEST, KEYED_COLUMNS, ROW_DIGEST, rekey
from pipelines.pseudonyms import KEY_VARIABLE, Pseudonyms, load_pseudonyms
from schemas import lake_files
from schemas.datasets import DATASETS
from schemas.reference import REFERRER_NAMES
from tests.cases.deployment import BOY, GIRL, allocation
from tests.privacy.homes import AGB, LATER, contents, deliveries, home_with, key_of, rows, take_in

CLIENT_TABLES = [name for name, dataset in DATASETS.items() if "client_key" in dataset.lake]
LINK = "5e" * 32
# Not in a keyed way: a provider's public code, and what names a file or a row of somebody else's.
NOT_KEYED = {"practice_key", "file_sha256", "value_hash"}


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with every dataset; tests copy it."""
    return home_with(tmp_path_factory.mktemp("rekeying") / "home", deliveries())


@pytest.fixture
def home(taken_in: Home, tmp_path: Path) -> Home:
    return _copy(taken_in, tmp_path / "home")


def _copy(home: Home, to: Path) -> Home:
    shutil.copytree(home.root, to)
    return Home(to)


def test_every_column_with_a_pseudonym_is_rekeyed() -> None:
    tables = [dict(dataset.lake) for dataset in DATASETS.values()]
    tables += [dict(columns) for columns in vars(lake_files).values() if isinstance(columns, dict)]
    tables.append(dict(REFERRER_NAMES))
    keyed = {name for columns in tables for name in columns if name.endswith(("_key", "_hash", "_digest"))}

    assert keyed - NOT_KEYED == {*KEYED_COLUMNS, CONTENT_DIGEST, ROW_DIGEST}


def test_rekeyed_lake_has_the_pseudonyms_that_new_deliveries_get(home: Home) -> None:
    before = key_of(home)

    done = rekey(home, {})

    after = key_of(home)
    girl, boy = after.client(GIRL.bsn), after.client(BOY.bsn)
    assert after.client(GIRL.bsn) == Pseudonyms(*_links(home)).client(GIRL.bsn) != before.client(GIRL.bsn)
    for name in CLIENT_TABLES:
        assert set(rows(home, name)["client_key"]) in ({girl}, {girl, boy}), name
    assert (done.persons, done.links) == (2, 2)
    referrer = after.referrer("onbekend")
    assert set(rows(home, "referral_requests")["referrer_hash"]) == {referrer}
    assert rows(home, "survey_answers")["respondent_key"][0] == after.respondents(pl.Series(["17"]))[0]
    names = pl.read_parquet(home.lake_reference / "referrer_names.parquet")
    reference.load(home, after)
    assert names.equals(pl.read_parquet(home.lake_reference / "referrer_names.parquet"))


def test_rekeyed_lake_is_what_the_new_key_would_have_made_of_the_same_inbox(home: Home, tmp_path: Path) -> None:
    rekey(home, {})
    anew = Home(tmp_path / "anew")
    (anew.root / "secrets").mkdir(parents=True, mode=0o700)
    shutil.copy2(home.pseudonym_key, anew.pseudonym_key)
    home_with(anew.root, deliveries())

    for name in DATASETS:
        assert rows(anew, name).equals(rows(home, name)), name
    without_clock = pl.exclude("first_seen_at")
    assert lake.read_ledger(anew).select(without_clock).equals(lake.read_ledger(home).select(without_clock))
    assert lake.read_index(anew)["file_key"].equals(lake.read_index(home)["file_key"])


def test_what_was_taken_in_before_the_rotation_is_known_after_it(home: Home) -> None:
    rekey(home, {})

    assert take_in(home).files_new == 0


def test_later_message_after_a_rotation_is_about_the_same_child(home: Home) -> None:
    rekey(home, {})
    (home.inbox / "later.xml").write_bytes(allocation(AGB, "T2", 7, dated_on=LATER, allocated_on=LATER))

    assert take_in(home).files_new == 1
    assert rows(home, "allocations").filter(pl.col("source") == "JW301")["client_key"].n_unique() == 1


def test_two_rotations_with_given_links_are_one_chain(home: Home, tmp_path: Path) -> None:
    first = _links(home)
    for number, link in enumerate((LINK, "6f" * 32)):
        file = tmp_path / f"link{number}"
        file.touch(mode=0o600)
        file.write_text(link, encoding="ascii")
        rekey(home, {}, file)

    assert _links(home) == [*first, bytes.fromhex(LINK), bytes.fromhex("6f" * 32)]
    assert set(rows(home, "allocations")["client_key"]) == {
        Pseudonyms(*_links(home)).client(bsn) for bsn in (GIRL.bsn, BOY.bsn)
    }
    assert stat.S_IMODE(home.pseudonym_key.stat().st_mode) == 0o600


@pytest.mark.parametrize(("mode", "text", "said"), [(0o644, LINK, "chmod 600"), (0o600, "ab", "64 hexadecimal digits")])
def test_link_that_cannot_be_used_changes_nothing(home: Home, tmp_path: Path, mode: int, text: str, said: str) -> None:
    file = tmp_path / "link"
    file.write_text(text, encoding="ascii")
    file.chmod(mode)
    before = contents(home)

    with pytest.raises(ConfigurationError, match=said) as refusal:
        rekey(home, {}, file)

    assert text not in str(refusal.value).removeprefix(str(file))
    assert contents(home) == before


def test_key_of_the_environment_is_written_to_a_private_file_and_holds_for_this_process(home: Home) -> None:
    environment = {KEY_VARIABLE: home.pseudonym_key.read_text(encoding="ascii").strip()}
    old = dict(environment)
    home.pseudonym_key.unlink()

    done = rekey(home, environment)

    assert done.for_environment is not None
    assert stat.S_IMODE(done.for_environment.stat().st_mode) == 0o600
    told = done.for_environment.read_text(encoding="ascii").strip()
    assert environment == {KEY_VARIABLE: told}
    assert set(rows(home, "poh_registrations")["client_key"]) == {
        load_pseudonyms(home.pseudonym_key, environment).client(GIRL.bsn)
    }
    with pytest.raises(ConfigurationError, match="not the one"):
        lake.require_key(home, load_pseudonyms(home.pseudonym_key, old))


def test_lake_made_with_another_key_takes_nothing_in(home: Home) -> None:
    home.pseudonym_key.unlink()
    before = contents(home)

    with pytest.raises(ConfigurationError, match="not the one"):
        take_in(home)

    assert {name: data for name, data in contents(home).items() if "secrets" not in name} == {
        name: data for name, data in before.items() if "secrets" not in name
    }


class Killed(BaseException):
    """Stands for the end of the process: no code of ours runs after it."""


def test_kill_at_any_moment_leaves_old_with_old_or_new_with_new(
    tmp_path: Path, at_write: Callable[[int], _Writes]
) -> None:
    few = {name: content for name, content in deliveries().items() if name in ("a/request.xml", "b/lines.csv")}
    taken_in = home_with(tmp_path / "taken_in", few)
    link = tmp_path / "link"
    link.touch(mode=0o600)
    link.write_text(LINK, encoding="ascii")
    old = contents(taken_in)
    whole = _copy(taken_in, tmp_path / "whole")
    with at_write(-1) as writes:
        rekey(whole, {}, link)
    new = _without_note(contents(whole))
    outcomes = []
    for moment in range(1, writes.count + 1):
        home = _copy(taken_in, tmp_path / "killed")
        with at_write(moment), pytest.raises(Killed):
            rekey(home, {}, link)
        with lake.locked(home):
            pass
        left = _without_note(contents(home))
        outcomes.append("old" if left == old else "new" if left == new else "mixed")
        lake.require_key(home, key_of(home))
        shutil.rmtree(home.root)

    assert writes.count > 40
    assert set(outcomes) == {"old", "new"}
    assert outcomes == sorted(outcomes, reverse=True)


def test_killed_process_leaves_a_lake_that_fits_its_key(home: Home) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from pipelines.home import Home;"
        "from pipelines.privacy import rewriting, rekeying;"
        "rewriting._apply = lambda *_: os.kill(os.getpid(), signal.SIGKILL);"
        f"rekeying.rekey(Home(Path({str(home.root)!r})), {{}})"
    )
    before = key_of(home).fingerprint

    killed = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=False)

    assert killed.returncode == -9
    assert key_of(home).fingerprint != before
    take_in(home)
    assert set(rows(home, "poh_registrations")["client_key"]) == {key_of(home).client(GIRL.bsn)}


def _links(home: Home) -> list[bytes]:
    return [bytes.fromhex(link) for link in home.pseudonym_key.read_text(encoding="ascii").split()]


def _without_note(files: dict[str, bytes]) -> dict[str, bytes]:
    """Without what a rotation that never happened leaves in the secrets, which is a key that nothing was made with."""
    return {name: data for name, data in files.items() if not name.endswith(".next")}


class _Writes:
    """Counts what changes the disk, and ends the process at one of these moments; -1 never."""

    count = 0
    moment = 0
    is_on = False


_WRITES = _Writes()
_CHANGES = frozenset({"os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree"})


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if not _WRITES.is_on:
        return
    is_opened_to_write = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
    if event in _CHANGES or is_opened_to_write:
        _WRITES.count += 1
        if _WRITES.count == _WRITES.moment:
            _WRITES.is_on = False
            raise Killed


@pytest.fixture(scope="module")
def at_write() -> Callable[[int], _Writes]:
    sys.addaudithook(_audit)

    class Moment:
        def __init__(self, moment: int) -> None:
            self.moment = moment

        def __enter__(self) -> _Writes:
            _WRITES.count, _WRITES.moment, _WRITES.is_on = 0, self.moment, True
            return _WRITES

        def __exit__(self, *_: object) -> None:
            _WRITES.is_on = False

    return Moment  # type: ignore[return-value]


def test_client_has_no_pseudonym_in_common_with_another(home: Home) -> None:
    rekey(home, {})

    keys = key_of(home).clients(pl.Series([GIRL.bsn, BOY.bsn, Client("123456782").bsn]))

    assert keys.n_unique() == 3
