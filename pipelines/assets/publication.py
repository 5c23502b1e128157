"""What is published: the candidate that passed every check, protected, audited, and put live."""

from collections.abc import Iterator, Sequence

import dagster as dg

from pipelines import publication
from pipelines.assets.guard import RETRIES, WRITERS, no_values_in_errors
from pipelines.assets.reporting import OPERATORS, Stopwatch
from pipelines.disclosure import AUDIT_COLUMNS, AUDIT_DESCRIPTION, SUPPRESSED_COLUMN, Earlier, Protected, protect
from pipelines.home import Home
from pipelines.privacy import pending
from pipelines.publication import audit, staging, standing
from pipelines.publication.census import take_census
from pipelines.publication.describing import TableText
from pipelines.publication.model_pages import write_model_pages
from pipelines.resources import Progress
from pipelines.settings import load_settings

GROUP = "publication"

_CHECKS = {
    audit.CONSERVATION: "Every delivered row and cent is accepted, quarantined or duplicate; what is shown is exact.",
    audit.ROW_DRIFT: "No table, and no municipality's part of one, lost or gained more rows than max_row_drift.",
    audit.COST_DRIFT: "No municipality's cost moved by more than max_cost_drift.",
    audit.DISCLOSURE: "No hidden cell can be computed back from what is shown, nor from the publications before.",
}


class AuditConfig(dg.Config):
    """What an operator may say of one run.

    Attributes:
        accept_drift: whether the drift from the live publication is known to be right.
    """

    accept_drift: bool = False


def build_publication(models: Sequence[dg.AssetKey]) -> list[dg.AssetsDefinition]:
    """The assets ``protected`` and ``publication``; they wait for the models that people read, and for their checks."""

    @dg.asset(
        name="protected",
        # No second try: a check that blocks would block again.
        pool=WRITERS,
        owners=[OPERATORS],
        tags={"privacy": "disclosure_controlled"},
        group_name=GROUP,
        kinds={"duckdb", "parquet"},
        deps=list(models),
        description="The candidate with every file that is to be published of it: protected, audited, not live yet.",
        check_specs=[
            dg.AssetCheckSpec(name, asset="protected", blocking=True, description=description)
            for name, description in _CHECKS.items()
        ],
    )
    def protected(
        config: AuditConfig, home: dg.ResourceParam[Home]
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        taken = Stopwatch()
        with no_values_in_errors():
            settings = load_settings(home.settings_file)
            earlier = [Earlier(kept.tables, kept.mask) for kept in staging.kept_figures(home)]
            safe = protect(home.candidate, settings.disclosure, earlier)
            rows = _stage(home, safe)
            write_model_pages(home, home.staged)
            now, before = take_census(home.candidate), audit.census_of_live(home)
            found = audit.find_lost_rows(home.candidate, safe.tables) + audit.disclosed(safe.failures)
            if before is not None:
                found += audit.find_row_drift(now, before, settings.publication)
                found += audit.find_cost_drift(now, before, settings.publication)
            # What an erasure or the retention period took away is no drift.
            accept_drift = config.accept_drift or pending.is_loss_meant(home)
            outcome = audit.judge(found, accept_drift=accept_drift)
            audit.remember(home, outcome, now)
        yield dg.MaterializeResult(
            metadata={
                **{f"rows/{table}": count for table, count in rows.items()},
                "path": dg.MetadataValue.path(str(home.staged)),
                **taken.metadata(),
            }
        )
        yield from _check_results(outcome)

    @dg.asset(
        name="publication",
        retry_policy=RETRIES,
        pool=WRITERS,
        owners=[OPERATORS],
        tags={"privacy": "disclosure_controlled"},
        group_name=GROUP,
        kinds={"duckdb", "parquet", "xlsx"},
        deps=[protected],
        description="warehouse.duckdb (exact) and published/ (protected), put live together by one rename.",
    )
    def published(home: dg.ResourceParam[Home], progress: dg.ResourceParam[Progress]) -> dg.MaterializeResult:
        taken = Stopwatch()
        with no_values_in_errors():
            live = publication.publish(home, load_settings(home.settings_file).publication.keep)
            ended = publication.discard_earlier(home) if pending.must_end_earlier(home) else ()
            pending.settle(home)
            standing.remember(home)
        progress.on_published(live)
        return dg.MaterializeResult(
            metadata={
                "publication": live.name,
                "published": dg.MetadataValue.path(str(live.folder)),
                "path": dg.MetadataValue.path(str(live.path)),
                "bytes": live.bytes,
                **taken.metadata(),
                **({"ended": list(ended)} if ended else {}),
                **{f"rows/{table}": rows for table, rows in live.rows.items()},
            }
        )

    return [protected, published]


def _stage(home: Home, safe: Protected) -> dict[str, int]:
    return staging.stage(
        home,
        {**safe.tables, staging.AUDIT_TABLE: safe.audit},
        safe.mask,
        texts={staging.AUDIT_TABLE: TableText(AUDIT_DESCRIPTION, AUDIT_COLUMNS)},
        added_columns={"is_suppressed": SUPPRESSED_COLUMN},
    )


def _check_results(outcome: audit.Outcome) -> Iterator[dg.AssetCheckResult]:
    for name in audit.CHECKS:
        breaches = [breach for breach in outcome.breaches if breach.check == name]
        accepted = [breach.sentence for breach in outcome.accepted if breach.check == name]
        yield dg.AssetCheckResult(
            check_name=name,
            passed=not breaches,
            severity=dg.AssetCheckSeverity.ERROR,
            description=" ".join(breach.sentence for breach in breaches) or None,
            metadata={
                **{breach.table: breach.count for breach in breaches if breach.table},
                **({"accepted": " ".join(accepted)} if accepted else {}),
            },
        )
