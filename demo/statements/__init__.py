"""What the two published evaluations state in numbers, and how each number is computed here.

Belongs here: the documents' figures as facts, in our own words, and known misprints with their reason. Does not belong
here: reading the warehouse and comparing (evaluation).
"""

from demo.statements.figures import Evaluation, Figures, Statement
from demo.statements.hilversum import HILVERSUM
from demo.statements.stramproy import STRAMPROY

EVALUATIONS = (STRAMPROY, HILVERSUM)

__all__ = ["EVALUATIONS", "HILVERSUM", "STRAMPROY", "Evaluation", "Figures", "Statement"]
