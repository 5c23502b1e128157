"""The mapping files against the official element lists, where those are at hand."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import yaml

from pipelines.deliveries.ijw.kinds import KINDS
from pipelines.deliveries.ijw.mapping import MAPPINGS, head_mapping_file, mapping_file
from tests.deliveries.xml_messages import SHARED

LISTS = SHARED / "ijw" / "codelijsten"
ALL = sorted(path for path in MAPPINGS.glob("jw*.yaml"))
# Not in the XSD of 2.3, and not known whether 2.4 introduced it.
PERHAPS_LATER = {("jw315_2_3", "/Bericht/Client/AangevraagdeProducten/AangevraagdProduct/Verwijzer/ZorgverlenerCode")}
NEVER = (
    "Naam", "Contact", "Relatie", "Adres", "Telefoon", "Email", "Commentaar", "JuridischeStatus", "Beperking",
    "Grondslag", "Communicatie", "WettelijkeVertegenwoordiging",
)  # fmt: skip
# Elements that no figure needs; every other element that holds no person's data is mapped.
NOT_NEEDED = (
    "XsdVersie", "XsltVersie", "XsdVersieDeclaratie", "DeclaratiePeriode", "DeclaratieDagtekening", "Servicebureau",
    "BetalingAanID", "BtwIDNummer", "ValutaCode", "BtwTotaalBedrag", "BeschikkingNummer", "Verrekenpercentage",
    "BerekendBedrag", "BtwVrijstellingIndicatie", "BtwPercentage", "BtwBedrag", "GemeenteReferentieNummer",
    "GemeenteBerekendBedrag", "GezagsdragerBekend", "Raamcontract", "BeschikkingIngangsdatum", "Afgiftedatum",
)  # fmt: skip
NOT_NEEDED_IN = {
    # A listed line is known by its reference, and was read with its declaration.
    "JW325": ("Product", "GeleverdVolume", "Eenheid"),
    "JW304": ("Product", "GeleverdVolume", "Eenheid", "DeclaratieFactuurBedragen", "Geslacht", "Geboortedatum"),
    # Age and sex are those of the allocation, and of what began and ended.
    "JW303": ("Geslacht", "Geboortedatum"),
    # The allocation that an event is of is known by its number.
    "JW305": ("ToewijzingIngangsdatum",),
    "JW307": ("ToewijzingIngangsdatum",),
    "JW315": ("Omvang", "Budget"),
    # The formal decision has a period of its own; the product's is the one that counts.
    "JW301": ("Beschikking/Ingangsdatum", "Beschikking/Einddatum"),
}


def _mapped(mapping: Path) -> set[str]:
    tables = yaml.safe_load(mapping.read_text(encoding="utf-8"))["tables"]
    return {field["xml_path"] for table in tables for field in table["fields"]}


def _official(release: str) -> dict[str, dict[str, str]]:
    file = LISTS / f"ijw_{release}_elementen_uit_xsd.csv"
    if not file.exists():
        pytest.skip("the official element lists are not at hand")
    found: dict[str, dict[str, str]] = {}
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(row["bericht"], {})[row["pad"]] = row["xs_base"]
    return found


@pytest.mark.parametrize("mapping", ALL, ids=lambda path: path.stem)
def test_every_mapped_path_is_an_element_of_the_official_schema(mapping: Path) -> None:
    message, release = mapping.stem[:5].upper(), mapping.stem[6:9]
    official = _official(release)[message]
    wrong = {path for path in _mapped(mapping) if official.get(path, "class") == "class"}
    assert {(mapping.stem, path) for path in wrong} <= PERHAPS_LATER


@pytest.mark.parametrize("mapping", [path for path in ALL if "header" not in path.stem], ids=lambda path: path.stem)
def test_every_element_that_is_needed_is_mapped(mapping: Path) -> None:
    message, release = mapping.stem[:5].upper(), mapping.stem[6:9]
    leaves = {path for path, base in _official(release)[message].items() if base.startswith("xs:")}
    left_out = (*NOT_NEEDED, *NOT_NEEDED_IN.get(message, ()), *NEVER)

    def is_left_out(path: str) -> bool:
        if path.endswith("Verwijzer/Naam"):
            return False
        return any(f"/{name}" in path for name in left_out)

    assert {path for path in leaves - _mapped(mapping) if not is_left_out(path)} == set()


@pytest.mark.parametrize("mapping", sorted(MAPPINGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_no_name_address_or_remark_is_mapped_and_nothing_is_cast(mapping: Path) -> None:
    tables = yaml.safe_load(mapping.read_text(encoding="utf-8"))["tables"]
    fields = [field for table in tables for field in table["fields"]]
    assert {(field["data_type"], field["nullable"]) for field in fields} == {("Utf8", True)}
    private = [path["xml_path"] for path in fields if any(f"/{name}" in path["xml_path"] for name in NEVER)]
    assert [path for path in private if not path.endswith("Verwijzer/Naam")] == []


@pytest.mark.parametrize("release", ["2.1", "2.2", "2.3", "2.4", "3.0", "3.1", "3.2"])
def test_every_needed_message_of_every_release_has_a_mapping(release: str) -> None:
    kinds = [kind for kind in KINDS.values() if kind.is_needed and int(release[0]) in kind.majors]
    assert len(kinds) == 6
    for kind in kinds:
        assert mapping_file(kind.name, release).exists()
        assert head_mapping_file(kind.name, release).exists()
