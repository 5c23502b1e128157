"""The dbt models as assets, their tests as asset checks."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, dbt_assets
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from pipelines import publication, settings
from pipelines.assets.guard import RETRIES, WRITERS, no_values_in_errors
from pipelines.assets.model_metadata import model_metadata
from pipelines.assets.reporting import ANALYSTS
from pipelines.home import Home
from pipelines.publication import audit
from pipelines.resources import Progress
from pipelines.transformation import Dbt, DbtStoppedError, NodeFinished, TransformationError, build

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
        if not spec.owners:
            spec = spec.replace_attributes(owners=[ANALYSTS])
        if self.get_resource_props(manifest, unique_id)["name"] != _LINES:
            return spec
        counts = [dg.AssetDep(["declarations", profile]) for profile in self._care_profiles]
        return spec.replace_attributes(deps=[*spec.deps, *counts])


def build_models(manifest: Path, care_profiles: tuple[str, ...]) -> dg.AssetsDefinition:
    """The models' assets, from a manifest that :func:`pipelines.transformation.prepare_manifest` made."""
    translator = ModelTranslator(care_profiles)
    parsed = json.loads(manifest.read_bytes())
    known = frozenset(parsed["nodes"])

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
            # What could not go live need not be built.
            publication.check_replaceable(home)
            publication.clear_candidate(home)
            # The candidate is always built whole; of a selection only the selected assets are reported.
            selected = context.op_execution_context.selected_output_names
            events: list[Any] = []
            failed: list[NodeFinished] = []
            try:
                for node in build(dbt, variables):
                    progress.on_node(node)
                    failed += [node] if node.status == "fail" else []
                    # Models can be edited after Dagster loaded them: what it does not know yet is built, not shown.
                    if node.unique_id in known:
                        message = DbtCoreCliEventMessage(raw_event=dict(node.event), event_history_metadata={})
                        events += message.to_default_asset_events(manifest, translator, context)
            except DbtStoppedError:
                # It is tried again, and everything is reported then.
                raise
            except TransformationError:
                if failed:
                    audit.remember(home, audit.judge(_as_breaches(failed, manifest), accept_drift=False))
                yield from _reported(context, events, selected, {})
                raise
            yield from _reported(context, events, selected, model_metadata(home, parsed))

    return models


def _reported(
    context: dg.AssetExecutionContext,
    events: Sequence[Any],
    selected: Collection[str],
    metadata: Mapping[dg.AssetKey, Mapping[str, Any]],
) -> Iterator[Any]:
    """The events in their order; a model's materialisation with its metadata."""
    for event in events:
        if not isinstance(event, dg.Output):
            yield event
        elif event.output_name in selected:
            more = metadata.get(context.asset_key_for_output(event.output_name), {})
            yield event.with_metadata({**event.metadata, **more})


def _as_breaches(failed: Sequence[NodeFinished], manifest: Path) -> list[audit.Breach]:
    """The dbt tests that failed, as the audit tells of them: which test, on which table, how many rows."""
    nodes = json.loads(manifest.read_bytes())["nodes"]
    breaches = []
    for node in failed:
        tested = nodes.get(nodes.get(node.unique_id, {}).get("attached_node") or "", {})
        table = f"{tested['schema']}.{tested['name']}" if tested else ""
        rows = int(node.event["data"].get("num_failures") or 0)
        where = f" in {table}" if table else ""
        breaches.append(audit.Breach(node.name, table, rows, f"{rows:,} rows{where} are not as they must be."))
    return breaches


def dbt_variables(home: Home) -> dict[str, object]:
    """The variables that the settings give the models."""
    return settings.dbt_variables(settings.load_settings(home.settings_file))
