"""The code lists that dbt keeps as numbers are those of the schemas and of the readers of deliveries."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest

from pipelines.deliveries.flat.datasets import DATASETS as FLAT_DATASETS
from pipelines.deliveries.ijw.kinds import KINDS
from schemas import fields

MACROS = Path(__file__).parents[2] / "dbt_project" / "macros" / "code_lists.sql"


def _list_of(macro: str) -> set[str]:
    returned: list[list[object]] = []
    template = jinja2.Environment().from_string(MACROS.read_text(encoding="utf-8"), globals={"return": returned.append})
    getattr(template.module, macro)()
    return {str(value) for value in returned[0]}


@pytest.mark.parametrize(
    ("macro", "codes"),
    [
        ("product_categories", {code for codes in fields.PRODUCT_CATEGORY.values() for code in codes}),
        ("unit_codes", {code for codes in fields.UNIT.values() for code in codes}),
        ("delivery_kinds", {"unknown", *KINDS, *(one.name for one in FLAT_DATASETS)}),
    ],
)
def test_codes_of_dbt_are_those_of_the_rows(macro: str, codes: set[str]) -> None:
    assert _list_of(macro) == codes
