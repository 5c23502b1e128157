"""Disclosure control: what of the exact tables may be published, and the proof that the rest cannot be worked out.

Belongs here: which cell is too small, which others must go with it, the attack on the result. Does not belong here: how
the result goes live (``pipelines/publication``), and what a figure means (``dbt_project``).
"""

from __future__ import annotations

from typing import Final

from pipelines.disclosure.audit import AUDIT_COLUMNS, AUDIT_DESCRIPTION, SUPPRESSED_COLUMN
from pipelines.disclosure.facts import LABEL_TABLES, MEASURED_TABLES, DisclosureError, undescribed_tables
from pipelines.disclosure.history import Earlier
from pipelines.disclosure.protection import Protected, protect

__all__ = [
    "AUDIT_COLUMNS",
    "AUDIT_DESCRIPTION",
    "PUBLISHED_TABLES",
    "SUPPRESSED_COLUMN",
    "DisclosureError",
    "Earlier",
    "Protected",
    "protect",
    "undescribed_tables",
]

PUBLISHED_TABLES: Final = (*MEASURED_TABLES, *LABEL_TABLES)
