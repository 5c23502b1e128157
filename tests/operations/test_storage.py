"""Dagster's settings follow ours, and never over somebody's own edits."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from pipelines.errors import ConfigurationError
from pipelines.home import Home
from pipelines.operations.storage import Owner, instance_file, owner_of, prepare_instance

POSTGRES = '[storage]\npostgres_url_env = "THE_URL"\n'


def _written(home: Home) -> dict[str, object]:
    return yaml.safe_load(instance_file(home).read_text(encoding="utf-8"))


def test_first_start_writes_the_settings_and_the_second_leaves_them(home: Home) -> None:
    assert prepare_instance(home, {}) == home.dagster
    first = instance_file(home).stat()

    prepare_instance(home, {})

    assert "event_log_storage" in _written(home)
    assert instance_file(home).stat().st_mtime_ns == first.st_mtime_ns
    assert owner_of(instance_file(home)) is Owner.OURS


def test_postgres_asked_for_replaces_sqlite_and_writes_no_secret(home: Home) -> None:
    prepare_instance(home, {})
    before = _written(home)
    home.settings_file.write_text(POSTGRES, encoding="utf-8")

    prepare_instance(home, {"THE_URL": "postgresql+psycopg2://user:secret@host/db"})

    after = _written(home)
    assert after.pop("storage") == {"postgres": {"postgres_url": {"env": "THE_URL"}}}
    before.pop("event_log_storage")
    assert after == before
    assert "secret" not in instance_file(home).read_text(encoding="utf-8")
    home.settings_file.unlink()
    prepare_instance(home, {})
    assert "storage" not in _written(home)


def test_edited_file_is_left_alone(home: Home) -> None:
    prepare_instance(home, {})
    path = instance_file(home)
    path.write_text(path.read_text(encoding="utf-8").replace("purge_after_days: 90", "purge_after_days: 91"), "utf-8")
    edited = path.read_bytes()
    home.settings_file.write_text(POSTGRES, encoding="utf-8")

    prepare_instance(home, {"THE_URL": "postgresql+psycopg2://"})

    assert path.read_bytes() == edited
    assert owner_of(path) is Owner.OPERATOR


def test_file_of_an_earlier_version_is_still_ours(home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    prepare_instance(home, {})
    newer = tmp_path / "dagster.yaml"
    newer.write_text("telemetry:\n  enabled: false\n", encoding="utf-8")
    monkeypatch.setattr("pipelines.operations.storage.TEMPLATE", newer)

    prepare_instance(home, {})

    assert _written(home) == {"telemetry": {"enabled": False}}


def test_url_that_is_not_in_the_environment_is_said_with_its_key(home: Home) -> None:
    home.settings_file.write_text(POSTGRES, encoding="utf-8")

    with pytest.raises(ConfigurationError, match=r"storage\.postgres_url_env.*THE_URL"):
        prepare_instance(home, {})


def test_missing_library_is_said_with_how_to_install_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.settings_file.write_text(POSTGRES, encoding="utf-8")
    monkeypatch.setattr("pipelines.operations.storage.find_spec", lambda _: None)

    with pytest.raises(ConfigurationError, match="--extra postgres"):
        prepare_instance(home, {"THE_URL": "postgresql+psycopg2://"})


def test_url_for_another_driver_is_refused_without_saying_it(home: Home) -> None:
    home.settings_file.write_text(POSTGRES, encoding="utf-8")

    with pytest.raises(ConfigurationError, match=r"THE_URL should begin with postgresql\+psycopg2://") as raised:
        prepare_instance(home, {"THE_URL": "postgresql://user:geheim@host/db"})

    assert "geheim" not in str(raised.value)
