"""The second progress letter of Hilversum: November 2020 to June 2021."""

from __future__ import annotations

from decimal import Decimal

from demo.statements.figures import (
    Evaluation,
    Measure,
    Statement,
    of_count,
    of_denominator,
    of_grade,
    of_money,
    practices_with,
    share,
    share_of_count,
    share_of_scale,
)

_FIRST, _SECOND = "hilversum_1", "hilversum_2"
_SHOWN = {_FIRST: "mar-oct", _SECOND: "nov-jun"}
_SEEN, _CLARIFIED = "Seen by the POHs", "After clarifying the question"
_TREATED, _WHO = "After treatment by the POH", "Who came, and how often"
_MONEY, _GRADES = "Costs and benefits", "Experiences, October 2021"
_TREND = "New GGZ, the 19 practices"
_GROUP, _TREATMENT = "outcome_clarification_group", "outcome_treatment_group"
_NOT_IN_LETTER = "20 of the 392 are in no row of the letter; the demo takes 10 as referred elsewhere and 10 as open"
_PERIOD_1 = "the letter does not say from when; here from March to October 2020"


def _count(section: str, label: str, value: int, measure: Measure, why: str = "", period: str = _SECOND) -> Statement:
    return Statement(section, label, _SHOWN[period], str(value), Decimal(value), measure, why=why)


def _share(
    section: str, label: str, value: int, measure: Measure, why: str = "", corrected: int | None = None
) -> Statement:
    right = None if corrected is None else Decimal(corrected)
    return Statement(section, label, _SHOWN[_SECOND], f"{value} %", Decimal(value), measure, "%", 1, why, right)


def _euros(label: str, value: int, name: str, period: str = _SECOND, why: str = "") -> Statement:
    shown = "a year" if name.endswith("_annualised") or name == "target" else _SHOWN[period]
    return Statement(_MONEY, label, shown, f"{value:,}", Decimal(value), of_money(period, "base", name), "eur", why=why)


def _words(section: str, label: str, period: str, printed: str, measure: Measure, unit: str, why: str) -> Statement:
    return Statement(section, label, period, printed, None, measure, unit, why=why)


_ALL_SEEN = of_denominator(_SECOND, _GROUP)
_BY_NAME = "counts of a practice are small: a difference of one or two is chance"

HILVERSUM = Evaluation(
    "Hilversum: the second progress letter beside the warehouse",
    "0402",
    "all",
    (
        _count(_SEEN, "youth seen", 392, of_count(_SECOND, "seen", "seen")),
        _count(_SEEN, "youth seen, first period", 231, of_count(_FIRST, "seen", "seen"), _PERIOD_1, _FIRST),
        _words(
            _SEEN,
            "dossiers still open",
            _SHOWN[_SECOND],
            "some",
            of_count(_SECOND, "dossier_status", "open"),
            "",
            "the letter says that there are, not how many",
        ),
        _count(_CLARIFIED, "not referred", 234, of_count(_SECOND, _GROUP, "not_referred")),
        _count(_CLARIFIED, "- POH goes on", 187, of_count(_SECOND, "outcome_clarification", "poh_continues")),
        _count(
            _CLARIFIED, "- no further support", 47, of_count(_SECOND, "outcome_clarification", "no_further_support")
        ),
        _count(_CLARIFIED, "BGGZ or SGGZ", 113, of_count(_SECOND, _GROUP, "referred_ggz")),
        _count(
            _CLARIFIED,
            "local support (voorveld)",
            25,
            of_count(_SECOND, _GROUP, "referred_local_support"),
            _NOT_IN_LETTER,
        ),
        _share(
            _CLARIFIED,
            "referred, of all seen",
            38,
            share(of_count(_SECOND, _GROUP, "referred_ggz", "referred_local_support"), _ALL_SEEN),
            "113 + 25 of 392 is 35 %; 38 % needs 9 to 12 of the 20 that the letter leaves out",
            corrected=35,
        ),
        _count(_TREATED, "without referral", 150, of_count(_SECOND, _TREATMENT, "not_referred")),
        _count(_TREATED, "BGGZ or SGGZ", 14, of_count(_SECOND, _TREATMENT, "referred_ggz")),
        _count(_TREATED, "Jeugd en Gezin", 3, of_count(_SECOND, _TREATMENT, "referred_local_support")),
        _count(
            _TREATED,
            "elsewhere",
            5,
            of_count(_SECOND, _TREATMENT, "referred_elsewhere"),
            "from the last chart: 22 referred, less the 14 and the 3 of the text",
        ),
        _share(
            _TREATED,
            "referred, share of completed",
            13,
            share_of_count(_SECOND, _TREATMENT, "referred_ggz", "referred_local_support", "referred_elsewhere"),
        ),
        _share(
            _TREATED,
            "without referral, of all seen",
            38,
            share(of_count(_SECOND, "completed_without_referral", "of_seen"), _ALL_SEEN),
            "the same 150 are 87 % of the 172 that were completed",
        ),
        _share(_WHO, "boys", 41, share_of_count(_SECOND, "sex", "male")),
        _share(_WHO, "girls", 59, share_of_count(_SECOND, "sex", "female")),
        _words(
            _WHO,
            "boys of 9 to 12",
            _SHOWN[_SECOND],
            "most",
            share_of_count(_SECOND, "age_band_poh_male", "9_12"),
            "%",
            "of all boys, and of all girls: the largest band",
        ),
        _words(
            _WHO,
            "girls of 13 to 16",
            _SHOWN[_SECOND],
            "most",
            share_of_count(_SECOND, "age_band_poh_female", "13_16"),
            "%",
            "of all boys, and of all girls: the largest band",
        ),
        _share(_WHO, "closed after 1-2 contacts", 48, share_of_count(_SECOND, "contacts_at_closure", "1_2")),
        _share(_WHO, "closed after 3-5 contacts", 34, share_of_count(_SECOND, "contacts_at_closure", "3_5")),
        _share(_WHO, "closed after 6-10 contacts", 15, share_of_count(_SECOND, "contacts_at_closure", "6_10")),
        _share(_WHO, "closed after 11 or more", 3, share_of_count(_SECOND, "contacts_at_closure", "11_plus")),
        _euros("price of a trajectory", 2_500, "price_per_trajectory", _FIRST),
        _euros("price of a trajectory", 2_000, "price_per_trajectory"),
        _words(
            _MONEY,
            "the same, as declared",
            _SHOWN[_SECOND],
            "assumed",
            of_money(_SECOND, "base", "measured_price"),
            "eur",
            "mean of new BGGZ and SGGZ at 80 to 20, as far as declared; in the demo invented care",
        ),
        _euros("benefit", 356_000, "benefit", why="178 avoided trajectories: 150 + 25 + 3"),
        _euros("staff", 120_000, "staff_cost"),
        _euros("housing", 32_000, "housing_cost"),
        _euros("net saving", 204_000, "net_saving", why="148,000 if only the 150 completed by the POH are avoided"),
        _euros("benefit", 534_000, "benefit_annualised"),
        _euros("staff", 180_000, "staff_cost_annualised"),
        _euros("housing", 48_000, "housing_cost_annualised", why="paid in 4 of the 8 months only: 96,000 a year then"),
        _euros("net saving", 306_000, "net_saving_annualised", why="258,000 with housing at 96,000"),
        _euros("target", 170_000, "target"),
        Statement(
            _GRADES, "GPs, overall", "2021", "8.5", Decimal("8.5"), of_grade("2021", "gp", "overall_rating"), "grade"
        ),
        _words(
            _GRADES,
            "youth, overall",
            "2021",
            "positive",
            of_grade("2021", "youth", "overall_rating"),
            "grade",
            "the letter gives neither a grade nor the number of answers",
        ),
        _words(
            _GRADES,
            "parents, overall",
            "2021",
            "positive",
            of_grade("2021", "parent", "overall_rating"),
            "grade",
            "the letter gives neither a grade nor the number of answers",
        ),
        _words(
            _GRADES,
            "parents who would recommend",
            "2021",
            "all",
            share_of_scale("2021", "parent", "would_recommend"),
            "%",
            "the letter gives neither a grade nor the number of answers",
        ),
        _words(
            _TREND,
            "practices with more",
            "2019-21",
            "some",
            practices_with(lambda before, after: after > before),
            "",
            _BY_NAME,
        ),
        _words(
            _TREND,
            "practices with as many",
            "2019-21",
            "some",
            practices_with(lambda before, after: after == before),
            "",
            _BY_NAME,
        ),
        _words(
            _TREND,
            "practices with fewer",
            "2019-21",
            "some",
            practices_with(lambda before, after: after < before),
            "",
            _BY_NAME,
        ),
    ),
)
