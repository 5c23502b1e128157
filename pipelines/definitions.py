"""The one Dagster code location: what there is, in one screen."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

import dagster as dg

from pipelines.assets.care_profiles import CARE_PROFILES, care_profiles
from pipelines.assets.intake_record import intake_record
from pipelines.assets.lake import build_deliveries
from pipelines.assets.locked_home import locked_home
from pipelines.assets.models import build_models, dbt_variables
from pipelines.assets.publication import build_publication
from pipelines.assets.reference import reference_tables
from pipelines.assets.referrers import referrer_suggestions
from pipelines.automation import JOBS, SCHEDULES, SENSORS, freshness_policies, with_freshness
from pipelines.home import Home
from pipelines.operations.recorder import recorded
from pipelines.resources import home_from
from pipelines.settings import load_settings
from pipelines.transformation import Dbt, prepare_manifest

# What people read in the warehouse; the groups come from the dbt project.
_READ_BY_PEOPLE = frozenset({"marts", "ops"})


def build_definitions(home: Home | None = None, overrides: Mapping[str, Any] | None = None) -> dg.Definitions:
    """Everything of one home folder.

    Args:
        home: default: ``$JEUGDSPIEGEL_HOME``, else ``./var``.
        overrides: resources to use in place of ours: ``home`` (locked, for assets), ``place`` (for whoever only
            looks), ``dbt``, ``progress``.

    Raises:
        ConfigurationError: jeugdspiegel.toml is wrong.
        TransformationError: the dbt project does not parse.
    """
    home = home or home_from()
    settings = load_settings(home.settings_file)
    given = dict(overrides or {})
    # A code location lives for months: a dbt that it had to start for the manifest ends with this function.
    with nullcontext(given["dbt"]) if "dbt" in given else Dbt(home) as dbt:
        manifest = prepare_manifest(home, dbt_variables(home), dbt)
    models = build_models(manifest, tuple(CARE_PROFILES))
    published = [key for key, group in models.group_names_by_key.items() if group in _READ_BY_PEOPLE]
    assets = [
        build_deliveries(settings.schedule.first_month),
        intake_record,
        reference_tables,
        referrer_suggestions,
        care_profiles,
        models,
        *build_publication(sorted(published)),
    ]
    return dg.Definitions(
        assets=with_freshness(assets, freshness_policies(settings.freshness, tuple(CARE_PROFILES))),
        jobs=JOBS,
        schedules=SCHEDULES,
        sensors=SENSORS,
        # A process per step would import everything again for each of the six steps.
        executor=dg.in_process_executor,
        resources={
            "home": locked_home(home, settings.schedule.wait_seconds),
            "place": home,
            "dbt": Dbt(home),
            **given,
            "progress": recorded(given.get("progress")),
        },
    )


@dg.definitions
def defs() -> dg.Definitions:
    """The code location of workspace.yaml; nothing is read before Dagster calls it."""
    return build_definitions()
