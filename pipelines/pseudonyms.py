"""BSN → client_key, and the other keyed digests. The only module that sees the key.

Each use has a subkey of its own (HMAC-SHA-256 of the use's name), so that a client's key and a referrer's hash can
never be compared. Pseudonyms are 128 bits, as 32 hexadecimal digits.

A key is a chain of links. The lake holds pseudonyms and nobody's BSN, so a rotation passes what is there through a new
link, and from then on a new BSN goes through all of them: HMAC(k2, HMAC(k1, BSN)).
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
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
_NINE_DIGITS = r"\A[0-9]{9}\z"
_BSN_LENGTH = 9
_ROWS_PER_RUN = 4
_USES = ("client", "referrer", "respondent", "row", "content", "file", "lake")


class Pseudonyms:
    """Keyed digests of one deployment: the same value gives the same pseudonym, as long as the key is the same."""

    __slots__ = ("_remembered", "_subkeys")

    def __init__(self, key: bytes, *links: bytes) -> None:
        """Take a key of at least 32 bytes, and the links that rotations added to it, oldest first.

        Raises:
            ConfigurationError: the key or a link is too short.
        """
        if any(len(link) < KEY_BYTES for link in (key, *links)):
            raise ConfigurationError(f"The pseudonym key is too short: {KEY_BYTES} bytes are needed.")
        self._subkeys = {
            use: tuple(hmac.digest(link, use.encode(), _ALGORITHM) for link in (key, *links)) for use in _USES
        }
        self._remembered: dict[tuple[str, pl.DataType], pl.DataFrame] = {}

    def __reduce__(self) -> tuple[Callable[[_Subkeys], Pseudonyms], tuple[_Subkeys]]:
        # What is remembered stays in this process.
        return _of_subkeys, (self._subkeys,)

    def __repr__(self) -> str:
        return "Pseudonyms(key hidden)"

    def client(self, bsn: str) -> str:
        """The ``client_key`` of a BSN of nine digits."""
        return self._digest("client", bsn)

    def clients(self, bsns: pl.Series) -> pl.Series:
        """The ``client_key`` of each BSN (str); null stays null."""
        return _by_run(bsns, self._clients)

    def _clients(self, bsns: pl.Series) -> pl.Series:
        # Numbers are told apart in a third of the time of texts, and nine digits are one number each.
        is_number = bsns.str.contains(_NINE_DIGITS).fill_null(value=True).all()
        return self._digests("client", bsns.cast(pl.Int64) if is_number else bsns)

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
        # Its columns went through every link already: the newest alone is enough.
        key = self._subkeys["row"][-1]
        low, high = (int.from_bytes(key[start : start + 8], "little") for start in (0, 8))
        return _hex_texts(frame.hash_rows(low)) + _hex_texts(frame.hash_rows(high))

    def content(self) -> hmac.HMAC:
        """A running digest of a delivery's content, made with the first link; see ``sealed``."""
        return hmac.new(self._subkeys["content"][0], digestmod=_ALGORITHM)

    def sealed(self, content: hmac.HMAC) -> str:
        """``content_digest``: a running digest, passed through the links that rotations added."""
        return _sealed(self._subkeys["content"][1:], content.hexdigest())

    def file_token(self, text: str) -> str:
        """What stands in the place of a piece of a file's name: 48 bits, as 12 hexadecimal digits."""
        for link in self._subkeys["file"]:
            text = _token(link, text)
        return text

    def file_key(self, name: str) -> str:
        """By what a file of the inbox is known, instead of by its name."""
        return self._digest("file", name)

    @property
    def fingerprint(self) -> str:
        """Tells keys apart and says nothing about them: the lake remembers whose pseudonyms it holds."""
        return self._digest("lake", "jeugdspiegel")

    # --- rotation: from the pseudonyms of the chain without its newest link to those of the whole chain ---

    def moved(self, use: str, pseudonyms: pl.Series) -> pl.Series:
        """Pseudonyms (str) of a use (``client``, ``referrer``, ``respondent``) after a rotation; null stays null."""
        unique = pseudonyms.unique().drop_nulls()
        new = pl.Series(_keyed_digests(self._subkeys[use][-1:], unique.to_list()), dtype=pl.String)
        return pseudonyms.replace_strict(unique, new, default=None, return_dtype=pl.String)

    def moved_content(self, digests: pl.Series) -> pl.Series:
        """Content digests after a rotation; null stays null."""
        link = self._subkeys["content"][-1:]
        return digests.map_elements(lambda digest: _sealed(link, digest), return_dtype=pl.String)

    def moved_token(self, token: str) -> str:
        """A ``file_token`` after a rotation."""
        return _token(self._subkeys["file"][-1], token)

    def _digest(self, use: str, value: str) -> str:
        return _keyed_digests(self._subkeys[use], [value])[0]

    def _digests(self, use: str, values: pl.Series) -> pl.Series:
        """The digest of each text, or of each number as a text of nine digits."""
        # The same clients come back in every batch and message: each is digested once a process, and then looked up.
        asked = values.rename("value").to_frame()
        place = use, values.dtype
        known = self._remembered.get(place, pl.DataFrame(schema={"value": values.dtype, "digest": pl.String}))
        new = values.unique().drop_nulls().rename("value").to_frame().join(known, on="value", how="anti")["value"]
        if not new.is_empty():
            if known.height + len(new) > _MOST_REMEMBERED:
                known = known.join(asked, on="value", how="semi")
            texts = new if new.dtype == pl.String else new.cast(pl.String).str.zfill(_BSN_LENGTH)
            digests = pl.Series("digest", _keyed_digests(self._subkeys[use], texts.to_list()), dtype=pl.String)
            known = pl.concat([known, pl.DataFrame([new, digests])])
            # One assignment of a whole frame: another thread sees the frame before or after it.
            self._remembered[place] = known
        return asked.join(known, on="value", how="left", maintain_order="left")["digest"].rename(values.name)


_Subkeys = dict[str, tuple[bytes, ...]]


def _of_subkeys(subkeys: _Subkeys) -> Pseudonyms:
    pseudonyms = object.__new__(Pseudonyms)
    pseudonyms._subkeys, pseudonyms._remembered = subkeys, {}
    return pseudonyms


def _by_run(values: pl.Series, read: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """What is read of each value: once a run where equal values stand together, as a message has those of a client."""
    runs = values.rle_id()
    if values.is_empty() or (runs[-1] + 1) * _ROWS_PER_RUN > len(values):
        return read(values)
    return read(values.rle().struct.field("value")).gather(runs).rename(values.name)


def _token(link: bytes, text: str) -> str:
    return _link_digests(link, [text])[0][:12]


def _sealed(links: Sequence[bytes], digest: str) -> str:
    for link in links:
        digest = hmac.digest(link, digest.encode(), _ALGORITHM).hex()
    return digest


def _keyed_digests(links: Sequence[bytes], values: Iterable[str]) -> list[str]:
    """Each value through every link."""
    digests = list(values)
    for link in links:
        digests = _link_digests(link, digests)
    return digests


def _link_digests(key: bytes, values: Iterable[str]) -> list[str]:
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
    if KEY_VARIABLE not in environment and not key_file.exists():
        _make(key_file)
    return Pseudonyms(*_chain(key_file, environment))


@dataclass(frozen=True, repr=False)
class NextKey:
    """A key with one link more, written beside the one that holds; nothing uses it before ``adopt``.

    Attributes:
        pseudonyms: those of the longer chain.
        staged: where it lies now, mode 0600.
        target: where ``adopt`` puts it: the key file, or a file for whoever sets the environment variable.
        is_for_environment: the key comes from the environment, which nobody here can write.
        links: how many links it has.
    """

    pseudonyms: Pseudonyms
    staged: Path
    target: Path
    is_for_environment: bool
    links: int
    _text: str

    def adopt(self, environment: MutableMapping[str, str]) -> None:
        """Put the key in force, in one rename; in this process's own environment too, where the key comes from it.

        Raises:
            ConfigurationError: it cannot be written.
        """
        try:
            self.staged.replace(self.target)
            _sync(self.target.parent)
        except OSError as error:
            raise ConfigurationError(f"{self.target}: the key cannot be written ({error.strerror}).") from None
        if self.is_for_environment:
            environment[KEY_VARIABLE] = self._text


def next_key(key_file: Path, environment: Mapping[str, str], link_file: Path | None = None) -> NextKey:
    """Write a key with a new link beside the present one: a random link, or that of a file that its owner alone reads.

    Raises:
        ConfigurationError: there is no key yet, it or the link is malformed or open to others, or cannot be written.
    """
    if KEY_VARIABLE not in environment and not key_file.exists():
        raise ConfigurationError(f"{key_file}: there is no key yet; the first run makes one.")
    links = _chain(key_file, environment)
    new = _parse(_read_private(link_file), str(link_file)) if link_file else [secrets.token_bytes(KEY_BYTES)]
    if len(new) != 1 or new[0] in links:
        raise ConfigurationError(f"{link_file}: one link is needed, and one that is not in the key yet.")
    chain = [*links, *new]
    is_for_environment = KEY_VARIABLE in environment
    target = key_file.with_name(f"{key_file.name}.for-environment") if is_for_environment else key_file
    text = (":" if is_for_environment else "\n").join(link.hex() for link in chain)
    staged = key_file.with_name(f".{key_file.name}.next")
    try:
        key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        staged.unlink(missing_ok=True)
        _write_private(staged, text + "\n")
    except OSError as error:
        raise ConfigurationError(f"{staged}: the key cannot be written ({error.strerror}).") from None
    return NextKey(Pseudonyms(*chain), staged, target, is_for_environment, len(chain), text)


def fingerprint_in(path: Path) -> str | None:
    """The fingerprint of the key in a file; None when there is none that can be used."""
    try:
        return Pseudonyms(*_parse(_read_private(path), str(path))).fingerprint
    except ConfigurationError:
        return None


def _chain(key_file: Path, environment: Mapping[str, str]) -> list[bytes]:
    text = environment.get(KEY_VARIABLE)
    if text is not None:
        return _parse(text, f"The environment variable {KEY_VARIABLE}")
    return _parse(_read_private(key_file), str(key_file))


def _read_private(path: Path) -> str:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_text(encoding="ascii")
    except UnicodeDecodeError:
        text = ""
    except OSError as error:
        raise ConfigurationError(f"{path}: the key cannot be read ({error.strerror}).") from None
    if mode & 0o077:
        raise ConfigurationError(f"{path}: others can read the key; run: chmod 600 {path}")
    return text


def _parse(text: str, where: str) -> list[bytes]:
    """The links of a key: one a line, or separated by colons."""
    links = []
    for digits in text.replace(":", " ").split():
        try:
            link = bytes.fromhex(digits)
        except ValueError:
            link = b""
        links.append(link if len(digits) == 2 * len(link) else b"")
    if not links or any(len(link) < KEY_BYTES for link in links):
        raise ConfigurationError(f"{where}: a key of at least {2 * KEY_BYTES} hexadecimal digits is needed.")
    return links


def _make(key_file: Path) -> None:
    """Write a new key under its final name at once; when another process was first, its key stays."""
    try:
        key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = key_file.with_name(f".{key_file.name}.{secrets.token_hex(8)}")
        try:
            _write_private(beside, secrets.token_hex(KEY_BYTES) + "\n")
            with contextlib.suppress(FileExistsError):
                os.link(beside, key_file)
        finally:
            beside.unlink()
        _sync(key_file.parent)
    except OSError as error:
        raise ConfigurationError(f"{key_file}: the key cannot be written ({error.strerror}).") from None


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
