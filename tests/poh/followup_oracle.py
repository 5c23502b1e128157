"""What followed after the POH, counted once more in straight loops; the estimate as Kaplan and Meier define it.

Knows nothing of the warehouse: plain values in, ``{(period, municipality, practice, group, measure, category): cell}``
out.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import NormalDist

Key = tuple[str, str, str, str, str, str]
Cell = tuple[int, int, float | None]
HORIZONS = {"3_months": 91, "6_months": 183, "12_months": 365, "24_months": 730}
CONTRACTED = {"referred_bggz", "referred_sggz", "referred_ggz", "referred_ambulatory_provider"}
ELSEWHERE = {
    "referred_youth_and_family",
    "referred_free_access",
    "referred_local_support",
    "referred_youth_consultant",
    "referred_other",
}


@dataclass(frozen=True)
class Dossier:
    """A registration; who has no BSN has no client."""

    registration_id: str
    municipality: str
    practice: str
    client: str | None
    referred_on: date
    contact_on: date | None
    closed_on: date | None
    clarification: str | None
    treatment: str | None
    offered: tuple[str, ...]

    @property
    def is_contracted(self) -> bool:
        """Whether it was referred to contracted care."""
        return bool("referred_specialised" in self.offered or {self.clarification, self.treatment} & CONTRACTED)

    @property
    def group(self) -> str:
        """How the support ended."""
        outcomes = {self.clarification, self.treatment}
        if self.is_contracted:
            return "referred"
        if outcomes & ELSEWHERE or "other_basic_service" in self.offered:
            return "referred_elsewhere"
        last = self.treatment or self.clarification
        if last == "not_referred" or (last == "no_further_support" and not self.treatment):
            return "without_referral"
        by_offer = {"poh_ambulatory_support", "information_and_advice", "returned_to_gp"} & set(self.offered)
        return "without_referral" if last is None and by_offer else "unknown"


@dataclass(frozen=True)
class Care:
    """A declared GGZ trajectory."""

    client: str
    profile: str
    segment: str
    begins_on: date
    is_start_seen: bool


@dataclass(frozen=True)
class Story:
    """What became of one dossier: care since its referral that would have been declared by now, first to last."""

    dossier: Dossier
    begun: tuple[Care, ...]
    earlier: tuple[Care, ...]
    observed_until: date

    @property
    def last_day(self) -> int:
        """Days from the closing to the last day that was observed."""
        assert self.dossier.closed_on is not None
        return (self.observed_until - timedelta(days=1) - self.dossier.closed_on).days

    @property
    def wait(self) -> int | None:
        """Days from the closing to the first care, at least 0."""
        assert self.dossier.closed_on is not None
        return max(0, (self.begun[0].begins_on - self.dossier.closed_on).days) if self.begun else None


def stories(dossiers: Iterable[Dossier], care: Sequence[Care], observed_until: dict[str, date]) -> Iterator[Story]:
    """Every dossier that was closed after contact."""
    for dossier in dossiers:
        if dossier.closed_on is None or dossier.contact_on is None:
            continue
        until = observed_until[dossier.municipality]
        theirs = sorted(
            (one for one in care if dossier.client is not None and one.client == dossier.client),
            key=lambda one: (one.begins_on, one.profile),
        )
        yield Story(
            dossier,
            tuple(c for c in theirs if c.is_start_seen and dossier.referred_on <= c.begins_on < until),
            tuple(c for c in theirs if c.begins_on < dossier.referred_on),
            until,
        )


def followup(told: Sequence[Story], periods: dict[str, tuple[date, date]]) -> dict[Key, Cell]:
    """Counts and days of ``marts.poh_followup``."""
    cells: dict[Key, Cell] = {}
    for place, people in scopes(told, periods).items():
        for group in sorted({story.dossier.group for story in people} | {"all"}):
            ours = [story for story in people if group in ("all", story.dossier.group)]
            linked = [story for story in ours if story.dossier.client is not None]
            cells[*place, group, "coverage", "with_bsn"] = (len(linked), len(ours), None)
            if group != "all" and linked:
                cells |= {(*place, group, *name): cell for name, cell in measures(linked)}
    return {key: cell for key, cell in cells.items() if cell[1] > 0}


def scopes(told: Sequence[Story], periods: dict[str, tuple[date, date]]) -> dict[tuple[str, str, str], list[Story]]:
    """Per period, municipality and practice (or all): of each person the story of the newest dossier."""
    found: dict[tuple[str, str, str], dict[str, Story]] = {}
    for name, (starts_on, ends_until) in periods.items():
        for story in sorted(told, key=lambda one: (one.dossier.referred_on, one.dossier.registration_id)):
            dossier = story.dossier
            assert dossier.closed_on is not None
            assert dossier.contact_on is not None
            in_period = dossier.referred_on < ends_until and dossier.contact_on < ends_until
            if not in_period or not starts_on <= dossier.closed_on < ends_until:
                continue
            person = f"client {dossier.client}" if dossier.client else f"dossier {dossier.registration_id}"
            for practice in (dossier.practice, "all"):
                found.setdefault((name, dossier.municipality, practice), {})[person] = story
    return {place: list(people.values()) for place, people in found.items()}


def measures(linked: Sequence[Story]) -> Iterator[tuple[tuple[str, str], Cell]]:
    """Every measure of one group but its coverage."""
    total = len(linked)
    for horizon, days in HORIZONS.items():
        old_enough = [story for story in linked if story.last_day >= days]
        within = sum(story.wait is not None and story.wait <= days for story in old_enough)
        yield ("began_within", horizon), (within, len(old_enough), None)
        yield ("not_yet_followed", horizon), (total - len(old_enough), total, None)
    during = sum(bool(s.begun) and s.begun[0].begins_on < (s.dossier.closed_on or date.max) for s in linked)
    yield ("began_during_support", "ggz"), (during, total, None)
    yield ("care_before", "ggz"), (sum(bool(s.earlier) for s in linked), total, None)
    yield ("care_before", "sggz"), (sum(any(c.segment == "SGGZ" for c in s.earlier) for s in linked), total, None)
    began = [story for story in linked if story.begun]
    for profile in {story.begun[0].profile for story in began}:
        yield ("profile", profile), (sum(s.begun[0].profile == profile for s in began), len(began), None)
    yield ("trajectories", "one"), (sum(len(s.begun) == 1 for s in began), len(began), None)
    yield ("trajectories", "several"), (sum(len(s.begun) > 1 for s in began), len(began), None)
    if began:
        waits = sorted((story.begun[0].begins_on - story.dossier.referred_on).days for story in began)
        quartiles = statistics.quantiles(waits, n=4, method="inclusive") if len(waits) > 1 else waits * 3
        for name, days in zip(("p25", "median", "p75"), quartiles, strict=True):
            yield ("days_to_care", name), (len(began), total, float(days))


def kaplan_meier(
    linked: Sequence[Story], days: int, confidence: float
) -> tuple[float, float | None, float | None] | None:
    """The share with care within so many days and its log-log band; None where nobody was followed that long."""
    people = [story for story in linked if story.last_day >= 0]
    if not any(story.last_day >= days for story in people):
        return None
    survival, spread = 1.0, 0.0
    for moment in sorted({story.wait for story in people if story.wait is not None and story.wait <= days}):
        at_risk = sum((s.last_day if s.wait is None else s.wait) >= moment for s in people)
        events = sum(s.wait == moment for s in people)
        survival *= 1 - events / at_risk
        spread += events / (at_risk * (at_risk - events)) if at_risk > events else math.inf
    if survival in (0.0, 1.0):
        return 1 - survival, None, None
    reach = NormalDist().inv_cdf((1 + confidence) / 2) * math.sqrt(spread) / abs(math.log(survival))
    return 1 - survival, 1 - survival ** math.exp(-reach), 1 - survival ** math.exp(reach)
