"""What the published evaluation of the pilot in Stramproy states in numbers, and how each number is computed here.

Belongs here: the document's figures as facts, in our own words, and known misprints with their reason. Does not belong
here: reading the warehouse (evaluation).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

PRACTICE_ID = "stramproy"
CHANGE, ALL = "2018-19", ("new", "extended", "carried_over", "converted", "unknown")


@dataclass(frozen=True, slots=True)
class Figures:
    """The practice's rows of two marts.

    Attributes:
        years: (year, domain, measure) to value, of ``marts.practice_years``.
        profiles: (year, care profile, status, ``trajectories`` or ``cost_eur``) to value, of ``practice_trajectories``.
    """

    years: Mapping[tuple[int, str, str], Decimal]
    profiles: Mapping[tuple[int, str, str, str], Decimal]


Measure = Callable[[Figures], Decimal | None]


@dataclass(frozen=True, slots=True)
class Statement:
    """One number of the document.

    Attributes:
        section, label, period: where it belongs, in words.
        printed: as the document has it: ``41 %``, or its words where it gives no number.
        value: the number, in the unit of the measure (shares as percentages); None where the document has words.
        measure: the same figure from the marts.
        unit: ``""`` for a count, ``eur``, ``%``, or ``+%`` for growth, shown with its sign.
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


def of_year(year: int, domain: str, *measures: str) -> Measure:
    """Sum of measures of ``practice_years``."""

    def measure(figures: Figures) -> Decimal | None:
        values = [figures.years.get((year, domain, name)) for name in measures]
        present = [value for value in values if value is not None]
        return sum(present, Decimal(0)) if present else None

    return measure


def of_profile(year: int, profile: str, *statuses: str, column: str = "trajectories") -> Measure:
    """Sum over statuses of ``practice_trajectories``; a status without a row is zero, a year without rows is None."""

    def measure(figures: Figures) -> Decimal | None:
        if not any(key[:2] == (year, profile) for key in figures.profiles):
            return None
        return sum((figures.profiles.get((year, profile, s, column), Decimal(0)) for s in statuses), Decimal(0))

    return measure


def change(later: Measure, earlier: Measure) -> Measure:
    """The later value minus the earlier one."""

    def measure(figures: Figures) -> Decimal | None:
        after, before = later(figures), earlier(figures)
        return None if after is None or before is None else after - before

    return measure


def share(part: Measure, whole: Measure) -> Measure:
    """The part in per cent of the whole."""

    def measure(figures: Figures) -> Decimal | None:
        above, below = part(figures), whole(figures)
        return None if above is None or not below else 100 * above / below

    return measure


def _count(section: str, label: str, year: int, value: int, measure: Measure, why: str = "") -> Statement:
    return Statement(section, label, str(year), str(value), Decimal(value), measure, why=why)


def _euros(
    section: str, label: str, period: int | str, value: int, measure: Measure, rounded_to: int = 1, why: str = ""
) -> Statement:
    about = "about " if rounded_to == 100 else ""
    return Statement(
        section, label, str(period), f"{about}{value:,}", Decimal(value), measure, "eur", rounded_to, why=why
    )


_ACTIVE, _STARTED, _CARRIED = (of_year(2019, "ggz", name) for name in ("active", "started", "carried_over"))
_COST, _COST_STARTED, _COST_CARRIED = (
    of_year(2019, "ggz", name) for name in ("cost_eur", "cost_started_eur", "cost_carried_over_eur")
)
_COST_BEFORE = of_year(2018, "ggz", "cost_eur")
_ALL_2018, _ALL_2019 = of_year(2018, "all", "cost_eur"), of_year(2019, "all", "cost_eur")
_THOUSANDS = "printed in whole thousands"

_PRACTICE = "All care of the practice"
_GGZ = "GGZ"
_INTENS, _BASIS = "ggz_kort_intens", "ggz_specialistisch_basis"

STATEMENTS: tuple[Statement, ...] = (
    _count(_PRACTICE, "clients", 2018, 49, of_year(2018, "all", "clients")),
    _count(_PRACTICE, "clients", 2019, 52, of_year(2019, "all", "clients")),
    _euros(_PRACTICE, "cost", 2018, 160_000, _ALL_2018, 1000, _THOUSANDS),
    _euros(_PRACTICE, "cost", 2019, 193_000, _ALL_2019, 1000, _THOUSANDS),
    Statement(
        _PRACTICE,
        "growth of cost",
        CHANGE,
        "a little",
        None,
        share(change(_ALL_2019, _ALL_2018), _ALL_2018),
        "+%",
        why="a fifth more, for a single client with JMB support; without that client cost fell by 12,000",
    ),
    _count(_GGZ, "trajectories (active)", 2019, 44, _ACTIVE),
    _count(_GGZ, "newly started (nieuw + verlenging)", 2019, 26, _STARTED, "read as new + extended"),
    _count(_GGZ, "older (overloop)", 2019, 18, _CARRIED, "44 - 26"),
    Statement(_GGZ, "older, share of trajectories", "2019", "41 %", Decimal(41), share(_CARRIED, _ACTIVE), "%"),
    Statement(
        _GGZ,
        "older or extended, share of trajectories",
        "2019",
        "41 %",
        Decimal(41),
        share(of_year(2019, "ggz", "carried_over", "extended"), _ACTIVE),
        "%",
        why="the conclusion counts extensions among the 41 %, the sentence with the amounts does not: one is wrong",
        corrected=Decimal(68),
    ),
    Statement(
        _GGZ,
        "GGZ that is older",
        "2019",
        "mostly",
        None,
        share(_CARRIED, _ACTIVE),
        "%",
        why="18 of 44 trajectories is less than half; of the cost it is more than half",
    ),
    _euros(_GGZ, "cost of newly started", 2019, 62_804, _COST_STARTED),
    Statement(
        _GGZ,
        "newly started, share of cost",
        "2019",
        "44 %",
        Decimal(44),
        share(_COST_STARTED, _COST),
        "%",
        why="62,804 of 140,008 is 44.9 %, so 45 %",
        corrected=Decimal(45),
    ),
    _euros(_GGZ, "cost of older", 2019, 77_204, _COST_CARRIED),
    Statement(
        _GGZ,
        "older, share of cost",
        "2019",
        "56 %",
        Decimal(56),
        share(_COST_CARRIED, _COST),
        "%",
        why="77,204 of 140,008 is 55.1 %, so 55 %",
        corrected=Decimal(55),
    ),
    _euros(_GGZ, "change of cost", CHANGE, -8_000, change(_COST, _COST_BEFORE), 1000, _THOUSANDS),
    _count("GGZ kort intens", "new (nieuw)", 2018, 7, of_profile(2018, _INTENS, "new")),
    _count(
        "GGZ kort intens",
        "extended or carried over",
        2018,
        3,
        of_profile(2018, _INTENS, "extended", "carried_over"),
        "the document lost which of the two columns it stands in",
    ),
    _count("GGZ kort intens", "number in the text", 2018, 10, of_profile(2018, _INTENS, *ALL), "the text counts all"),
    _euros("GGZ kort intens", "cost", 2018, 8_800, of_profile(2018, _INTENS, *ALL, column="cost_eur"), 100),
    _count("GGZ kort intens", "new (nieuw)", 2019, 4, of_profile(2019, _INTENS, "new")),
    _count("GGZ kort intens", "extended (verlenging)", 2019, 3, of_profile(2019, _INTENS, "extended")),
    _count("GGZ kort intens", "carried over (overloop)", 2019, 4, of_profile(2019, _INTENS, "carried_over")),
    _count("GGZ kort intens", "number in the text", 2019, 11, of_profile(2019, _INTENS, *ALL), "the text counts all"),
    _euros("GGZ kort intens", "cost", 2019, 8_800, of_profile(2019, _INTENS, *ALL, column="cost_eur"), 100),
    _count("GGZ specialistisch basis", "new (nieuw)", 2018, 13, of_profile(2018, _BASIS, "new")),
    _count(
        "GGZ specialistisch basis",
        "referrals in the text",
        2018,
        14,
        of_profile(2018, _BASIS, *ALL),
        "one more than in the table; here it is one converted when the way of funding changed",
    ),
    _count("GGZ specialistisch basis", "new (nieuw)", 2019, 5, of_profile(2019, _BASIS, "new")),
    _count("GGZ specialistisch basis", "extended (verlenging)", 2019, 6, of_profile(2019, _BASIS, "extended")),
    _count("GGZ specialistisch basis", "carried over (overloop)", 2019, 2, of_profile(2019, _BASIS, "carried_over")),
    _count(
        "GGZ specialistisch basis",
        "referrals in the text",
        2019,
        11,
        of_profile(2019, _BASIS, "new", "extended"),
        "here the text leaves the 2 carried over out; all are 13",
    ),
    _euros(
        "GGZ specialistisch basis",
        "change of cost",
        CHANGE,
        -8_000,
        change(of_profile(2019, _BASIS, *ALL, column="cost_eur"), of_profile(2018, _BASIS, *ALL, column="cost_eur")),
        1000,
        "printed for this profile and for all GGZ, both in whole thousands",
    ),
    _count("JMB support", "new (nieuw)", 2019, 1, of_profile(2019, "begeleiding_jmb", "new")),
    _euros(
        "JMB support",
        "cost",
        2019,
        45_000,
        of_profile(2019, "begeleiding_jmb", *ALL, column="cost_eur"),
        1000,
        _THOUSANDS,
    ),
)
