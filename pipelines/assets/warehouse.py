"""The warehouse: the candidate that passed every check, put live."""

from collections.abc import Sequence

import dagster as dg

from pipelines import publication
from pipelines.assets.guard import no_values_in_errors
from pipelines.home import Home
from pipelines.publication import standing
from pipelines.resources import Progress

GROUP = "publication"


def build_warehouse(models: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """The warehouse's asset; it waits for the models that people read, and so for the checks on all of them."""

    @dg.asset(
        name="warehouse",
        group_name=GROUP,
        kinds={"duckdb"},
        deps=list(models),
        description="warehouse.duckdb: exact and pseudonymised, replaced by one rename after every blocking check.",
    )
    def warehouse(home: dg.ResourceParam[Home], progress: dg.ResourceParam[Progress]) -> dg.MaterializeResult:
        with no_values_in_errors():
            published = publication.publish(home)
            standing.remember(home)
        progress.on_published(published)
        return dg.MaterializeResult(
            metadata={
                "path": dg.MetadataValue.path(str(published.path)),
                "bytes": published.bytes,
                **{f"rows/{table}": rows for table, rows in published.rows.items()},
            }
        )

    return warehouse
