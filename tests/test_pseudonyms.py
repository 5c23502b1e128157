"""The key, and what is made with it."""

from __future__ import annotations

import os
import pickle
import stat
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import ConfigurationError
from pipelines.pseudonyms import KEY_VARIABLE, Pseudonyms, load_pseudonyms

KEY = b"k" * 32


def test_first_use_makes_a_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    file = tmp_path / "secrets" / "pseudonym.key"

    first = load_pseudonyms(file, {}).client("999900006")

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert load_pseudonyms(file, {}).client("999900006") == first


def test_two_deployments_have_other_pseudonyms(tmp_path: Path) -> None:
    one, two = (load_pseudonyms(tmp_path / name / "pseudonym.key", {}) for name in ("a", "b"))

    assert one.client("999900006") != two.client("999900006")


def test_key_of_the_environment_comes_before_the_file(tmp_path: Path) -> None:
    pseudonyms = load_pseudonyms(tmp_path / "pseudonym.key", {KEY_VARIABLE: KEY.hex()})

    assert pseudonyms.client("999900006") == Pseudonyms(KEY).client("999900006")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_key_that_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "pseudonym.key"
    load_pseudonyms(file, {})
    file.chmod(mode)

    with pytest.raises(ConfigurationError, match="chmod 600"):
        load_pseudonyms(file, {})


@pytest.mark.parametrize("text", ["", "abc", "ab" * 31, "zz" * 32, "ab" * 31 + "a", "é" * 64])
def test_malformed_key_is_refused_without_showing_it(tmp_path: Path, text: str) -> None:
    file = tmp_path / "pseudonym.key"
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)

    for environment in ({}, {KEY_VARIABLE: text}):
        with pytest.raises(ConfigurationError, match="64 hexadecimal digits") as refusal:
            load_pseudonyms(file, environment)
        assert not text or text not in str(refusal.value)


def test_key_is_not_shown() -> None:
    assert KEY.hex() not in repr(Pseudonyms(KEY))
    assert "k" * 8 not in repr(Pseudonyms(KEY))


def test_pseudonyms_are_128_bits_and_differ_per_use() -> None:
    pseudonyms = Pseudonyms(KEY)
    made = {pseudonyms.client("999900006"), pseudonyms.referrer("999900006")}
    made |= set(pseudonyms.respondents(pl.Series(["999900006"])))

    assert len(made) == 3
    assert {len(value) for value in made} == {32}


def test_column_gives_what_single_values_give() -> None:
    pseudonyms = Pseudonyms(KEY)

    keys = pseudonyms.clients(pl.Series(["999900006", None, "999900018", "999900006"]))

    single = [pseudonyms.client("999900006"), pseudonyms.client("999900018")]
    assert keys.to_list() == [single[0], None, single[1], single[0]]
    assert pseudonyms.clients(pl.Series([], dtype=pl.String)).to_list() == []


@pytest.mark.parametrize("others", [["012345672", "000000012"], ["+12345678", "12345672", "x"]])
def test_key_of_a_client_depends_on_each_character_and_on_no_other_client(others: list[str]) -> None:
    bsns = [*others, "999900006"]

    keys = Pseudonyms(KEY).clients(pl.Series(bsns)).to_list()

    assert keys == [Pseudonyms(KEY).client(bsn) for bsn in bsns]
    assert len(set(keys)) == len(bsns)


def test_rows_have_equal_digests_where_they_are_equal() -> None:
    frame = pl.DataFrame({"a": ["x", "y", "x", None], "b": [1, 1, 1, 1]})

    digests = Pseudonyms(KEY).rows(frame).to_list()

    assert digests[0] == digests[2]
    assert len(set(digests)) == 3
    assert {len(digest) for digest in digests} == {32}
    assert Pseudonyms(KEY).rows(frame[2:3]).to_list() == [digests[0]]
    assert Pseudonyms(b"l" * 32).rows(frame).to_list()[0] != digests[0]
    assert Pseudonyms(KEY).rows(frame.clear()).to_list() == []


def test_digests_are_the_same_in_another_process() -> None:
    code = (
        "import polars as pl; from pipelines.pseudonyms import Pseudonyms; p = Pseudonyms(b'k' * 32);"
        "import sys; sys.stdout.write(p.rows(pl.DataFrame({'a': ['x'], 'b': [1]}))[0] + p.client('999900006'))"
    )
    root = Path(__file__).parent.parent

    told = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root,
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
    ).stdout

    pseudonyms = Pseudonyms(KEY)
    assert told == pseudonyms.rows(pl.DataFrame({"a": ["x"], "b": [1]}))[0] + pseudonyms.client("999900006")


def test_client_asked_again_has_the_key_of_the_first_time() -> None:
    pseudonyms = Pseudonyms(KEY)
    first = pseudonyms.clients(pl.Series(["999900006", None, "999900018", "999900006"]))

    again = pseudonyms.clients(pl.Series(["999900018", "123456782", "999900006", None]))

    alone = [Pseudonyms(KEY).client(bsn) for bsn in ("999900006", "999900018", "123456782")]
    assert first.to_list() == [alone[0], None, alone[1], alone[0]]
    assert again.to_list() == [alone[1], alone[2], alone[0], None]


@given(st.lists(st.sampled_from([None, "999900006", "999900018", "no BSN"])), st.integers(1, 9))
def test_each_row_has_its_own_clients_key_also_where_clients_stand_together(bsns: list[str | None], run: int) -> None:
    pseudonyms = Pseudonyms(KEY)
    rows = [bsn for bsn in bsns for _ in range(run)]

    keys = pseudonyms.clients(pl.Series("bsn", rows, dtype=pl.String))

    assert keys.to_list() == [None if bsn is None else pseudonyms.client(bsn) for bsn in rows]


def test_more_clients_than_are_remembered_keep_their_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.pseudonyms._MOST_REMEMBERED", 2)
    pseudonyms = Pseudonyms(KEY)
    pseudonyms.clients(pl.Series(["999900006", "999900018"]))

    keys = pseudonyms.clients(pl.Series(["123456782", "999900006"]))

    assert keys.to_list() == [Pseudonyms(KEY).client(bsn) for bsn in ("123456782", "999900006")]


def test_pickled_pseudonyms_carry_nobody_along() -> None:
    pseudonyms = Pseudonyms(KEY)
    key = pseudonyms.clients(pl.Series(["999900006"]))

    pickled = pickle.dumps(pseudonyms)

    assert b"999900006" not in pickled
    assert pickle.loads(pickled).clients(pl.Series(["999900006"])).equals(key)
