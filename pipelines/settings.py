"""jeugdspiegel.toml → one frozen ``Settings``. Every key has a default; an unknown key is an error, not a silence."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipelines.errors import ConfigurationError

__all__ = ["ConfigurationError", "ReadingSettings", "Settings", "ThresholdSettings", "dbt_variables", "load_settings"]


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


class ThresholdSettings(BaseModel):
    """``[thresholds]``: from where on a figure is shown, or marked.

    Attributes:
        provisional_below: a year of which less than this share has normally been declared by now is provisional.
        completeness_horizon_months: development of declarations is followed this long; older care is final.
        completeness_minimum_months: fewest care months on which a development pattern may rest.
        survey_minimum_responses: fewest answers for which a survey mean is shown.
        poh_add_back_days: longest time, in days, from the end of a POH dossier to a trajectory that is added back.
        followup_minimum_clients: fewest persons of a group for which ``poh_followup`` gives a cumulative incidence.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    provisional_below: float = Field(default=0.98, gt=0, le=1)
    completeness_horizon_months: int = Field(default=24, ge=1, le=120)
    completeness_minimum_months: int = Field(default=12, ge=3, le=120)
    survey_minimum_responses: int = Field(default=10, ge=1, le=1000)
    poh_add_back_days: int = Field(default=90, ge=0, le=3660)
    followup_minimum_clients: int = Field(default=10, ge=2, le=1000)


class EffectSettings(BaseModel):
    """``[effect]``: how ``practice_effect`` compares, and on how little it may rest.

    Attributes:
        confidence: of every interval, those of ``poh_followup`` included.
        quarters_around: at most this many quarters before and after a start.
        minimum_quarters: at least this many before, and after.
        minimum_practices: at least this many practices with a POH, and without.
        minimum_trajectories: at least this many new trajectories at the practices with, and at those without.
        minimum_practice_trajectories: at least this many new trajectories for the verdict on one practice.
        permutations: how often the starts are dealt out anew among the practices.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    confidence: float = Field(default=0.95, ge=0.5, le=0.999)
    quarters_around: int = Field(default=8, ge=2, le=40)
    minimum_quarters: int = Field(default=4, ge=2, le=40)
    minimum_practices: int = Field(default=5, ge=3, le=1000)
    minimum_trajectories: int = Field(default=20, ge=1, le=100_000)
    minimum_practice_trajectories: int = Field(default=10, ge=1, le=100_000)
    permutations: int = Field(default=999, ge=99, le=99_999)

    @model_validator(mode="after")
    def _looks_as_far_as_it_must(self) -> EffectSettings:
        if self.quarters_around < self.minimum_quarters:
            raise ValueError("quarters_around should be at least minimum_quarters")
        return self


class PohSettings(BaseModel):
    """``[poh]``: what a deployment adds to the value lists of POH registrations.

    Attributes:
        providers: organisations in ``verwezen_naar``, by their name as it is written there, and the category of each.
            Only what is listed is kept of that column, since a person's name may stand in it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    providers: dict[str, Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]] = Field(default_factory=dict)


class StorageSettings(BaseModel):
    """``[storage]``: where Dagster keeps its history, and how long.

    Attributes:
        postgres_url_env: name of the environment variable with the URL of a PostgreSQL database; empty: SQLite in the
            home folder.
        keep_runs_days: runs older than this are removed from Dagster's history; 0 keeps them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    postgres_url_env: str = Field(default="", pattern=r"^([A-Z_][A-Z0-9_]*)?$")
    keep_runs_days: int = Field(default=90, ge=0, le=36_500)


class WarehouseSettings(BaseModel):
    """``[warehouse]``: what building the warehouse may take of the machine.

    Attributes:
        memory_mib: memory for DuckDB while dbt builds, in MiB; what does not fit is put on disk beside the candidate.
            0: DuckDB's own limit, four fifths of the machine's memory.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    memory_mib: int = Field(default=0, ge=0, le=2**30)


class LoggingSettings(BaseModel):
    """``[logging]``: what a run says in the log of its process.

    Attributes:
        format: ``text``, or ``json``: one line an event.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    format: Literal["text", "json"] = "text"


class PublicationSettings(BaseModel):
    """``[publication]``: what is kept, and how far a publication may drift from the one before.

    Attributes:
        keep: so many publications are kept, the live one included.
        max_row_drift: a table, or a municipality's part of it, may lose this share of its rows, and grow by this
            share more than its deliveries did.
        max_cost_drift: the same for a municipality's euros, and for those of each of its final years.
        drift_minimum_rows: smaller parts are not compared.
        drift_minimum_cost_eur: smaller amounts are not compared.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    keep: int = Field(default=7, ge=1, le=1000)
    max_row_drift: float = Field(default=0.30, ge=0, le=100)
    max_cost_drift: float = Field(default=0.20, ge=0, le=100)
    drift_minimum_rows: int = Field(default=200, ge=1)
    drift_minimum_cost_eur: int = Field(default=100_000, ge=1)


class FreshnessSettings(BaseModel):
    """``[freshness]``: how long it may be silent before Dagster calls an asset overdue.

    Attributes:
        declarations_warn_days, declarations_fail_days: without a new line of a care profile.
        allocations_warn_days, allocations_fail_days: without a new allocation.
        poh_warn_days, poh_fail_days: without a new POH registration.
        published_by: by when a night's figures are there, Amsterdam time.
        published_within_hours: how long before that they may be from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    declarations_warn_days: int = Field(default=45, ge=1, le=3660)
    declarations_fail_days: int = Field(default=75, ge=2, le=3660)
    allocations_warn_days: int = Field(default=14, ge=1, le=3660)
    allocations_fail_days: int = Field(default=31, ge=2, le=3660)
    poh_warn_days: int = Field(default=120, ge=1, le=3660)
    poh_fail_days: int = Field(default=210, ge=2, le=3660)
    published_by: str = Field(default="07:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    published_within_hours: int = Field(default=7, ge=1, le=23)

    @model_validator(mode="after")
    def _warns_before_it_fails(self) -> FreshnessSettings:
        for what in ("declarations", "allocations", "poh"):
            if getattr(self, f"{what}_warn_days") >= getattr(self, f"{what}_fail_days"):
                raise ValueError(f"{what}_warn_days should be less than {what}_fail_days")
        return self


class ScheduleSettings(BaseModel):
    """``[schedule]``: when a run begins.

    Attributes:
        first_month: the first month that can be taken in again from Dagster's UI.
        wait_seconds: how long a run waits for another one that is at work in the same home folder.
        stable_seconds: how long new files must be unchanged before the sensor ``new_files`` starts a run.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    first_month: str = Field(default="2015-01", pattern=r"^(19|2\d)\d{2}-(0[1-9]|1[0-2])$")
    wait_seconds: int = Field(default=600, ge=0, le=86_400)
    stable_seconds: int = Field(default=300, ge=0, le=86_400)


class AlertSettings(BaseModel):
    """``[alerts]``: what is said to whom ``JEUGDSPIEGEL_ALERT_URLS`` names.

    Attributes:
        name: which deployment it is; stands in the title.
        warnings: whether warnings alone (missing deliveries, refused files, overdue assets) are worth a message.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str = Field(default="", max_length=60)
    warnings: bool = True


class DisclosureSettings(BaseModel):
    """``[disclosure]``: what may be published of small groups.

    Attributes:
        minimum_clients: a count of fewer clients, and the euros of fewer clients, are suppressed.
        largest_client_share: euros are suppressed when one client has more than this share of them.
        two_largest_clients_share: the same for the two largest clients together.
        amount_margin: nobody may know a suppressed amount to within this share of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    minimum_clients: int = Field(default=10, ge=5, le=1000)
    largest_client_share: float = Field(default=0.70, gt=0, le=1)
    two_largest_clients_share: float = Field(default=0.85, gt=0, le=1)
    amount_margin: float = Field(default=0.10, gt=0, le=1)


class Settings(BaseModel):
    """All settings of a deployment.

    Attributes:
        max_gap_days: longest gap, in free days, inside a trajectory.
        index_base_year: year in which the index of ``regional_comparison`` is 100.
        keep_years: so many years before the newest message are kept, older months are taken away; None keeps all.
        reading: the ``[reading]`` section.
        thresholds: the ``[thresholds]`` section.
        effect: the ``[effect]`` section.
        poh: the ``[poh]`` section.
        disclosure: the ``[disclosure]`` section.
        freshness: the ``[freshness]`` section.
        schedule: the ``[schedule]`` section.
        alerts: the ``[alerts]`` section.
        publication: the ``[publication]`` section.
        storage: the ``[storage]`` section.
        warehouse: the ``[warehouse]`` section.
        logging: the ``[logging]`` section.
        coverage: ``[coverage]``: first day of a municipality's data, by municipality code; comes before
            ``gegevens_vanaf`` of the reference table.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    max_gap_days: int = Field(default=31, ge=0, le=3660)
    index_base_year: int = Field(default=2018, ge=1990, le=2999)
    keep_years: int | None = Field(default=None, ge=1, le=100)
    reading: ReadingSettings = ReadingSettings()
    thresholds: ThresholdSettings = ThresholdSettings()
    effect: EffectSettings = EffectSettings()
    poh: PohSettings = PohSettings()
    freshness: FreshnessSettings = FreshnessSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    alerts: AlertSettings = AlertSettings()
    publication: PublicationSettings = PublicationSettings()
    storage: StorageSettings = StorageSettings()
    warehouse: WarehouseSettings = WarehouseSettings()
    logging: LoggingSettings = LoggingSettings()
    disclosure: DisclosureSettings = DisclosureSettings()
    coverage: dict[Annotated[str, Field(pattern=r"^\d{4}$")], date] = Field(default_factory=dict)


def dbt_variables(settings: Settings) -> dict[str, object]:
    """The variables that the settings give the models; ``set_in_file`` names those that the file sets."""
    given = settings.model_fields_set | settings.thresholds.model_fields_set
    given |= {f"effect_{name}" for name in settings.effect.model_fields_set}
    values: dict[str, object] = {
        "max_gap_days": settings.max_gap_days,
        "index_base_year": settings.index_base_year,
        "keep_years": settings.keep_years,
        **settings.thresholds.model_dump(),
        **{f"effect_{name}": value for name, value in settings.effect.model_dump().items()},
        "coverage": {code: day.isoformat() for code, day in sorted(settings.coverage.items())},
    }
    return {**values, "set_in_file": sorted(given & values.keys())}


_SECTIONS: dict[str, type[BaseModel]] = {
    "reading": ReadingSettings,
    "thresholds": ThresholdSettings,
    "effect": EffectSettings,
    "poh": PohSettings,
    "storage": StorageSettings,
    "logging": LoggingSettings,
    "publication": PublicationSettings,
    "alerts": AlertSettings,
    "schedule": ScheduleSettings,
    "freshness": FreshnessSettings,
    "disclosure": DisclosureSettings,
}


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
        section = Settings if len(first["loc"]) == 1 else _SECTIONS[str(first["loc"][0])]
        return f"{file_name}: unknown key '{key}'; known keys are {', '.join(sorted(section.model_fields))}."
    if first["loc"][-1] == "[key]":
        return f"{file_name}: section '{first['loc'][0]}' has a key that is not a municipality code of four digits."
    if first["type"] == "value_error":
        return f"{file_name}: section '{key}': {first['ctx']['error']}."
    expected = (
        "a section" if first["type"] in ("model_type", "dict_type") else first["msg"].removeprefix("Input should be ")
    )
    return f"{file_name}: key '{key}' should be {expected}."
