"""jeugdspiegel.toml → one frozen ``Settings``. Every key has a default; an unknown key is an error, not a silence."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines.errors import ConfigurationError

__all__ = ["ConfigurationError", "ReadingSettings", "Settings", "load_settings"]


class ReadingSettings(BaseModel):
    """``[reading]``: what a run takes from the inbox.

    Attributes:
        max_file_bytes: a file that is larger once unpacked is refused (``too_large``).
        settle_seconds: a file younger than this is left for the next run.
        workers: processes that read side by side; 0 means one per core.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    max_file_bytes: int = Field(default=4 * 1024**3, ge=1)
    settle_seconds: int = Field(default=0, ge=0)
    workers: int = Field(default=0, ge=0, le=256)


class Settings(BaseModel):
    """All settings of a deployment.

    Attributes:
        max_gap_days: longest gap, in free days, inside a trajectory.
        reading: the ``[reading]`` section.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    max_gap_days: int = Field(default=31, ge=0, le=3660)
    reading: ReadingSettings = ReadingSettings()


def load_settings(path: Path) -> Settings:
    """Read the settings file; an absent file gives the defaults.

    Raises:
        ConfigurationError: one sentence that names the file and the key.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Settings()
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path.name}: the file is not UTF-8 text.") from None
    except OSError as error:
        raise ConfigurationError(f"{path.name}: the file cannot be read ({error.strerror}).") from None
    try:
        values = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path.name}: not valid TOML: {error}.") from None
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise ConfigurationError(_sentence(path.name, error)) from None


def _sentence(file_name: str, error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        section = Settings if len(first["loc"]) == 1 else ReadingSettings
        return f"{file_name}: unknown key '{key}'; known keys are {', '.join(sorted(section.model_fields))}."
    expected = "a section" if first["type"] == "model_type" else first["msg"].removeprefix("Input should be ")
    return f"{file_name}: key '{key}' should be {expected}."
