"""Rotation of the key: every pseudonym of the lake through a new link, without the inbox.

Belongs here: which columns of which files are keyed. Does not belong here: the key (``pseudonyms.py``), and how many
files become one change (``rewriting``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines import lake
from pipelines.home import Home
from pipelines.privacy import caches, removal
from pipelines.privacy.names import moved_names
from pipelines.privacy.pending import note_loss
from pipelines.privacy.rewriting import Rewriting
from pipelines.pseudonyms import Pseudonyms, load_pseudonyms, next_key
from pipelines.validation.finishing import IDENTIFIERS, row_digests
from schemas.dataset import Dataset
from schemas.datasets import DATASETS

KEYED_COLUMNS = {
    "client_key": "client",
    "referrer_hash": "referrer",
    "practice_text_hash": "referrer",
    "respondent_key": "respondent",
    "file_key": "file",
}
"""Columns that hold pseudonyms, wherever they occur in the lake, and their use."""

CONTENT_DIGEST, ROW_DIGEST = "content_digest", "row_digest"
"""Digests that are passed on whole, and digests that are made again from the row."""

NAMES = ("file_name", "container", "reference", *IDENTIFIERS)
"""Columns in which a token may stand for a piece of a name."""


@dataclass(frozen=True)
class Rekeyed:
    """What a rotation did.

    Attributes:
        files: files of the lake that were rewritten.
        persons: different clients among them.
        links: how many links the key has now.
        for_environment: the file with the value to set, where the key comes from the environment; else None.
    """

    files: int
    persons: int
    links: int
    for_environment: Path | None


def rekey(home: Home, environment: MutableMapping[str, str], link_file: Path | None = None) -> Rekeyed:
    """Rotate the key over the lake; the warehouse must be built again afterwards.

    Args:
        home: the home folder.
        environment: this process's environment; a key in it is replaced, for this process alone.
        link_file: a file with the link to add, readable by its owner alone; None makes a random one.

    Raises:
        ConfigurationError: there is no key, it is not the lake's, or it cannot be written.
        LakeLockedError: another process is writing to the lake.
    """
    with lake.locked(home):
        lake.ensure_schemas(home)
        lake.require_key(home, load_pseudonyms(home.pseudonym_key, environment))
        key = next_key(home.pseudonym_key, environment, link_file)
        rewriting = Rewriting(home)
        persons: set[str] = set()
        files = 0
        for path, dataset in _parquet_files(home):
            frame = pl.read_parquet(path, glob=False, hive_partitioning=False)
            rewriting.write(moved(frame, key.pseudonyms, dataset), path)
            files += 1
            if "client_key" in frame.columns:
                persons.update(frame["client_key"].unique().drop_nulls())
        state = home.lake / "referrer_suggestions.json"
        if state.exists():
            rewriting.write_text(_moved_state(state, key.pseudonyms), state)
        rewriting.write_text(key.pseudonyms.fingerprint, lake.key_fingerprint_path(home))
        note_loss(home, rewriting, ends_earlier=True)
        rewriting.commit(key, environment)
        caches.clear(home)
    return Rekeyed(files, len(persons), key.links, key.target if key.is_for_environment else None)


def moved(frame: pl.DataFrame, pseudonyms: Pseudonyms, dataset: Dataset | None = None) -> pl.DataFrame:
    """A table of the lake with every pseudonym passed through the newest link, in the lake's order.

    Args:
        frame: the table.
        pseudonyms: those of the longer chain.
        dataset: which dataset's rows they are; None for the other tables.
    """
    columns = [
        pseudonyms.moved(use, frame[name]).alias(name) for name, use in KEYED_COLUMNS.items() if name in frame.columns
    ]
    if CONTENT_DIGEST in frame.columns:
        columns.append(pseudonyms.moved_content(frame[CONTENT_DIGEST]))
    columns += [moved_names(frame[name], pseudonyms) for name in NAMES if name in frame.columns]
    after = frame.with_columns(columns)
    if dataset is not None and ROW_DIGEST in frame.columns:
        # Made again, not passed on: a row that is delivered again after the rotation must have the same digest.
        digests = row_digests(after, dataset, pseudonyms)
        has_one = pl.col(ROW_DIGEST).is_not_null()
        after = after.with_columns(pl.when(has_one).then(digests).alias(ROW_DIGEST))
    # Datasets are in order of file and row, which stay; the others are in order of their own columns.
    return after if dataset is not None else _sorted(after)


def _sorted(frame: pl.DataFrame) -> pl.DataFrame:
    if {"practice_id", "score"} <= set(frame.columns):
        return frame.sort("referrer_hash", "score", "practice_id", descending=[False, True, False])
    keys = {"file_sha256", "file_name"} & set(frame.columns)
    return frame.sort(sorted(keys, reverse=True) if keys else frame.columns, maintain_order=True)


def _parquet_files(home: Home) -> Iterator[tuple[Path, Dataset | None]]:
    """Every file of the lake in which a pseudonym may be, with its dataset."""
    for dataset in DATASETS.values():
        for path in sorted((home.lake / dataset.name).glob("month=*.parquet")):
            yield path, dataset
    others = [
        home.lake / "ledger.parquet",
        home.lake / "inbox_index.parquet",
        home.lake / "referrer_suggestions.parquet",
        removal.erased_path(home),
        *sorted(home.lake_reference.glob("*.parquet")),
        *sorted(home.reference_history.glob("*/*.parquet")),
    ]
    for path in others:
        if path.exists() and not set(pl.read_parquet_schema(path)).isdisjoint(_ALL_KEYED):
            yield path, None


_ALL_KEYED = frozenset({*KEYED_COLUMNS, CONTENT_DIGEST, *NAMES})


def _moved_state(path: Path, pseudonyms: Pseudonyms) -> str:
    """The referrers that resemble no practice; see ``referrers.suggestions``."""
    state = json.loads(path.read_text(encoding="utf-8"))
    without = pl.Series(sorted(state["without"]), dtype=pl.String)
    return json.dumps({**state, "without": sorted(pseudonyms.moved("referrer", without))}, sort_keys=True)
