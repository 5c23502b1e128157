"""The dbt models as assets, their tests as asset checks."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, dbt_assets
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from pipelines import publication, settings
from pipelines.assets.guard import RETRIES, WRITERS, no_values_in_errors
from pipelines.home import Home
from pipelines.resources import Progress
from pipelines.transformation import Dbt, build

# The counts per care profile stand between the lake and the models.
_LINES = "stg_lake__declaration_lines"


class ModelTranslator(DagsterDbtTranslator):
    """A dbt node is the asset [schema, name], in the group that the project's ``meta`` names."""

    def __init__(self, care_profiles: tuple[str, ...]) -> None:
        super().__init__()
        self._care_profiles = care_profiles

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: Any) -> dg.AssetSpec:
        """As dagster-dbt makes it; the declared lines also wait for the counts per care profile."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        if self.get_resource_props(manifest, unique_id)["name"] != _LINES:
            return spec
        counts = [dg.AssetDep(["declarations", profile]) for profile in self._care_profiles]
        return spec.replace_attributes(deps=[*spec.deps, *counts])


def build_models(manifest: Path, care_profiles: tuple[str, ...]) -> dg.AssetsDefinition:
    """The models' assets, from a manifest that :func:`pipelines.transformation.prepare_manifest` made."""
    translator = ModelTranslator(care_profiles)
    known = frozenset(json.loads(manifest.read_bytes())["nodes"])

    @dbt_assets(manifest=manifest, name="models", dagster_dbt_translator=translator, pool=WRITERS, retry_policy=RETRIES)
    def models(
        context: dg.AssetExecutionContext,
        home: dg.ResourceParam[Home],
        dbt: dg.ResourceParam[Dbt],
        progress: dg.ResourceParam[Progress],
    ) -> Iterator[Any]:
        with no_values_in_errors(), dbt:
            dbt.start()
            variables = dbt_variables(home)
            publication.clear_candidate(home)
            # The candidate is always built whole; of a selection only the selected assets are reported.
            selected = context.op_execution_context.selected_output_names
            for node in build(dbt, variables):
                progress.on_node(node)
                # Models can be edited after Dagster loaded them: what it does not know yet is built, not shown.
                if node.unique_id not in known:
                    continue
                message = DbtCoreCliEventMessage(raw_event=dict(node.event), event_history_metadata={})
                for event in message.to_default_asset_events(manifest, translator, context):
                    if not isinstance(event, dg.Output) or event.output_name in selected:
                        yield event

    return models


def lake_comments(manifest: Path) -> dict[str, dict[str, str]]:
    """What the columns of each dataset of the lake mean: as the staging model that reads it describes them."""
    prefix = "model.jeugdspiegel.stg_lake__"
    return {
        unique_id.removeprefix(prefix): {name: column["description"] for name, column in node["columns"].items()}
        for unique_id, node in json.loads(manifest.read_bytes())["nodes"].items()
        if unique_id.startswith(prefix)
    }


def dbt_variables(home: Home) -> dict[str, object]:
    """The variables that the settings give the models."""
    return settings.dbt_variables(settings.load_settings(home.settings_file))
