"""Dagster's own folder and settings, from ours: where its history is kept.

``dagster.yaml`` in the home folder is written at each start, from the template beside this project and ``[storage]`` of
jeugdspiegel.toml, as long as it is ours: its first line holds a digest of the rest, and a file that somebody edited no
longer fits it. Such a file is never touched. Belongs here: that file. Does not belong here: Dagster's storage classes.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from enum import Enum
from importlib.util import find_spec
from pathlib import Path

from pipelines.errors import ConfigurationError
from pipelines.home import Home
from pipelines.settings import Settings, load_settings

TEMPLATE = Path(__file__).resolve().parents[2] / "dagster.yaml"
_MARK = "# Written by jeugdspiegel from jeugdspiegel.toml; change a line and it is yours. "
_SCHEME = "postgresql+psycopg2://"
_POSTGRES = """# Runs, events and schedules in PostgreSQL; its URL, with its password, stays in the environment.
storage:
  postgres:
    postgres_url:
      env: {variable}
"""


class Owner(Enum):
    """Whose ``dagster.yaml`` it is."""

    NOBODY = "nobody"
    OURS = "ours"
    OPERATOR = "operator"


def prepare_instance(home: Home, environment: Mapping[str, str] = os.environ) -> Path:
    """Make Dagster's own folder and write its settings, unless somebody made them theirs.

    Returns:
        The folder (``DAGSTER_HOME``).

    Raises:
        ConfigurationError: PostgreSQL is asked for, and its URL or its library is not there.
    """
    settings = load_settings(home.settings_file)
    check_storage(settings, environment)
    home.dagster.mkdir(parents=True, exist_ok=True)
    path = instance_file(home)
    if owner_of(path) is not Owner.OPERATOR:
        text = rendered(settings)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            beside = path.with_name(f".{path.name}.writing")
            beside.write_text(text, encoding="utf-8")
            beside.replace(path)
    return home.dagster


def instance_file(home: Home) -> Path:
    """Dagster's settings of this home."""
    return home.dagster / "dagster.yaml"


def check_storage(settings: Settings, environment: Mapping[str, str]) -> None:
    """See that the storage that is asked for can be used.

    Raises:
        ConfigurationError: the variable is not set or no URL for our driver, or the library is not installed.
    """
    variable = settings.storage.postgres_url_env
    if not variable:
        return
    if not environment.get(variable):
        raise ConfigurationError(
            f"jeugdspiegel.toml: key 'storage.postgres_url_env' names {variable}, which is not set in the environment."
        )
    if not environment[variable].startswith(_SCHEME):
        raise ConfigurationError(
            f"The environment variable {variable} should begin with {_SCHEME}, so that the driver is the one that "
            "comes with the optional part 'postgres'."
        )
    if find_spec("dagster_postgres") is None:
        raise ConfigurationError(
            "jeugdspiegel.toml: key 'storage.postgres_url_env' needs the optional part 'postgres': "
            "uv sync --frozen --extra postgres."
        )


def rendered(settings: Settings) -> str:
    """The text of ``dagster.yaml``, with the line that says that it is ours."""
    body = TEMPLATE.read_text(encoding="utf-8")
    if settings.storage.postgres_url_env:
        blocks = [block for block in body.split("\n\n") if _key(block) != "event_log_storage"]
        blocks.append(_POSTGRES.format(variable=settings.storage.postgres_url_env))
        body = "\n\n".join(block.strip("\n") for block in blocks) + "\n"
    return f"{_MARK}{_digest(body)}\n{body}"


def owner_of(path: Path) -> Owner:
    """Whose file this is: ours while its first line fits the rest, or while it is the bare template."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Owner.NOBODY
    first, _, body = text.partition("\n")
    is_ours = first == f"{_MARK}{_digest(body)}" or text == TEMPLATE.read_text(encoding="utf-8")
    return Owner.OURS if is_ours else Owner.OPERATOR


def _key(block: str) -> str:
    for line in block.splitlines():
        if line and not line.startswith(("#", " ")):
            return line.split(":", 1)[0]
    return ""


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
