"""One person out of everything that was made from deliveries, and kept out.

Belongs here: taking the rows away, and finding the files of the inbox that still name the person. Does not belong here:
building the warehouse again, which the command does. The number itself is nowhere written and in no message.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from stdnum.nl import bsn as bsn_check

from pipelines import lake
from pipelines.deliveries import Limits, RefusedPart, scan_inbox, unpack
from pipelines.errors import ConfigurationError
from pipelines.home import Home
from pipelines.parquet import read_parquet
from pipelines.privacy import caches, removal
from pipelines.privacy.pending import note_loss
from pipelines.privacy.recognition import texts
from pipelines.privacy.rewriting import Rewriting
from pipelines.pseudonyms import Pseudonyms
from schemas.datasets import DATASETS
from schemas.lake_files import ERASED, FINDINGS, REMOVED


@dataclass(frozen=True)
class Erased:
    """What an erasure took away.

    Attributes:
        rows: per dataset of the lake, and ``findings``, the rows that went.
        cents: signed cents of the declaration lines among them.
        deliveries: files that lost rows, as unpacked.
        was_known: whether this person was erased before.
    """

    rows: Mapping[str, int]
    cents: int
    deliveries: int
    was_known: bool


def checked_bsn(text: str) -> str:
    """The nine digits of a BSN as somebody typed it, also with separators or without its leading zeros.

    Raises:
        ConfigurationError: it is none; the sentence does not repeat it.
    """
    digits = re.sub(r"[ .\-]", "", text.strip())
    if not (digits.isascii() and digits.isdigit() and 7 <= len(digits) <= 9 and bsn_check.is_valid(digits.zfill(9))):
        raise ConfigurationError("The number on standard input is not a BSN: nine digits of which the last one checks.")
    return digits.zfill(9)


def erase(home: Home, pseudonyms: Pseudonyms, bsn: str, today: date) -> Erased:
    """Take a person out of the lake; the warehouse must be built again afterwards.

    Args:
        home: the home folder.
        pseudonyms: the deployment's pseudonyms.
        bsn: as ``checked_bsn`` gives it.
        today: the day that is written down.

    Raises:
        ConfigurationError: the key is not that of the lake.
        LakeLockedError: another process is writing to the lake.
    """
    client = pseudonyms.client(bsn)
    with lake.locked(home):
        lake.ensure_schemas(home)
        lake.remember_key(home, pseudonyms)
        known = read_parquet(removal.erased_path(home), ERASED)
        was_known = client in set(known["client_key"])
        rewriting = Rewriting(home)
        rows: dict[str, int] = {}
        gone = [pl.DataFrame(schema={"file_sha256": pl.String, "row_number": pl.Int32, "cents": pl.Int64})]
        for name, dataset in DATASETS.items():
            if "client_key" not in dataset.lake:
                continue
            for path in sorted((home.lake / name).glob("month=*.parquet")):
                frame = read_parquet(path, dataset.lake)
                going = frame.filter(pl.col("client_key") == client)
                if going.is_empty():
                    continue
                rows[name] = rows.get(name, 0) + going.height
                cents = pl.col("amount_cents") if name == "declaration_lines" else pl.lit(0, dtype=pl.Int64)
                gone.append(going.select(*removal.PLACE, cents=cents))
                _keep(rewriting, frame.filter(pl.col("client_key").ne_missing(client)), path)
        lost = pl.concat(gone)
        findings = _findings(home, rewriting, lost)
        if findings:
            rows["findings"] = findings
        rewriting.write(removal.with_counts(home, _counts(lost)), removal.removed_path(home))
        if not was_known:
            new = pl.DataFrame({"client_key": [client], "erased_on": [today]}, schema=dict(ERASED))
            rewriting.write(pl.concat([known, new]).sort("client_key"), removal.erased_path(home))
        note_loss(home, rewriting, ends_earlier=True)
        rewriting.commit()
        caches.clear(home)
    return Erased(rows, int(lost["cents"].sum()), lost["file_sha256"].n_unique(), was_known)


def lift(home: Home, pseudonyms: Pseudonyms, bsn: str) -> bool:
    """Let later deliveries about a person in again; what went stays away. Returns whether the person was kept out.

    Raises:
        LakeLockedError: another process is writing to the lake.
    """
    with lake.locked(home):
        lake.ensure_schemas(home)
        lake.remember_key(home, pseudonyms)
        known = read_parquet(removal.erased_path(home), ERASED)
        kept = known.filter(pl.col("client_key") != pseudonyms.client(bsn))
        rewriting = Rewriting(home)
        rewriting.write(kept, removal.erased_path(home))
        rewriting.commit()
    return kept.height < known.height


def files_naming(home: Home, bsn: str, limits: Limits | None = None) -> list[str]:
    """Names, relative to the inbox, of the files in which a BSN stands, decoded, in whatever way it is written."""
    pattern = _pattern(bsn)
    home.scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    scan = scan_inbox(home.inbox, look_again_seconds=0)
    found = []
    for file in sorted([*scan.ready, *scan.growing], key=lambda one: one.name):
        scratch = Path(tempfile.mkdtemp(dir=home.scratch))
        try:
            if pattern.search(file.name.encode("utf-8", "surrogateescape")) or any(
                pattern.search(text) for text in _texts(file.path, home.inbox, limits or Limits(), scratch)
            ):
                found.append(file.name)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return found


def _keep(rewriting: Rewriting, kept: pl.DataFrame, path: Path) -> None:
    if kept.is_empty():
        rewriting.remove(path)
    else:
        rewriting.write(kept, path)


def _counts(lost: pl.DataFrame) -> pl.DataFrame:
    """What each file lost, as ``REMOVED``."""
    return (
        lost.group_by("file_sha256")
        .agg(
            reason=pl.lit(removal.ERASURE),
            rows_removed=pl.col("row_number").n_unique().cast(pl.Int64),
            cents_removed=pl.col("cents").sum(),
        )
        .select(list(REMOVED))
    )


def _findings(home: Home, rewriting: Rewriting, lost: pl.DataFrame) -> int:
    """Stage the findings without those about rows that go; returns how many go."""
    path = home.lake / "findings.parquet"
    findings = read_parquet(path, FINDINGS)
    kept = findings.join(lost, on=removal.PLACE, how="anti", maintain_order="left")
    if kept.height < findings.height:
        rewriting.write(kept, path)
    return findings.height - kept.height


# --- the inbox ---


def _pattern(bsn: str) -> re.Pattern[bytes]:
    """The number with and without its leading zeros, with separators, in one byte or two per character."""
    digits = bsn.lstrip("0")
    zeros = len(bsn) - len(digits)
    one = rb"(?<![0-9])0{0,%d}" % zeros + rb"[ .\-]?".join(digit.encode() for digit in digits) + rb"(?![0-9])"
    two = [
        (separator % rb"[ .\-]").join(character % digit.encode() for digit in digits)
        for separator, character in ((rb"(?:%s\x00)?", rb"%s\x00"), (rb"(?:\x00%s)?", rb"\x00%s"))
    ]
    # A workbook may keep a number as a power of ten.
    power = f"{digits[0]}.{digits[1:].rstrip('0')}E{len(digits) - 1}".encode()
    return re.compile(b"|".join([one, *two, re.escape(power), re.escape(power.replace(b"E", b"E+"))]))


def _texts(path: Path, inbox: Path, limits: Limits, scratch: Path) -> Iterator[bytes]:
    """The bytes of a file as unpacked, in overlapping blocks; of a workbook, those of what is in it."""
    try:
        for part in unpack(path, inbox, limits, scratch):
            yield from texts(path if isinstance(part, RefusedPart) else part.source)
    except OSError:
        return
