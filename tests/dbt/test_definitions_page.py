"""docs/definitions.md: each word has a model and a unit test, and each name on the page exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from .warehouse import PROJECT

PAGE = (Path(__file__).parents[2] / "docs" / "definitions.md").read_text(encoding="utf-8")
# A client is made before dbt sees a row; the last section is about tests.
WITHOUT_MODEL = {"Client", "How the definitions are checked"}
MODELS = {path.stem for path in (PROJECT / "models").rglob("*.sql")}
UNIT_TESTS = {
    test["name"]: test["model"]
    for path in (PROJECT / "models").rglob("*_unit_tests.yml")
    for test in yaml.safe_load(path.read_text(encoding="utf-8"))["unit_tests"]
}


def sections() -> Iterator[tuple[str, set[str], set[str]]]:
    """(word, its models, its unit tests) as the page has them."""
    for section in PAGE.split("\n## ")[1:]:
        word, text = section.split("\n", 1)
        yield word, _named(text, r"Models?"), _named(text, r"Unit\s+tests?")


def _named(text: str, label: str) -> set[str]:
    """What stands in backquotes in the sentence that begins with a label."""
    names = (
        re.findall(r"`([\w.]+)`", said) for said in re.findall(rf"\b{label}:(.*?)(?:\. |\.\n|;|\Z)", text, re.DOTALL)
    )
    return {name.removeprefix("marts.") for found in names for name in found}


SECTIONS = [pytest.param(*found, id=found[0]) for found in sections() if found[0] not in WITHOUT_MODEL]


@pytest.mark.parametrize(("word", "models", "unit_tests"), SECTIONS)
def test_each_word_names_its_models_and_unit_tests_and_they_exist(
    word: str, models: set[str], unit_tests: set[str]
) -> None:
    assert models, word
    assert unit_tests, word
    assert models - MODELS == set()
    assert unit_tests - UNIT_TESTS.keys() == set()


@pytest.mark.parametrize(("word", "models", "unit_tests"), SECTIONS)
def test_each_unit_test_of_a_word_tests_one_of_its_models(word: str, models: set[str], unit_tests: set[str]) -> None:
    assert {name: UNIT_TESTS[name] for name in unit_tests if UNIT_TESTS[name] not in models} == {}


def test_every_word_of_the_page_has_a_section_that_was_read() -> None:
    assert {found[0] for found in sections()} >= {"Segment", "Trajectory", "Status in a year", *WITHOUT_MODEL}
    assert len(SECTIONS) >= 6
