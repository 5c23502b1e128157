"""All rules of validation as one table: which rule of which field holds for the rows of which delivery.

Belongs here: listing what the datasets say. Does not belong here: what a rule means (``rules.py``, the datasets).
``python -m schemas.manifest`` writes the table that the models read, ``dbt_project/seeds/validation_rules.csv``.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, fields

from schemas.datasets import DATASETS
from schemas.rules import Context, RuleCode, duplicate_reference

SOURCES: Mapping[str, tuple[str, ...]] = {
    "allocations": ("JW301", "toewijzingen"),
    "care_events": ("JW305", "JW307", "toewijzingen"),
    "referral_requests": ("JW315", "toewijzingen"),
    "declaration_lines": ("JW303", "JW323", "declaraties"),
    "decisions": ("JW304", "JW325"),
    "decision_lines": ("JW304", "JW325"),
    "poh_registrations": ("poh_registraties",),
    "survey_answers": ("ervaringen",),
}
"""The kinds of delivery that feed each dataset."""

_ONLY_BEFORE_2021 = frozenset({"JW303", "JW304"})
_ONLY_SINCE_2021 = frozenset({"JW323", "JW325"})
# Whether a value is there and can be read; every other rule asks what the value means.
_SHAPE = frozenset(
    {"required", "not_digits", "not_a_date", "not_a_number", "not_a_time", "too_long", "not_whole", "not_finite"}
)


@dataclass(frozen=True, order=True)
class ManifestRow:
    """One rule of one field, for deliveries of one kind and release.

    Attributes:
        kind: ``JW323``, ``declaraties``, …
        major: ``2`` or ``3``; empty for a flat export.
        level: ``structural`` (the value is there and can be read) or ``logical``.
        standard: the standard's number, else empty.
        message: one sentence without values.
    """

    kind: str
    major: str
    field: str
    rule: str
    level: str
    standard: str
    message: str


def rule_manifest() -> tuple[ManifestRow, ...]:
    """Every rule, sorted; a rule that several datasets have for the same field of one delivery stands here once."""
    found: dict[tuple[str, str, str, str], ManifestRow] = {}
    for kind, major, code in _all_rules():
        key = (kind, major, code.field, code.code)
        level = "structural" if code.code in _SHAPE else "logical"
        found.setdefault(key, ManifestRow(*key, level, code.standard or "", code.message))
    return tuple(sorted(found.values()))


def manifest_csv() -> str:
    """The manifest as the text of the seed."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([field.name for field in fields(ManifestRow)])
    writer.writerows(astuple(row) for row in rule_manifest())
    return text.getvalue()


def _all_rules() -> Iterator[tuple[str, str, RuleCode]]:
    for name, dataset in DATASETS.items():
        for kind in SOURCES[name]:
            for major in _majors(kind):
                for rule in dataset.rules_for(Context(kind, major)):
                    yield kind, major or "", rule.code
                if dataset.has_references:
                    yield kind, major or "", duplicate_reference()


def _majors(kind: str) -> tuple[str | None, ...]:
    if not kind.startswith("JW"):
        return (None,)
    if kind in _ONLY_BEFORE_2021:
        return ("2",)
    return ("3",) if kind in _ONLY_SINCE_2021 else ("2", "3")


if __name__ == "__main__":
    sys.stdout.write(manifest_csv())
