"""What a rule is: a code, the field it is about, one sentence without values, and the standard's number.

Does not belong here: which rules a dataset has (its own module), or how they are run (``dataset.py``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

MESSAGES_2 = ("JW301", "JW303", "JW304", "JW305", "JW307", "JW315")
MESSAGES_3 = ("JW301", "JW305", "JW307", "JW315", "JW323", "JW325")


@dataclass(frozen=True)
class RuleCode:
    """The name of a rule, as the quarantine shows it.

    Attributes:
        code: such as ``bsn_check``.
        field: our name of the column that it is about.
        message: one sentence for a person; never a value.
        standard: the standard's number (``CS002``) or datatype (``LDT_AgbCode``); None for a rule of our own.
    """

    code: str
    field: str
    message: str
    standard: str | None = None


@dataclass(frozen=True)
class Context:
    """What a frame of rows comes from; it decides which rules hold.

    Attributes:
        kind: ``JW323``, ``declaraties``, …
        major: ``2`` or ``3``, the release's first number; None for a flat export.
    """

    kind: str
    major: str | None = None

    @classmethod
    def of(cls, kind: str, release: str | None) -> Context:
        """The context of a message kind and its release (``3.2``)."""
        return cls(kind, release.split(".", 1)[0] if release else None)


@dataclass(frozen=True)
class Rule:
    """A rule and where it holds.

    Attributes:
        code: its name.
        passes: Boolean expression over the typed columns; a null result passes (``required`` is a rule of its own).
        kinds: the kinds it holds for; None for all.
        majors: the releases it holds for; None for all.
    """

    code: RuleCode
    passes: pl.Expr
    kinds: frozenset[str] | None = None
    majors: frozenset[str | None] | None = None

    def holds_for(self, context: Context) -> bool:
        """Whether rows of this context must keep the rule."""
        return (self.kinds is None or context.kind in self.kinds) and (
            self.majors is None or context.major in self.majors
        )


@dataclass(frozen=True)
class Scope:
    """A shorthand to give several rules the same reach."""

    kinds: frozenset[str] | None = None
    majors: frozenset[str | None] | None = None


EVERYWHERE = Scope()


def only(*kinds: str, majors: Iterable[str | None] | None = None) -> Scope:
    """The reach of a rule: these kinds (all when none is named), these releases."""
    return Scope(frozenset(kinds) or None, None if majors is None else frozenset(majors))


def duplicate_reference(field: str = "line_reference") -> RuleCode:
    """The one rule that looks at more than one row; validation applies it over the whole file."""
    return RuleCode(
        "duplicate_reference",
        field,
        "An earlier row of the file has this reference.",
        "TR314",
    )
