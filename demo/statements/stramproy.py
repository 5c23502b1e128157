"""The evaluation of the pilot in Stramproy: care of the practice, and whom the POH saw."""

from __future__ import annotations

from demo.statements.figures import Evaluation
from demo.statements.stramproy_care import CARE
from demo.statements.stramproy_poh import POH

STRAMPROY = Evaluation(
    "Stramproy: the evaluation of the pilot beside the warehouse",
    "0988",
    "stramproy",
    (*CARE, *POH),
    "Midden-Limburg West",
)
