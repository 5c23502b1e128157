"""jeugdspiegel.toml, and the paths of a home."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from pipelines.errors import ConfigurationError
from pipelines.home import Home
from pipelines.settings import Settings, dbt_variables, load_settings
from pipelines.transformation import PROJECT_DIR


def settings_of(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "jeugdspiegel.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path)


def test_absent_file_gives_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "jeugdspiegel.toml") == Settings()
    assert Settings().max_gap_days == 31


def test_keys_are_read(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, "max_gap_days = 92\n[reading]\nsettle_seconds = 5\n")

    assert (settings.max_gap_days, settings.reading.settle_seconds) == (92, 5)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "max_gap = 1",
            r"^jeugdspiegel\.toml: unknown key 'max_gap'; known keys are .*coverage, .*max_gap_days, ",
        ),
        ("[reading]\nworker = 1", r"unknown key 'reading\.worker'; known keys are max_file_bytes, settle_seconds"),
        ('max_gap_days = "31"', r"^jeugdspiegel\.toml: key 'max_gap_days' should be a valid integer\.$"),
        ("max_gap_days = 1.5", r"key 'max_gap_days' should be"),
        ("max_gap_days = -1", r"key 'max_gap_days' should be greater than or equal to 0\.$"),
        ("reading = 3", r"key 'reading' should be a section\.$"),
        ("coverage = 3", r"key 'coverage' should be a section\.$"),
        ("[coverage]\n0384 = 3", r"key 'coverage\.0384' should be a valid date\.$"),
        ("[coverage]\n384 = 2018-01-01", r"section 'coverage' has a key that is not a municipality code of four"),
        ("[thresholds]\nprovisional = 1.0", r"unknown key 'thresholds\.provisional'; known keys are completeness_hor"),
        ("[thresholds]\nprovisional_below = 1.1", r"'thresholds\.provisional_below' should be less than or equal to 1"),
        ("[thresholds]\ncompleteness_minimum_months = 2", r"should be greater than or equal to 3\.$"),
        ("max_gap_days = ", r"^jeugdspiegel\.toml: not valid TOML"),
    ],
)
def test_wrong_setting_is_one_sentence_with_file_and_key(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(ConfigurationError, match=sentence) as error:
        settings_of(tmp_path, text)

    assert "\n" not in str(error.value)


def test_settings_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "jeugdspiegel.toml"
    path.write_bytes(b"\xff\xfe")

    with pytest.raises(ConfigurationError, match=r"jeugdspiegel\.toml: the file is not UTF-8"):
        load_settings(path)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().max_gap_days = 1


def test_home_makes_private_folders_private(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.make()

    for folder in (home.secrets, home.quarantine, home.scratch):
        assert folder.stat().st_mode & 0o077 == 0
    assert home.inbox.is_dir()


def test_settings_give_the_models_their_variables_and_say_which_the_file_sets(tmp_path: Path) -> None:
    text = "max_gap_days = 31\n[thresholds]\nprovisional_below = 0.95\n[coverage]\n0384 = 2018-03-01\n"

    variables = dbt_variables(settings_of(tmp_path, text))

    assert variables["provisional_below"] == 0.95
    assert variables["coverage"] == {"0384": "2018-03-01"}
    assert variables["survey_minimum_responses"] == 10
    assert variables["set_in_file"] == ["coverage", "max_gap_days", "provisional_below"]


def test_variables_of_the_defaults_are_those_of_the_dbt_project() -> None:
    project = yaml.safe_load((PROJECT_DIR / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    variables = dbt_variables(Settings())

    assert {name: project[name] for name in variables} == variables
