"""What there is to say after a run: how it ended, what is still served, and what an operator must see besides.

Everything here is counts, dates and names of assets; a worry's key names a delivery by digest or by codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import duckdb
import polars as pl

from pipelines.home import Home
from pipelines.lake import read_ledger

_MISSING = """
select municipality_code || ' ' || provider_agb || ' ' || care_month
from marts.missing_deliveries
where is_open
"""


@dataclass(frozen=True)
class Ending:
    """How a run ended.

    Attributes:
        run_id: Dagster's id; one of our own for a run that never came to Dagster.
        outcome: ``unchanged`` is a night that found nothing new.
        ended_at: when (UTC).
        reason: why it failed, in one sentence without values.
    """

    run_id: str
    outcome: Literal["published", "unchanged", "failed"]
    ended_at: datetime
    reason: str | None = None


@dataclass(frozen=True)
class Worry:
    """Something that an operator must see, though the run succeeded.

    Attributes:
        kind: ``refused``, ``missing`` or ``overdue``.
        key: which one; stays the same while it lasts.
    """

    kind: Literal["refused", "missing", "overdue"]
    key: str


@dataclass(frozen=True)
class Situation:
    """Everything that a message can be about.

    Attributes:
        ending: how the run ended.
        served_since: when the warehouse that is live went live (UTC); None without one.
        worries: all of the present ones; None in place of a kind that nobody looked at.
        unseen: kinds of worries that nobody looked at.
    """

    ending: Ending
    served_since: datetime | None
    worries: frozenset[Worry]
    unseen: frozenset[str]


def look_around(home: Home, ending: Ending, overdue: Mapping[str, str] | None) -> Situation:
    """The situation after a run.

    Args:
        home: the home folder.
        ending: how the run ended.
        overdue: asset → since when; None when nobody looked.
    """
    missing = _missing(home)
    worries = {Worry("refused", key) for key in _refused(home)}
    worries |= {Worry("missing", key) for key in missing or ()}
    worries |= {Worry("overdue", asset) for asset in overdue or ()}
    unseen = {kind for kind, found in (("missing", missing), ("overdue", overdue)) if found is None}
    return Situation(ending, _served_since(home), frozenset(worries), frozenset(unseen))


def _refused(home: Home) -> list[str]:
    ledger = read_ledger(home).filter(pl.col("refusal").is_not_null())
    return ledger["file_sha256"].str.head(16).unique().to_list()


def _missing(home: Home) -> list[str] | None:
    """Deliveries that are expected and not there; None when the warehouse cannot say."""
    if not home.warehouse.exists():
        return None
    try:
        with duckdb.connect(str(home.warehouse), read_only=True) as connection:
            return [key for (key,) in connection.execute(_MISSING).fetchall()]
    except duckdb.Error:
        # Built before this table was there, or open for writing in another program.
        return None


def _served_since(home: Home) -> datetime | None:
    if not home.warehouse.exists():
        return None
    return datetime.fromtimestamp(home.warehouse.stat().st_mtime, UTC)
