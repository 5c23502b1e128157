"""HiGHS, kept warm: one system of equations, many objectives."""

from __future__ import annotations

import ctypes
import functools
import os
import sys

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

Floats = NDArray[np.float64]


@functools.cache
def _greet() -> None:
    """Let HiGHS print its banner to nowhere: the first solver does so, whatever the options say."""
    sys.stdout.flush()
    out = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        highspy.Highs()
        # what C still holds back would come out later
        ctypes.CDLL(None).fflush(None)
    finally:
        os.dup2(out, 1)
        os.close(nowhere)
        os.close(out)


class Programme:
    """All x with ``slack[0] <= relations @ x <= slack[1]`` and ``lower <= x <= upper``, for one cost after another.

    Args:
        relations: rows by columns.
        lower, upper: finite bounds per column.
        slack: bounds per row; 0 and 0 when left out.
    """

    def __init__(
        self, relations: csr_array, lower: Floats, upper: Floats, slack: tuple[Floats, Floats] | None = None
    ) -> None:
        rows, columns = relations.shape
        matrix = csc_array(relations)
        programme = highspy.HighsLp()
        programme.num_col_, programme.num_row_ = columns, rows
        programme.col_cost_ = np.zeros(columns)
        programme.col_lower_, programme.col_upper_ = lower, upper
        programme.row_lower_, programme.row_upper_ = slack or (np.zeros(rows), np.zeros(rows))
        programme.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        programme.a_matrix_.start_ = matrix.indptr
        programme.a_matrix_.index_ = matrix.indices
        programme.a_matrix_.value_ = matrix.data
        self._columns = np.arange(columns, dtype=np.int32)
        _greet()
        self._solver = highspy.Highs()
        # one thread and no presolve: the same answer every time, and the last basis starts the next question
        for option, value in (("output_flag", False), ("threads", 1), ("presolve", "off"), ("solver", "simplex")):
            self._solver.setOptionValue(option, value)
        self._solver.passModel(programme)

    def minimise(self, costs: Floats) -> Floats | None:
        """The x of lowest cost, or None when there is none, or HiGHS finds none: then nothing is proved possible."""
        self._solver.changeColsCost(len(costs), self._columns, costs)
        for _ in range(2):
            self._solver.run()
            status = self._solver.getModelStatus()
            if status == highspy.HighsModelStatus.kOptimal:
                return np.asarray(self._solver.getSolution().col_value)
            if status == highspy.HighsModelStatus.kInfeasible:
                return None
            # a basis that went wrong is forgotten once
            self._solver.clearSolver()
        return None

    def bound(self, column: int, lower: float, upper: float) -> None:
        """Other bounds for one column."""
        self._solver.changeColBounds(column, lower, upper)
