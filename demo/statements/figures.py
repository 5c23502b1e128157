"""A statement of a document, and the measures of the marts that it may be compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Figures:
    """What the marts say of one evaluation's practice or municipality.

    Attributes:
        years: (year, domain, measure) to value, of ``marts.practice_years``.
        profiles: (year, care profile, status, ``trajectories`` or ``cost_eur``) to value, of ``practice_trajectories``.
        counts: (period, dimension, category) to (clients, denominator), of ``poh_counts``.
        money: (period, scenario, measure) to euros, of ``poh_cost_benefit``.
        answers: (period, audience, question) to (responses, mean or None, end of the scale), of ``survey_results``.
        region: (year, domain, measure) to value, of ``regional_comparison``, the whole region.
        practices: new GGZ trajectories of each participating practice, in the whole year before its POH started (2019)
            and in the last four quarters of the data, of ``referral_trend``.
    """

    years: Mapping[tuple[int, str, str], Decimal] = field(default_factory=dict)
    profiles: Mapping[tuple[int, str, str, str], Decimal] = field(default_factory=dict)
    counts: Mapping[tuple[str, str, str], tuple[int, int]] = field(default_factory=dict)
    money: Mapping[tuple[str, str, str], Decimal] = field(default_factory=dict)
    answers: Mapping[tuple[str, str, str], tuple[int, Decimal | None, Decimal]] = field(default_factory=dict)
    region: Mapping[tuple[int, str, str], Decimal] = field(default_factory=dict)
    practices: Mapping[str, tuple[int, int]] = field(default_factory=dict)


Measure = Callable[[Figures], Decimal | None]


@dataclass(frozen=True, slots=True)
class Statement:
    """One number of the document.

    Attributes:
        section, label, period: where it belongs, in words.
        printed: as the document has it: ``41 %``, or its words where it gives no number.
        value: the number, in the unit of the measure (shares as percentages); None where the document has words.
        measure: the same figure from the marts.
        unit: ``""`` for a count or a grade, ``eur``, ``%``, or ``+%`` for growth, shown with its sign.
        rounded_to: the document's precision: 1000 for whole thousands, 100 for "about".
        why: how the number is read, or why it differs.
        corrected: where the document contradicts itself, the number that follows from its other numbers.
    """

    section: str
    label: str
    period: str
    printed: str
    value: Decimal | None
    measure: Measure
    unit: str = ""
    rounded_to: int = 1
    why: str = ""
    corrected: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A document.

    Attributes:
        title: of the table.
        municipality_code, practice_id: whose figures it prints; ``all`` for a municipality.
        region: with which it compares itself; empty where it does not.
    """

    title: str
    municipality_code: str
    practice_id: str
    statements: tuple[Statement, ...]
    region: str = ""


def of_year(year: int, domain: str, *measures: str) -> Measure:
    """Sum of measures of ``practice_years``."""

    def measure(figures: Figures) -> Decimal | None:
        return _sum(figures.years.get((year, domain, name)) for name in measures)

    return measure


def of_profile(year: int, profile: str, *statuses: str, column: str = "trajectories") -> Measure:
    """Sum over statuses of ``practice_trajectories``; a status without a row is zero, a year without rows is None."""

    def measure(figures: Figures) -> Decimal | None:
        if not any(key[:2] == (year, profile) for key in figures.profiles):
            return None
        return sum((figures.profiles.get((year, profile, s, column), Decimal(0)) for s in statuses), Decimal(0))

    return measure


def of_count(period: str, dimension: str, *categories: str) -> Measure:
    """Clients of ``poh_counts``; a category without a row is zero, a dimension without rows is None."""

    def measure(figures: Figures) -> Decimal | None:
        if not any(key[:2] == (period, dimension) for key in figures.counts):
            return None
        found = (figures.counts.get((period, dimension, category), (0, 0)) for category in categories)
        return Decimal(sum(clients for clients, _ in found))

    return measure


def of_denominator(period: str, dimension: str) -> Measure:
    """The denominator of an exclusive dimension of ``poh_counts``."""

    def measure(figures: Figures) -> Decimal | None:
        found = {below for key, (_, below) in figures.counts.items() if key[:2] == (period, dimension)}
        return Decimal(found.pop()) if len(found) == 1 else None

    return measure


def share_of_count(period: str, dimension: str, *categories: str) -> Measure:
    """Clients in per cent of the dimension's denominator."""
    return share(of_count(period, dimension, *categories), of_denominator(period, dimension))


def of_money(period: str, scenario: str, name: str) -> Measure:
    """A measure of ``poh_cost_benefit`` in euros."""

    def measure(figures: Figures) -> Decimal | None:
        return figures.money.get((period, scenario, name))

    return measure


def of_grade(period: str, audience: str, question: str) -> Measure:
    """The mean of ``survey_results``; None where too few answered."""

    def measure(figures: Figures) -> Decimal | None:
        return figures.answers.get((period, audience, question), (0, None, Decimal(0)))[1]

    return measure


def share_of_scale(period: str, audience: str, question: str) -> Measure:
    """The mean in per cent of the scale's end: of a question with yes (1) or no (0), the share that says yes."""

    def scale(figures: Figures) -> Decimal | None:
        return figures.answers.get((period, audience, question), (0, None, Decimal(0)))[2]

    return share(of_grade(period, audience, question), scale)


def of_responses(period: str, question: str, *audiences: str) -> Measure:
    """How many answered; None where nobody did."""

    def measure(figures: Figures) -> Decimal | None:
        counts = (figures.answers.get((period, audience, question)) for audience in audiences)
        return _sum(Decimal(found[0]) for found in counts if found is not None)

    return measure


def of_region(year: int, domain: str, name: str) -> Measure:
    """A measure of ``regional_comparison`` for the whole region."""

    def measure(figures: Figures) -> Decimal | None:
        return figures.region.get((year, domain, name))

    return measure


def practices_with(is_counted: Callable[[int, int], bool]) -> Measure:
    """How many participating practices have such numbers of new trajectories, before and after."""

    def measure(figures: Figures) -> Decimal | None:
        if not figures.practices:
            return None
        return Decimal(sum(is_counted(before, after) for before, after in figures.practices.values()))

    return measure


def change(later: Measure, earlier: Measure) -> Measure:
    """The later value minus the earlier one."""

    def measure(figures: Figures) -> Decimal | None:
        after, before = later(figures), earlier(figures)
        return None if after is None or before is None else after - before

    return measure


def growth(later: Measure, earlier: Measure) -> Measure:
    """The change in per cent of the earlier value."""
    return share(change(later, earlier), earlier)


def share(part: Measure, whole: Measure) -> Measure:
    """The part in per cent of the whole."""

    def measure(figures: Figures) -> Decimal | None:
        above, below = part(figures), whole(figures)
        return None if above is None or not below else 100 * above / below

    return measure


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    present = [value for value in values if value is not None]
    return sum(present, Decimal(0)) if present else None
