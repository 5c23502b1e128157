"""What an effect says, in one plain sentence, in English and in Dutch.

A sentence gives the interval before the verdict, and never more certainty than the interval has.
"""

from __future__ import annotations

from dataclasses import dataclass

TOO_FEW = "too_few"
CANNOT_TELL, LOWER, HIGHER = "cannot_tell", "lower", "higher"
SAME, FALLING, RISING = "same", "falling", "rising"

_OUTCOMES = {
    "new_all": ("New trajectories of all care", "Nieuwe trajecten van alle zorg"),
    "new_ggz": ("New GGZ trajectories", "Nieuwe ggz-trajecten"),
    "new_bggz": ("New BGGZ trajectories", "Nieuwe bggz-trajecten"),
    "new_sggz": ("New SGGZ trajectories", "Nieuwe sggz-trajecten"),
    "cost_new_ggz": ("Cost of new GGZ trajectories", "Kosten van nieuwe ggz-trajecten"),
}
_COMPARISONS = {
    "with_against_without": (
        "at practices with a POH, against practices without",
        "bij praktijken met een POH, vergeleken met praktijken zonder",
    ),
    "by_year": (
        "at practices with a POH, against practices without and the year before the start, {year}",
        "bij praktijken met een POH, vergeleken met praktijken zonder en het jaar voor de start, {year}",
    ),
    "before_after_start": ("since the POH began, against before", "sinds de start van de POH, vergeleken met ervoor"),
    "last_year": ("in the last year, against the year before", "in het laatste jaar, vergeleken met het jaar ervoor"),
}
_VERDICTS = {
    CANNOT_TELL: ("the data cannot tell", "de gegevens geven geen uitsluitsel"),
    LOWER: ("lower with a POH", "lager met een POH"),
    HIGHER: ("higher with a POH", "hoger met een POH"),
    SAME: ("no clear change", "geen duidelijke verandering"),
    FALLING: ("falling", "dalend"),
    RISING: ("rising", "stijgend"),
}
_APART = (
    "They moved apart before the start already, so this need not be the POH.",
    "Ze liepen al voor de start uiteen, dus dit hoeft niet door de POH te komen.",
)
_AFTER, _BEFORE = ("after it", "erna"), ("before it", "ervoor")
OUTCOMES = tuple(_OUTCOMES)


@dataclass(frozen=True)
class Sentence:
    """The same in two languages."""

    en: str
    nl: str


def too_few(outcome: str, comparison: str, year: int | None = None) -> Sentence:
    """That there is too little to say anything; ``year`` as in :func:`finding`."""
    about = _about(outcome, comparison, year)
    return Sentence(f"{about.en}: too few to say anything.", f"{about.nl}: te weinig om iets te zeggen.")


def finding(
    outcome: str,
    comparison: str,
    low: float,
    high: float,
    verdict: str,
    *,
    year: int | None = None,
    apart_before: bool = False,
) -> Sentence:
    """What the interval is consistent with, and what follows.

    Args:
        low, high: relative differences; ``high`` may be infinite.
        year: from the start, 0 is the first with a POH; only of ``by_year``.
        apart_before: the practices moved apart before the start already.
    """
    about = _about(outcome, comparison, year)
    verdict_en, verdict_nl = _VERDICTS[verdict]
    english = f"{about.en}: consistent with {_percent(low)} to {_percent(high)}; {verdict_en}."
    dutch = f"{about.nl}: past bij {_percent(low)} tot {_percent(high)}; {verdict_nl}."
    if apart_before:
        return Sentence(f"{english} {_APART[0]}", f"{dutch} {_APART[1]}")
    return Sentence(english, dutch)


def _about(outcome: str, comparison: str, year: int | None) -> Sentence:
    """What is compared with what."""
    (outcome_en, outcome_nl), (comparison_en, comparison_nl) = _OUTCOMES[outcome], _COMPARISONS[comparison]
    if year is not None:
        number, (when_en, when_nl) = (year + 1, _AFTER) if year >= 0 else (-year, _BEFORE)
        comparison_en = comparison_en.format(year=f"year {number} {when_en}")
        comparison_nl = comparison_nl.format(year=f"jaar {number} {when_nl}")
    return Sentence(f"{outcome_en} {comparison_en}", f"{outcome_nl} {comparison_nl}")


def _percent(share: float) -> str:
    """A relative difference in whole percents with its sign, a minus and not a hyphen."""
    if share == float("inf"):
        return "+∞ %"
    whole = int(abs(share) * 100 + 0.5)
    sign = "" if whole == 0 else "+" if share > 0 else "\N{MINUS SIGN}"
    return f"{sign}{whole} %"
