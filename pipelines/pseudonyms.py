"""BSN → client_key, and the other keyed digests. The only module that sees the key.

Each use has a subkey of its own (HMAC-SHA-256 of the use's name), so that a client's key and a referrer's hash can
never be compared. Pseudonyms are 128 bits, as 32 hexadecimal digits.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]

from pipelines.errors import ConfigurationError

KEY_VARIABLE = "JEUGDSPIEGEL_PSEUDONYM_KEY"
KEY_BYTES = 32
PSEUDONYM_BYTES = 16
_ALGORITHM = "sha256"
_BLOCK_BYTES = 64
_MOST_REMEMBERED = 1_000_000
_REMEMBERED = {"value": pl.String, "digest": pl.String}


class Pseudonyms:
    """Keyed digests of one deployment: the same value gives the same pseudonym, as long as the key is the same."""

    __slots__ = ("_remembered", "_subkeys")

    def __init__(self, key: bytes) -> None:
        """Take a key of at least 32 bytes.

        Raises:
            ConfigurationError: the key is too short.
        """
        if len(key) < KEY_BYTES:
            raise ConfigurationError(f"The pseudonym key is too short: {KEY_BYTES} bytes are needed.")
        uses = ("client", "referrer", "respondent", "row", "content")
        self._subkeys = {use: hmac.digest(key, use.encode(), _ALGORITHM) for use in uses}
        self._remembered: dict[str, pl.DataFrame] = {}

    def __reduce__(self) -> tuple[Callable[[dict[str, bytes]], Pseudonyms], tuple[dict[str, bytes]]]:
        # What is remembered stays in this process.
        return _of_subkeys, (self._subkeys,)

    def __repr__(self) -> str:
        return "Pseudonyms(key hidden)"

    def client(self, bsn: str) -> str:
        """The ``client_key`` of a BSN of nine digits."""
        return self._digest("client", bsn)

    def clients(self, bsns: pl.Series) -> pl.Series:
        """The ``client_key`` of each BSN (str); null stays null."""
        return self._digests("client", bsns)

    def referrer(self, normalised_name: str) -> str:
        """The ``referrer_hash`` of a normalised name."""
        return self._digest("referrer", normalised_name)

    def referrers(self, normalised_names: pl.Series) -> pl.Series:
        """The ``referrer_hash`` of each normalised name (str); null stays null.

        A practice's name in a POH registration is hashed the same way, so that the aliases hold for it too.
        """
        return self._digests("referrer", normalised_names)

    def respondents(self, identifiers: pl.Series) -> pl.Series:
        """The ``respondent_key`` of each survey respondent; null stays null."""
        return self._digests("respondent", identifiers)

    def rows(self, frame: pl.DataFrame) -> pl.Series:
        """The ``row_digest`` of each row: equal for rows that are equal in every column.

        Two seeded 64-bit hashes, not HMAC: five million rows take a second instead of minutes. Give it pseudonymised
        columns only. Another version of polars may give other digests: a row delivered again after an upgrade is then
        recognised by its reference instead.
        """
        key = self._subkeys["row"]
        low, high = (int.from_bytes(key[start : start + 8], "little") for start in (0, 8))
        return _hex_texts(frame.hash_rows(low)) + _hex_texts(frame.hash_rows(high))

    def content(self) -> hmac.HMAC:
        """A running digest of a delivery's content; its hexadecimal digest is ``content_digest``."""
        return hmac.new(self._subkeys["content"], digestmod=_ALGORITHM)

    def _digest(self, use: str, value: str) -> str:
        return _keyed_digests(self._subkeys[use], [value])[0]

    def _digests(self, use: str, values: pl.Series) -> pl.Series:
        # The same clients come back in every batch and message: each is digested once a process, and then looked up.
        asked = values.rename("value").to_frame()
        known = self._remembered.get(use, pl.DataFrame(schema=_REMEMBERED))
        new = asked.unique().drop_nulls().join(known, on="value", how="anti")["value"]
        if not new.is_empty():
            if known.height + len(new) > _MOST_REMEMBERED:
                known = known.join(asked, on="value", how="semi")
            digests = pl.Series("digest", _keyed_digests(self._subkeys[use], new.to_list()), dtype=pl.String)
            known = pl.concat([known, pl.DataFrame([new, digests])])
            # One assignment of a whole frame: another thread sees the frame before or after it.
            self._remembered[use] = known
        return asked.join(known, on="value", how="left", maintain_order="left")["digest"].rename(values.name)


def _of_subkeys(subkeys: dict[str, bytes]) -> Pseudonyms:
    pseudonyms = object.__new__(Pseudonyms)
    pseudonyms._subkeys, pseudonyms._remembered = subkeys, {}
    return pseudonyms


def _keyed_digests(key: bytes, values: Iterable[str]) -> list[str]:
    """HMAC-SHA-256 of each value, cut to 128 bits.

    The key's two blocks are hashed once and copied: half the time of ``hmac.digest``, which starts anew for each value.
    """
    block = key.ljust(_BLOCK_BYTES, b"\0")
    inner, outer = (hashlib.sha256(bytes(byte ^ pad for byte in block)) for pad in (0x36, 0x5C))
    digests = []
    for value in values:
        first, second = inner.copy(), outer.copy()
        first.update(value.encode())
        second.update(first.digest())
        digests.append(second.hexdigest()[: 2 * PSEUDONYM_BYTES])
    return digests


def _hex_texts(hashes: pl.Series) -> pl.Series:
    """Each 64-bit number as 16 hexadecimal digits; over Arrow buffers, because a loop would take most of the time."""
    digits = hashes.rechunk().to_arrow().buffers()[1].to_pybytes()[: 8 * len(hashes)].hex()
    offsets = pl.int_range(0, 16 * len(hashes) + 1, 16, dtype=pl.Int64, eager=True).to_arrow()
    texts = pa.LargeStringArray.from_buffers(len(hashes), offsets.buffers()[1], pa.py_buffer(digits.encode("ascii")))
    return pl.Series(texts)


def load_pseudonyms(key_file: Path, environment: Mapping[str, str]) -> Pseudonyms:
    """The deployment's pseudonyms: the key from the environment, else from the file, which is made at first use.

    Raises:
        ConfigurationError: the key is malformed or too short, or others can read its file. Never holds the key.
    """
    text = environment.get(KEY_VARIABLE)
    if text is not None:
        return Pseudonyms(_parse(text, f"The environment variable {KEY_VARIABLE}"))
    if not key_file.exists():
        _make(key_file)
    try:
        mode = stat.S_IMODE(key_file.stat().st_mode)
        text = key_file.read_text(encoding="ascii")
    except UnicodeDecodeError:
        text = ""
    except OSError as error:
        raise ConfigurationError(f"{key_file}: the key cannot be read ({error.strerror}).") from None
    if mode & 0o077:
        raise ConfigurationError(f"{key_file}: others can read the key; run: chmod 600 {key_file}")
    return Pseudonyms(_parse(text, str(key_file)))


def _parse(text: str, where: str) -> bytes:
    digits = text.strip()
    try:
        key = bytes.fromhex(digits)
    except ValueError:
        key = b""
    if len(key) < KEY_BYTES or len(digits) != 2 * len(key):
        raise ConfigurationError(f"{where}: a key of at least {2 * KEY_BYTES} hexadecimal digits is needed.")
    return key


def _make(key_file: Path) -> None:
    """Write a new key under its final name at once; when another process was first, its key stays."""
    try:
        key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = key_file.with_name(f".{key_file.name}.{secrets.token_hex(8)}")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(KEY_BYTES) + "\n")
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(beside, key_file)
        finally:
            beside.unlink()
        folder = os.open(key_file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise ConfigurationError(f"{key_file}: the key cannot be written ({error.strerror}).") from None
