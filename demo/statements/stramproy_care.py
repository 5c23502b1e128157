"""The numbers on the care of the practice in Stramproy, 2018 and 2019."""

from __future__ import annotations

from decimal import Decimal

from demo.statements.figures import Measure, Statement, change, growth, of_profile, of_region, of_year, share

CHANGE, ALL = "2018-19", ("new", "extended", "carried_over", "converted", "unknown")


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
_REGION = "the document gives no number; the demo's region is much smaller than the real one"
_THOUSANDS = "printed in whole thousands"

_PRACTICE = "All care of the practice"
_GGZ = "GGZ"
_INTENS, _BASIS = "ggz_kort_intens", "ggz_specialistisch_basis"
_INTENS_TITLE, _BASIS_TITLE = "GGZ kort intens", "GGZ specialistisch basis"
_STARTED_WHY = "read as new + extended; the document prints this sentence twice"

CARE: tuple[Statement, ...] = (
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
        growth(_ALL_2019, _ALL_2018),
        "+%",
        why="a fifth more, for a single client with JMB support; without that client cost fell by 12,000",
    ),
    _count(_GGZ, "trajectories (active)", 2019, 44, _ACTIVE),
    _count(_GGZ, "newly started (nieuw gestart)", 2019, 26, _STARTED, _STARTED_WHY),
    _count(_GGZ, "older (overloop)", 2019, 18, _CARRIED, "44 - 26"),
    Statement(_GGZ, "older, share", "2019", "41 %", Decimal(41), share(_CARRIED, _ACTIVE), "%"),
    Statement(
        _GGZ,
        "older or extended, share",
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
    _count(_INTENS_TITLE, "new (nieuw)", 2018, 7, of_profile(2018, _INTENS, "new")),
    _count(
        _INTENS_TITLE,
        "extended or carried over",
        2018,
        3,
        of_profile(2018, _INTENS, "extended", "carried_over"),
        "the document lost which of the two columns it stands in",
    ),
    _count(_INTENS_TITLE, "number in the text", 2018, 10, of_profile(2018, _INTENS, *ALL), "the text counts all"),
    _euros(_INTENS_TITLE, "cost", 2018, 8_800, of_profile(2018, _INTENS, *ALL, column="cost_eur"), 100),
    _count(_INTENS_TITLE, "new (nieuw)", 2019, 4, of_profile(2019, _INTENS, "new")),
    _count(_INTENS_TITLE, "extended (verlenging)", 2019, 3, of_profile(2019, _INTENS, "extended")),
    _count(_INTENS_TITLE, "carried over (overloop)", 2019, 4, of_profile(2019, _INTENS, "carried_over")),
    _count(_INTENS_TITLE, "number in the text", 2019, 11, of_profile(2019, _INTENS, *ALL), "the text counts all"),
    _euros(_INTENS_TITLE, "cost", 2019, 8_800, of_profile(2019, _INTENS, *ALL, column="cost_eur"), 100),
    _count(_BASIS_TITLE, "new (nieuw)", 2018, 13, of_profile(2018, _BASIS, "new")),
    _count(
        _BASIS_TITLE,
        "referrals in the text",
        2018,
        14,
        of_profile(2018, _BASIS, *ALL),
        "one more than in the table; here it is one converted when the way of funding changed",
    ),
    _count(_BASIS_TITLE, "new (nieuw)", 2019, 5, of_profile(2019, _BASIS, "new")),
    _count(_BASIS_TITLE, "extended (verlenging)", 2019, 6, of_profile(2019, _BASIS, "extended")),
    _count(_BASIS_TITLE, "carried over (overloop)", 2019, 2, of_profile(2019, _BASIS, "carried_over")),
    _count(
        _BASIS_TITLE,
        "referrals in the text",
        2019,
        11,
        of_profile(2019, _BASIS, "new", "extended"),
        "here the text leaves the 2 carried over out; all are 13",
    ),
    _euros(
        _BASIS_TITLE,
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
    Statement(
        "The region as a whole",
        "cost of GGZ",
        CHANGE,
        "rises",
        None,
        growth(of_region(2019, "ggz", "cost_eur"), of_region(2018, "ggz", "cost_eur")),
        "+%",
        why=_REGION,
    ),
    Statement(
        "The region as a whole",
        "new GGZ trajectories",
        CHANGE,
        "rises",
        None,
        growth(of_region(2019, "ggz", "new"), of_region(2018, "ggz", "new")),
        "+%",
        why=_REGION,
    ),
)
