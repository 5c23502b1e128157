"""The table of rules that the models read is what the schemas say."""

from __future__ import annotations

import pytest

from pipelines.transformation import PROJECT_DIR
from schemas.datasets import DATASETS
from schemas.manifest import SOURCES, manifest_csv, rule_manifest
from schemas.rules import Context
from tests.schemas.rows import VALID_ROWS


def test_seed_is_what_the_schemas_say() -> None:
    seed = (PROJECT_DIR / "seeds" / "validation_rules.csv").read_text(encoding="utf-8")

    assert seed == manifest_csv(), "write it again: python -m schemas.manifest > dbt_project/seeds/validation_rules.csv"


def test_every_dataset_has_its_sources() -> None:
    assert SOURCES.keys() == DATASETS.keys()


@pytest.mark.parametrize(("dataset", "kind", "release"), list(VALID_ROWS))
def test_every_rule_that_validation_asks_is_listed(dataset: str, kind: str, release: str | None) -> None:
    listed = {(row.field, row.rule) for row in rule_manifest() if (row.kind, row.major) == (kind, (release or "")[:1])}
    asked = {(rule.code.field, rule.code.code) for rule in DATASETS[dataset].rules_for(Context.of(kind, release))}

    assert asked <= listed
    assert kind in SOURCES[dataset]


def test_no_rule_is_listed_twice() -> None:
    keys = [(row.kind, row.major, row.field, row.rule) for row in rule_manifest()]

    assert len(keys) == len(set(keys))
    assert {row.level for row in rule_manifest()} == {"structural", "logical"}
