"""The numbers on whom the POH in Stramproy saw, September 2018 to December 2019."""

from __future__ import annotations

from decimal import Decimal

from demo.statements.figures import Statement, of_count, of_responses, share_of_count

_AUTUMN, _YEAR, _PILOT = "stramproy_2018", "2019", "stramproy_pilot"
_PERIODS = {_AUTUMN: "sep-dec", _YEAR: "2019", _PILOT: "pilot"}

# Label, category, and clients in the three periods.
_TABLE_1 = (
    ("referrals (verwijzing)", "referral", (13, 16, 29)),
    ("intakes (intakegesprekken)", "intake", (10, 12, 22)),
    ("other (overig)", "other", (3, 4, 7)),
)
_TABLE_2 = (
    ("POH's own support", "poh_ambulatory_support", (8, 9, 17)),
    ("information and advice", "information_and_advice", (1, 4, 5)),
    ("sent back to the GP", "returned_to_gp", (2, 1, 3)),
    ("referred, specialised care", "referred_specialised", (3, 1, 4)),
    ("other", "other", (3, 4, 7)),
)
_SUPPORTED = (
    ("by POH or CJG", ("supported_by_poh",), 22),
    ("by another basic service", ("supported_elsewhere",), 2),
    ("together", ("supported_by_poh", "supported_elsewhere"), 24),
)
_ONWARD = (
    ("to MET GGZ", "referred_to_provider", "met_ggz", 1),
    ("to MediPSy", "referred_to_provider", "medipsy", 2),
    ("to PIO", "referred_to_provider", "pio", 1),
    ("to spec. aanvullend", "referred_profile", "ggz_specialistisch_aanvullend", 3),
    ("to kort intens", "referred_profile", "ggz_kort_intens", 1),
    ("signed by the CJG", "formal_referrer", "municipality", 4),
)
# Label, category, clients and per cent as printed.
_PROBLEMS = (
    ("social-emotional", "social_emotional_development", 23, 79),
    ("psycho-education", "psychoeducation", 1, 4),
    ("divorce", "divorce", 2, 7),
    ("medication", "medication", 1, 3),
    ("diagnostics", "diagnostics", 2, 7),
)
_AGES = (
    ("0-3 years", "0_3", 1, 3),
    ("4-6 years", "4_6", 5, 17),
    ("7-12 years", "7_12", 9, 31),
    ("13-15 years", "13_15", 7, 24),
    ("16-18 years", "16_18", 7, 24),
)
_MISPRINTS = {"psychoeducation": (Decimal(3), "1 of 29 is 3.4 %; medication, also 1 of 29, is printed as 3 %")}
_NOTES = {
    "16_18": "the ages add up to 99 % by plain rounding, which is no misprint",
    ("referral", "other"): "the footnote that explains this row has the mark ** and should have ***",
    "municipality": "so none of the four is in the practice's own figures",
    "poh_ambulatory_support": "one client may get several kinds of support, so the rows add up to more than 29",
}


def _counted(section: str, dimension: str, rows: tuple[tuple[str, str, tuple[int, int, int]], ...]) -> list[Statement]:
    return [
        Statement(
            section,
            label,
            shown,
            str(value),
            Decimal(value),
            of_count(period, dimension, category),
            why=_NOTES.get((dimension, category), _NOTES.get(category, "")) if period == _PILOT else "",
        )
        for label, category, values in rows
        for (period, shown), value in zip(_PERIODS.items(), values, strict=True)
    ]


def _shared(section: str, dimension: str, rows: tuple[tuple[str, str, int, int], ...]) -> list[Statement]:
    made = []
    for label, category, clients, percent in rows:
        corrected, why = _MISPRINTS.get(category, (None, _NOTES.get(category, "")))
        count, part = of_count(_PILOT, dimension, category), share_of_count(_PILOT, dimension, category)
        made += [
            Statement(section, label, "pilot", str(clients), Decimal(clients), count),
            Statement(
                section, f"{label}, share", "pilot", f"{percent} %", Decimal(percent), part, "%", 1, why, corrected
            ),
        ]
    return made


POH: tuple[Statement, ...] = (
    *_counted("Referred to the POH", "referral", _TABLE_1),
    *_counted("Support offered", "support_offered", _TABLE_2),
    *(
        Statement(
            "Supported", label, "pilot", str(value), Decimal(value), of_count(_PILOT, "support_group", *categories)
        )
        for label, categories, value in _SUPPORTED
    ),
    *(
        Statement(
            "Referred to specialised care",
            label,
            "pilot",
            str(value),
            Decimal(value),
            of_count(_PILOT, dimension, category),
            why=_NOTES.get(category, ""),
        )
        for label, dimension, category, value in _ONWARD
    ),
    *_shared("Presenting problem", "presenting_problem", _PROBLEMS),
    *_shared("Age", "age_band_4", _AGES),
    Statement(
        "Who came",
        "girls",
        "pilot",
        "mostly",
        None,
        share_of_count(_PILOT, "sex", "female"),
        "%",
        why="no number given",
    ),
    Statement(
        "Experiences",
        "questionnaires of clients",
        "2019",
        "too few",
        None,
        of_responses("2019", "overall_rating", "youth", "parent"),
        why="below the minimum number of answers no mean is shown",
    ),
)
