"""What GPs, parents and youth answered: Hilversum in October 2021, Stramproy at the end of its pilot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from demo.calendar import days
from demo.catalogue import STRAMPROY, WEERT
from demo.hilversum_catalogue import HILVERSUM, TAKING_PART
from demo.planning import seeded

_GRADE, _YES, _CONTACT = "Rapportcijfer", "Aanbevelen", "Contact met de praktijkondersteuner"
_OCTOBER = date(2021, 10, 4)
# Few and positive: how many gave which grade. The letter prints no number of answers.
_GRADES = {"Jeugdige": {8: 5, 9: 4, 10: 2}, "Ouder": {7: 1, 8: 6, 9: 5, 10: 2}}


@dataclass(frozen=True, slots=True)
class Score:
    """One answer to one question, in the words of the survey; ``practice`` is empty where it was not asked."""

    survey_id: str
    audience: str
    municipality_code: str
    answered_on: date
    question: str
    score: int
    scale_max: int
    respondent_id: str
    practice: str | None = None


def hilversum_scores() -> list[Score]:
    """Two GPs a practice, one with an 8 and one with a 9; youth and parents, who would all recommend the POH."""
    random = seeded("surveys")
    answered: list[tuple[str, int, str | None]] = [
        ("Huisarts", grade, practice.name) for practice in TAKING_PART for grade in (8, 9)
    ]
    answered += [(audience, grade, None) for audience, counts in _GRADES.items() for grade in _listed(counts)]
    result = []
    for number, (audience, grade, practice) in enumerate(answered, start=1):
        day = _OCTOBER + days(random.randrange(20))
        questions = [(_GRADE, grade, 10)]
        if practice is None:
            questions += [(_CONTACT, min(grade + 1, 10), 10), (_YES, 1, 1)]
        result += [
            Score("HVS-2021", audience, HILVERSUM.code, day, question, score, scale_max, f"R{number:03d}", practice)
            for question, score, scale_max in questions
        ]
    return result


def stramproy_scores() -> list[Score]:
    """Three answers in all: too few for any mean."""
    answers = (("Ouder", 8, date(2019, 11, 21)), ("Ouder", 7, date(2019, 12, 5)), ("Jeugdige", 8, date(2019, 12, 12)))
    return [
        Score("STR-2019", audience, WEERT, day, _GRADE, grade, 10, f"S{number}", STRAMPROY.name)
        for number, (audience, grade, day) in enumerate(answers, start=1)
    ]


def _listed(counts: Mapping[int, int]) -> list[int]:
    return [value for value, count in counts.items() for _ in range(count)]
