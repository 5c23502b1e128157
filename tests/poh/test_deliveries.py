"""POH registrations from a file in the inbox to the lake: what is listed is kept, what nobody lists is found."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines import ingestion
from pipelines.errors import ConfigurationError
from pipelines.home import Home
from pipelines.pseudonyms import Pseudonyms
from pipelines.settings import PohSettings, Settings, load_settings

PSEUDONYMS = Pseudonyms(b"a key of thirty-two bytes, or more")
EXPORT = """\
registratie_id;gemeentecode;praktijk;aanmelddatum;geslacht;leeftijd;hulpvraag;uitkomst_behandeling;verwezen_naar
1;0402;Praktijk;04-01-2021;V;12;Iets heel anders;Ja, verwezen naar BGGZ;De Brug, Weert
2;0402;Praktijk;05-01-2021;M;9;Echtscheiding;Nee;de brug weert
3;0402;Praktijk;06-01-2021;M;9;;;Mevrouw Jansen
"""


def registrations(folder: Path, settings: Settings) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The lake's registrations and findings, after the export was taken in."""
    home = Home(folder)
    home.make()
    (home.inbox / "poh.csv").write_text(EXPORT, encoding="utf-8")
    ingestion.ingest(home, settings, PSEUDONYMS)
    rows = pl.read_parquet(home.lake / "poh_registrations" / "month=*.parquet").sort("registration_id")
    return rows, pl.read_parquet(home.lake / "findings.parquet")


def test_unknown_value_is_kept_as_unknown_and_found_without_its_text(tmp_path: Path) -> None:
    rows, findings = registrations(tmp_path, Settings())

    assert rows["presenting_problem"].to_list() == ["unknown", "divorce", None]
    assert rows["outcome_treatment"].to_list() == ["referred_bggz", "not_referred", None]
    found = findings.filter(finding="unknown_category").select("row_number", "reference").rows()
    assert found == [(1, "hulpvraag")]
    assert "anders" not in str(rows.to_dicts()) + str(findings.to_dicts())


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Settings(), ["other", "other", "other"]),
        (Settings(poh=PohSettings(providers={"De Brug, Weert": "de_brug"})), ["de_brug", "de_brug", "other"]),
    ],
    ids=["none", "de_brug"],
)
def test_organisation_that_the_settings_list_is_a_category_and_another_text_is_not_kept(
    tmp_path: Path, settings: Settings, expected: list[str]
) -> None:
    rows, findings = registrations(tmp_path, settings)

    assert rows["referred_to_provider"].to_list() == expected
    assert "Jansen" not in str(rows.to_dicts()) + str(findings.to_dicts())


def test_settings_name_organisations_and_refuse_what_is_no_category(tmp_path: Path) -> None:
    file = tmp_path / "jeugdspiegel.toml"
    file.write_text('[poh]\nproviders = { "De Brug, Weert" = "de_brug" }\n', encoding="utf-8")
    assert load_settings(file).poh.providers == {"De Brug, Weert": "de_brug"}

    file.write_text('[poh]\nproviders = { "De Brug, Weert" = "De Brug" }\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"poh\.providers"):
        load_settings(file)
