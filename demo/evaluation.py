"""Both published evaluations beside the warehouse: what each document prints, what the marts give, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

import duckdb

from demo.statements import EVALUATIONS, Evaluation, Figures, Statement
from demo.warehouse import read_beyond, read_figures, read_parameters

EQUAL, ROUNDS, WORDS, MISPRINT, DIFFERS, ABSENT = "equal", "rounded", "in words", "misprint", "differs", "no data"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One row of a table.

    Attributes:
        statement: what the document says.
        computed: the warehouse's value, unrounded; None where the warehouse has no such cell.
        verdict: ``equal``, ``rounded`` (rounds to what is printed), ``in words``, ``misprint``, ``differs`` or
            ``no data``.
    """

    statement: Statement
    computed: Decimal | None
    verdict: str


@dataclass(frozen=True, slots=True)
class EvaluationTable:
    """A document's statements, in order, with the figures of a warehouse.

    Attributes:
        evaluation: the document.
        rows: one per statement.
        parameters: name and value of each parameter that decided the figures, as the warehouse has them.
        beyond: what the document lacks, in sentences: what the figures rest on, and whether the POH made a difference.
    """

    evaluation: Evaluation
    rows: tuple[Comparison, ...]
    parameters: tuple[tuple[str, str], ...] = ()
    beyond: tuple[str, ...] = ()


def evaluation_tables(connection: duckdb.DuckDBPyConnection) -> tuple[EvaluationTable, ...]:
    """Both evaluations with the figures of a warehouse, in order of their years.

    Raises:
        duckdb.CatalogException: a mart is not there.
    """
    parameters = read_parameters(connection)
    return tuple(
        replace(
            compared(evaluation, read_figures(connection, evaluation)),
            parameters=parameters,
            beyond=read_beyond(connection, evaluation),
        )
        for evaluation in EVALUATIONS
    )


def compared(evaluation: Evaluation, figures: Figures) -> EvaluationTable:
    """The document's statements with these figures."""
    return EvaluationTable(evaluation, tuple(_compared(statement, figures) for statement in evaluation.statements))


def differences(rows: Iterable[Comparison]) -> tuple[Comparison, ...]:
    """The rows that differ without a known reason."""
    return tuple(row for row in rows if row.verdict in (DIFFERS, ABSENT))


def _compared(statement: Statement, figures: Figures) -> Comparison:
    computed = statement.measure(figures)
    return Comparison(statement, computed, _verdict(statement, computed))


def _verdict(statement: Statement, computed: Decimal | None) -> str:
    if computed is None:
        return ABSENT
    if statement.value is None:
        return WORDS
    if computed == statement.value:
        return EQUAL
    if _as_printed(statement, computed) == statement.value:
        return ROUNDS
    # A misprint excuses the difference that it explains, and no other.
    return MISPRINT if _as_printed(statement, computed) == statement.corrected else DIFFERS


def _as_printed(statement: Statement, computed: Decimal) -> Decimal:
    """The value in the document's precision: whole per cent, whole thousands, or as it is."""
    if statement.rounded_to == 1 and statement.unit != "%":
        return computed
    step = Decimal(statement.rounded_to)
    return (computed / step).quantize(Decimal(1), ROUND_HALF_UP) * step
