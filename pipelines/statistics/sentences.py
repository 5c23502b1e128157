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
        "at practices with a POH, against practices without and the year before the start",
        "bij praktijken met een POH, vergeleken met praktijken zonder en het jaar voor de start",
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
OUTCOMES = tuple(_OUTCOMES)


@dataclass(frozen=True)
class Sentence:
    """The same in two languages."""

    en: str
    nl: str


def too_few(outcome: str, comparison: str) -> Sentence:
    """That there is too little to say anything."""
    (outcome_en, outcome_nl), (comparison_en, comparison_nl) = _OUTCOMES[outcome], _COMPARISONS[comparison]
    return Sentence(
        f"{outcome_en} {comparison_en}: too few to say anything.",
        f"{outcome_nl} {comparison_nl}: te weinig om iets te zeggen.",
    )


def finding(
    outcome: str, comparison: str, low: float, high: float, verdict: str, *, apart_before: bool = False
) -> Sentence:
    """What the interval is consistent with, and what follows.

    Args:
        low, high: relative differences; ``high`` may be infinite.
        apart_before: the practices moved apart before the start already.
    """
    (outcome_en, outcome_nl), (comparison_en, comparison_nl) = _OUTCOMES[outcome], _COMPARISONS[comparison]
    verdict_en, verdict_nl = _VERDICTS[verdict]
    english = f"{outcome_en} {comparison_en}: consistent with {_percent(low)} to {_percent(high)}; {verdict_en}."
    dutch = f"{outcome_nl} {comparison_nl}: past bij {_percent(low)} tot {_percent(high)}; {verdict_nl}."
    if apart_before:
        return Sentence(f"{english} {_APART[0]}", f"{dutch} {_APART[1]}")
    return Sentence(english, dutch)


def _percent(share: float) -> str:
    """A relative difference in whole percents with its sign, a minus and not a hyphen."""
    if share == float("inf"):
        return "+∞ %"
    whole = int(abs(share) * 100 + 0.5)
    sign = "" if whole == 0 else "+" if share > 0 else "\N{MINUS SIGN}"
    return f"{sign}{whole} %"
