"""What is never read: names, addresses and remarks are in no mapping; no text of a person has a column in the lake."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest
import yaml

from pipelines.deliveries.flat.datasets import DATASETS as EXPORTS
from pipelines.deliveries.ijw.mapping import MAPPINGS
from pipelines.pseudonyms import Pseudonyms
from pipelines.validation.finishing import without_own_number
from schemas.datasets import DATASETS

ALL = sorted(MAPPINGS.glob("*.yaml"))
PERSONAL = re.compile(
    "naam|voorv|adres|straat|huis(nummer|letter)|postcode|plaats|land|telefoon|email|contact(?!en)|relatie|commentaar|opmerking|"
    "toelichting|communicatie|juridisch|beperking|grondslag|gezag|vertegenwoordig",
    re.IGNORECASE,
)
# What is read and does not reach the lake as it is: where it ends is in docs/privacy.md.
ENDS_IN_VALIDATION = {"bsn", "birth_date", "birth_date_use", "referrer_name"}
PERSONS = re.compile("bsn|name|birth_date|address|remark|text|phone|mail")


@pytest.mark.parametrize("mapping", ALL, ids=lambda path: path.stem)
def test_no_mapping_reads_a_name_an_address_or_a_remark(mapping: Path) -> None:
    tables = yaml.safe_load(mapping.read_text(encoding="utf-8"))["tables"]
    fields = [(field["xml_path"], field["name"]) for table in tables for field in table["fields"]]

    personal = {(path, name) for path, name in fields if PERSONAL.search(path.rpartition("/")[2])}
    assert {name for _, name in personal} <= {"referrer_name"}
    assert all(path.endswith("Verwijzer/Naam") for path, _ in personal)
    assert {name for _, name in fields if PERSONS.search(name)} <= ENDS_IN_VALIDATION


def test_all_mappings_are_looked_at() -> None:
    assert len(ALL) == 15


def test_no_export_is_read_for_a_name_an_address_or_a_remark() -> None:
    columns = {(export.name, column) for export in EXPORTS for column in export.columns}

    assert {place for place in columns if PERSONAL.search(place[1])} == {("toewijzingen", "verwijzer_naam")}


def test_lake_has_no_column_for_a_person_but_the_pseudonym() -> None:
    columns = {(name, column) for name, dataset in DATASETS.items() for column in dataset.lake}

    # The hash of a practice's name; the name is not there.
    assert {place for place in columns if PERSONS.search(place[1])} == {
        ("poh_registrations", "practice_text_hash"),
        ("survey_answers", "practice_text_hash"),
    }


def test_reference_with_the_number_of_its_own_row_gets_a_token() -> None:
    pseudonyms = Pseudonyms(b"k" * 32)
    frame = pl.DataFrame(
        {
            "bsn": ["075627516", "075627516", "725763863", None, "725763863"],
            "line_reference": ["R75627516-1", "075627516", "2019-725763863", "725763863", "R4"],
            "previous_reference": [None, "R75627516-1", None, None, None],
        }
    )

    after = without_own_number(frame, pseudonyms)

    token = f"~{pseudonyms.file_token('075627516')}~"
    assert after["line_reference"][:2].to_list() == [f"R{token}-1", token]
    assert after["previous_reference"][1] == after["line_reference"][0]
    assert after["line_reference"][2:].to_list() == [
        f"2019-~{pseudonyms.file_token('725763863')}~",
        "725763863",
        "R4",
    ]
    assert frame["line_reference"][1] == "075627516"


def test_one_module_makes_pseudonyms_and_sees_the_key() -> None:
    root = MAPPINGS.parents[2]
    sources = {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in root.rglob("*.py")}
    makes = {name for name, text in sources.items() if re.search(r"\bhmac\.(new|digest)\(|_keyed_digests", text)}
    reads = {name for name, text in sources.items() if re.search(r"pseudonym_key\b.*(read_|open\()", text)}

    assert makes == {"pseudonyms.py"}
    assert reads == set()
