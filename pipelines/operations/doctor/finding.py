"""What a check is given and what it finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pipelines.home import Home

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Circumstances:
    """What the checks look at.

    Attributes:
        home: the home folder.
        now: the time, UTC.
        environment: environment variables.
    """

    home: Home
    now: datetime
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Finding:
    """What a check found.

    Attributes:
        level: ``fail`` means that figures will not be right, or not be there; ``warn`` that somebody should look.
        says: what is the case.
        remedy: what to do; empty when nothing.
    """

    level: Level
    says: str
    remedy: str = ""
