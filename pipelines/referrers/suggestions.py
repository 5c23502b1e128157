"""Referrers that no practice is known for: which practices they look like.

Belongs here: reading names again from the inbox, because the lake has hashes alone. A name leaves this module only
towards the operator's own terminal; the lake gets hash, practice and score.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import polars as pl

from pipelines.deliveries import (
    Limits,
    Part,
    Refused,
    RefusedPart,
    is_batched,
    read_batches,
    read_part,
    unpack,
)
from pipelines.deliveries.flat import sheet_part
from pipelines.deliveries.flat.workbook import ZIP_MAGIC
from pipelines.deliveries.sources import read_head
from pipelines.home import Home
from pipelines.lake import read_ledger
from pipelines.parquet import read_parquet, write_parquet
from pipelines.privacy.names import find_in_inbox
from pipelines.pseudonyms import Pseudonyms
from pipelines.reference import read_aliases
from pipelines.referrers import normalise_name, practice_names, suggest
from schemas.lake_files import REFERRER_SUGGESTIONS

# A name that stands in many files is in each of them: a few are enough to find it.
_FILES_PER_NAME = 3
_GP = "02"


@dataclass(frozen=True)
class UnresolvedReferrer:
    """A GP that no practice is known for, for the operator's terminal and nowhere else.

    Attributes:
        name: as delivered, in its most frequent spelling.
        requests: how many accepted requests name it.
        practice_id, score: the practice it looks most like, 60 to 100; None when there is none.
    """

    name: str
    requests: int
    practice_id: str | None
    score: float | None


def unresolved_from_inbox(home: Home, pseudonyms: Pseudonyms, limits: Limits | None = None) -> list[UnresolvedReferrer]:
    """The unresolved referrers by name, most requests first; a name whose files left the inbox is not among them."""
    requests = _unresolved_requests(home)
    counts = dict(requests.group_by("referrer_hash").len().iter_rows())
    names = _names(home, requests, pseudonyms, limits or Limits())
    candidates = _candidates(home)
    found = []
    for referrer_hash, name in names.items():
        best = next(iter(suggest(name, candidates, limit=1)), (None, None))
        found.append(UnresolvedReferrer(name, counts[referrer_hash], *best))
    return sorted(found, key=lambda referrer: (-referrer.requests, referrer.name))


def write_suggestions(home: Home, pseudonyms: Pseudonyms, limits: Limits | None = None) -> int:
    """Bring ``lake/referrer_suggestions.parquet`` up to date: at most three practices per unresolved referrer.

    Only files that name a referrer without suggestions are read again; when the practices' names changed, all are.

    Returns:
        How many unresolved referrers have a suggestion.
    """
    path, state_path = home.lake / "referrer_suggestions.parquet", home.lake / "referrer_suggestions.json"
    requests = _unresolved_requests(home)
    unresolved = set(requests["referrer_hash"])
    candidates = _candidates(home)
    digest = hashlib.sha256(json.dumps(candidates).encode()).hexdigest()
    looked_at, without = _read_state(state_path)
    is_current = looked_at == digest
    known = read_parquet(path, REFERRER_SUGGESTIONS) if is_current else pl.DataFrame(schema=dict(REFERRER_SUGGESTIONS))
    known = known.filter(pl.col("referrer_hash").is_in(sorted(unresolved)))
    # A name that resembles no practice has no rows; it need not be read again either.
    looked_up = without & unresolved if is_current else set()
    wanted = unresolved - set(known["referrer_hash"]) - looked_up
    names = _names(home, requests.filter(pl.col("referrer_hash").is_in(sorted(wanted))), pseudonyms, limits or Limits())
    rows = [
        (referrer_hash, practice_id, score)
        for referrer_hash, name in names.items()
        for practice_id, score in suggest(name, candidates)
    ]
    added = pl.DataFrame(rows, schema=dict(REFERRER_SUGGESTIONS), orient="row")
    suggestions = pl.concat([known, added]).sort(
        "referrer_hash", "score", "practice_id", descending=[False, True, False]
    )
    write_parquet(suggestions, path)
    _write_state(state_path, digest, looked_up | (set(names) - set(added["referrer_hash"])))
    return suggestions["referrer_hash"].n_unique()


def _unresolved_requests(home: Home) -> pl.DataFrame:
    """``file_sha256`` and ``referrer_hash`` of accepted requests by a GP whose name is no practice's."""
    columns = {"file_sha256": pl.String, "referrer_type": pl.String, "referrer_hash": pl.String}
    months = sorted((home.lake / "referral_requests").glob("month=*.parquet"))
    frames = [pl.DataFrame(schema=columns), *(read_parquet(month, columns) for month in months)]
    known = read_parquet(home.lake_reference / "referrer_names.parquet", {"referrer_hash": pl.String})
    ledger = read_ledger(home).filter(pl.col("refusal").is_null())
    return (
        pl.concat(frames)
        .filter((pl.col("referrer_type") == _GP) & pl.col("referrer_hash").is_not_null())
        .join(known, on="referrer_hash", how="anti")
        .join(ledger, on="file_sha256", how="semi")
        .select("file_sha256", "referrer_hash")
    )


def _candidates(home: Home) -> list[tuple[str, str]]:
    """Every name of every practice, as (normal form, practice_id)."""

    def rows(table: str, *columns: str) -> list[dict[str, str | None]]:
        frame = read_parquet(home.lake_reference / f"{table}.parquet", dict.fromkeys(columns, pl.String))
        return frame.to_dicts()

    towns = {
        row["gemeentecode"]: row["naam"]
        for row in rows("gemeenten", "gemeentecode", "naam")
        if row["gemeentecode"] and row["naam"]
    }
    practices = rows("praktijken", "praktijk_id", "naam", "gemeentecode")
    return practice_names(practices, read_aliases(home).to_dicts(), towns)


# --- names, from the inbox ---


def _names(home: Home, requests: pl.DataFrame, pseudonyms: Pseudonyms, limits: Limits) -> dict[str, str]:
    """Hash → the name as delivered, in its most frequent spelling, for the hashes of these requests."""
    if requests.is_empty():
        return {}
    picked = requests.unique().sort("referrer_hash", "file_sha256").group_by("referrer_hash", maintain_order=True)
    shas = set(picked.head(_FILES_PER_NAME)["file_sha256"])
    wanted = set(requests["referrer_hash"])
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    hashes: dict[str, str] = {}
    for name in _delivered_names(home, shas, limits, pseudonyms):
        if name not in hashes:
            hashes[name] = pseudonyms.referrer(normalise_name(name))
        if hashes[name] in wanted:
            spellings[hashes[name]][name] += 1
    return {
        referrer_hash: min(counted, key=lambda name: (-counted[name], name))
        for referrer_hash, counted in sorted(spellings.items())
    }


def _delivered_names(home: Home, shas: Collection[str], limits: Limits, pseudonyms: Pseudonyms) -> Iterator[str]:
    """Every referrer's name in the deliveries with these digests, as far as the inbox still has them."""
    rows = read_ledger(home).filter(pl.col("file_sha256").is_in(sorted(shas)))
    shown = {row["container"] or row["file_name"] for row in rows.iter_rows(named=True)}
    files = {_inbox_file(home.inbox, name, pseudonyms) for name in shown}
    home.scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in sorted(file for file in files if file is not None):
        scratch = Path(tempfile.mkdtemp(dir=home.scratch))
        try:
            for part in unpack(path, home.inbox, limits, scratch):
                yield from _names_of(part, shas, limits, scratch)
        except OSError:
            continue
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def _names_of(part: Part | RefusedPart, shas: Collection[str], limits: Limits, scratch: Path) -> Iterator[str]:
    if isinstance(part, RefusedPart):
        return
    try:
        if part.sha256 not in shas and not read_head(part.source).startswith(ZIP_MAGIC):
            return
        is_large = is_batched(part, limits)
        for delivery in read_batches(part, limits, scratch) if is_large else read_part(part, limits, scratch):
            if isinstance(delivery, RefusedPart):
                continue
            own = part if delivery.sheet is None else sheet_part(part, delivery.sheet)
            table = delivery.tables.get("referral_requests")
            if own.sha256 in shas and table is not None:
                yield from table["referrer_name"].drop_nulls()
    except Refused:
        return


def _inbox_file(inbox: Path, name: str, pseudonyms: Pseudonyms) -> Path | None:
    """The file of the inbox that a ledger's name lies in: itself, or the container or workbook in front of it."""
    for candidate in (name, *(str(parent) for parent in PurePosixPath(name).parents), name.rpartition("#")[0]):
        path = find_in_inbox(inbox, candidate, pseudonyms) if candidate else None
        if path is not None:
            return path
    return None


# --- what was looked up before ---


def _read_state(path: Path) -> tuple[str | None, set[str]]:
    """Digest of the practices' names that were compared, and the hashes that resemble none of them."""
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
        return str(state["candidates"]), set(map(str, state["without"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None, set()


def _write_state(path: Path, candidates: str, without: Collection[str]) -> None:
    state = {"candidates": candidates, "without": sorted(without)}
    beside = path.with_name(f".{path.name}.writing")
    with beside.open("w", encoding="utf-8") as file:
        json.dump(state, file, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
