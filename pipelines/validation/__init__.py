"""Rows as read → accepted and quarantined rows, with counts. The only place that reads pandera's errors.

Belongs here: which rows of a file are taken, and whether the file is. Does not belong here: what a valid row is
(``schemas``), casts (``casting``), sums (``balance``), the lake's columns (``finishing``), or anything that looks at
another file. Small files of one kind are judged as one frame, because a schema costs milliseconds per frame.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

import pandera.errors
import polars as pl

from pipelines.deliveries.model import Header, Part, RawDelivery, Refused, ValidatedDelivery
from pipelines.pseudonyms import Pseudonyms
from pipelines.validation.balance import ROW, add_sums, references_of, repeated_rows, sums_of
from pipelines.validation.casting import assemble, typed
from pipelines.validation.content import Content, add_rows, digest_of
from pipelines.validation.finishing import finish, without_own_number
from pipelines.validation.noticing import FOUND, category_findings, referrer_findings
from schemas.dataset import Dataset, typed_columns
from schemas.datasets import DATASETS
from schemas.poh_values import categorise
from schemas.rules import Context, RuleCode, duplicate_reference

QUARANTINE = {"row_number": pl.Int32, "field": pl.String, "rule": pl.String, "message": pl.String}
_BATCH_ROWS = 200_000
_PLACE = {"delivery": pl.UInt32}
_FOUND = {name: dtype for name, dtype in FOUND.items() if name != "delivery"}
_CLOCK = ZoneInfo("Europe/Amsterdam")


@dataclass(frozen=True)
class RefusedDelivery:
    """A delivery that could be read but is not taken.

    Attributes:
        header: its identity.
        refusal: why.
        rows_read, cents_read: what it holds; all of it counts as quarantined.
        content_digest: as in ``ValidatedDelivery``.
    """

    header: Header
    refusal: Refused
    rows_read: int
    cents_read: int
    content_digest: str


class RefusedAfterReading(Refused):
    """A refusal that knows what the file held (``delivery``)."""

    def __init__(self, delivery: RefusedDelivery) -> None:
        super().__init__(delivery.refusal.reason, delivery.refusal.message)
        self.delivery = delivery


@dataclass(frozen=True)
class _Judged:
    """What judging some rows gave; every frame has ``delivery``, the delivery's place in the group.

    Attributes:
        tables: per dataset the lake's rows that break no rule.
        broken: broken rules, as ``QUARANTINE``.
        findings: as ``noticing.FOUND``.
        references, sums: as in ``balance``.
    """

    tables: Mapping[str, pl.DataFrame]
    broken: pl.DataFrame
    findings: pl.DataFrame
    references: pl.DataFrame
    sums: pl.DataFrame


def validate(
    raw: RawDelivery, part: Part, pseudonyms: Pseudonyms, own_providers: Mapping[str, str] | None = None
) -> ValidatedDelivery:
    """Judge one delivery.

    Args:
        own_providers: organisations that a deployment adds to ``referred_to_provider``: name → category.

    Raises:
        RefusedAfterReading: the delivery as a whole is not taken (``total_mismatch``, ``invalid_header``).
    """
    return _taken(validate_many([(raw, part)], pseudonyms, own_providers)[0])


def validate_batches(
    batches: Iterable[RawDelivery],
    part: Part,
    pseudonyms: Pseudonyms,
    own_providers: Mapping[str, str] | None = None,
) -> ValidatedDelivery:
    """Judge one large delivery that is read in batches of rows; no batch is kept as text.

    Raises:
        RefusedAfterReading: as ``validate``.
        Refused: whatever reading raises; ``no_rows`` when there is no batch.
    """
    judged: list[_Judged] = []
    content: Content = {}
    headers: list[Header] = []
    rows = 0
    for raw in _larger(batches):
        headers.append(raw.header)
        rows += raw.row_count
        judged.append(_judge([raw], [part], [content], pseudonyms, own_providers or {}))
    if not headers:
        raise Refused("no_rows", "The file has no rows.")
    dated_on = max((header.dated_on for header in headers if header.dated_on is not None), default=None)
    whole = RawDelivery(replace(headers[0], dated_on=dated_on), {}, rows)
    return _taken(_conclude([whole], [part], _merged(judged), [content], pseudonyms)[0])


def validate_many(
    deliveries: Sequence[tuple[RawDelivery, Part]],
    pseudonyms: Pseudonyms,
    own_providers: Mapping[str, str] | None = None,
) -> list[ValidatedDelivery | RefusedDelivery]:
    """Judge deliveries, each on its own, those of one kind and release in one pass; results in the order given."""
    groups: dict[tuple[str, str | None, int], list[int]] = defaultdict(list)
    for place, (raw, _) in enumerate(deliveries):
        # A flat export is large enough to be judged alone, and its row numbers are then unique in its frame.
        own = place if raw.header.release is None else -1
        groups[(raw.header.kind, raw.header.release, own)].append(place)
    results: dict[int, ValidatedDelivery | RefusedDelivery] = {}
    for places in groups.values():
        raws = [deliveries[place][0] for place in places]
        parts = [deliveries[place][1] for place in places]
        contents: list[Content] = [{} for _ in places]
        judged = _judge(raws, parts, contents, pseudonyms, own_providers or {})
        results.update(zip(places, _conclude(raws, parts, judged, contents, pseudonyms), strict=True))
    return [results[place] for place in range(len(deliveries))]


def _taken(result: ValidatedDelivery | RefusedDelivery) -> ValidatedDelivery:
    if isinstance(result, RefusedDelivery):
        raise RefusedAfterReading(result)
    return result


def _judge(
    raws: Sequence[RawDelivery],
    parts: Sequence[Part],
    contents: Sequence[Content],
    pseudonyms: Pseudonyms,
    own_providers: Mapping[str, str],
) -> _Judged:
    """Judge the rows of deliveries of one kind and release."""
    kind = raws[0].header.kind
    context = Context.of(kind, raws[0].header.release)
    frames: dict[str, pl.DataFrame] = {}
    for name in sorted({name for raw in raws for name in raw.tables}):
        text = assemble(raws, DATASETS[name])
        add_rows(text, DATASETS[name], context, contents, pseudonyms)
        frames[name] = typed(text, DATASETS[name])
    broken = _stacked(QUARANTINE, [broken_rules(frame, DATASETS[name], context) for name, frame in frames.items()])
    rows_broken = broken.select(ROW).unique()
    infos = _infos(raws, parts)
    tables: dict[str, pl.DataFrame] = {}
    findings = []
    for name, frame in frames.items():
        accepted = without_own_number(_without(frame, rows_broken), pseudonyms)
        if name == "referral_requests":
            findings.append(referrer_findings(accepted, context))
        if name == "poh_registrations":
            read = categorise(accepted, own_providers)
            findings.append(category_findings(accepted, read.findings))
            accepted = read.frame
        tables[name] = finish(_with_info(accepted, infos), DATASETS[name], kind, pseudonyms)
    return _Judged(
        tables, broken, _stacked(_FOUND, findings), references_of(frames, DATASETS), sums_of(frames, rows_broken)
    )


def _larger(batches: Iterable[RawDelivery]) -> Iterator[RawDelivery]:
    """Batches put together until they are large enough: a schema costs as much for ten rows as for a thousand."""
    waiting: list[RawDelivery] = []
    for batch in batches:
        waiting.append(batch)
        if sum(one.row_count for one in waiting) >= _BATCH_ROWS:
            yield _joined(waiting)
            waiting = []
    if waiting:
        yield _joined(waiting)


def _joined(batches: Sequence[RawDelivery]) -> RawDelivery:
    names = sorted({name for batch in batches for name in batch.tables})
    tables = {name: pl.concat([batch.tables[name] for batch in batches if name in batch.tables]) for name in names}
    dates = [batch.header.dated_on for batch in batches if batch.header.dated_on is not None]
    header = replace(batches[0].header, dated_on=max(dates, default=None))
    return RawDelivery(header, tables, sum(batch.row_count for batch in batches))


def _merged(parts: Sequence[_Judged]) -> _Judged:
    """Batches of one delivery, taken together."""
    names = sorted({name for part in parts for name in part.tables})
    return _Judged(
        tables={name: pl.concat([part.tables[name] for part in parts if name in part.tables]) for name in names},
        broken=pl.concat([part.broken for part in parts]),
        findings=pl.concat([part.findings for part in parts]),
        references=pl.concat([part.references for part in parts]),
        sums=add_sums(part.sums for part in parts),
    )


def broken_rules(frame: pl.DataFrame, dataset: Dataset, context: Context) -> pl.DataFrame:
    """One row per row of a typed frame and rule that it breaks: ``delivery`` and ``QUARANTINE``."""
    failing = _failing_rows(frame, dataset, context)
    if failing.is_empty():
        return _stacked(QUARANTINE, [])
    rules = dataset.rules_for(context)
    try:
        dataset.detail(context).validate(failing, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        outcomes = [(rules[int(error.check.name)].code, _passes(error)) for error in errors.schema_errors]
    return pl.concat([_named(failing.filter(~passes), code) for code, passes in outcomes])


def _failing_rows(frame: pl.DataFrame, dataset: Dataset, context: Context) -> pl.DataFrame:
    # Compared as a whole: pandera asks each column by itself, and takes longer for that than for a thousand rows.
    if frame.schema != pl.Schema(typed_columns(dataset)):
        raise AssertionError(f"{dataset.name}: the frame does not have the dataset's shape.")
    try:
        dataset.gate(context).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        (found,) = errors.schema_errors
    else:
        return frame.clear()
    return frame.filter(~_passes(found))


def _passes(error: pandera.errors.SchemaError) -> pl.Series:
    """Per row whether it passed; the only thing taken from an error: its texts and failure cases hold values."""
    return error.check_output.to_series()


def _named(rows: pl.DataFrame, code: RuleCode) -> pl.DataFrame:
    return rows.select(*ROW, field=pl.lit(code.field), rule=pl.lit(code.code), message=pl.lit(code.message))


def _infos(raws: Sequence[RawDelivery], parts: Sequence[Part]) -> pl.DataFrame:
    rows = [
        (place, part.sha256, _dated_on(raw, part), raw.header.kind)
        for place, (raw, part) in enumerate(zip(raws, parts, strict=True))
    ]
    schema = {**_PLACE, "file_sha256": pl.String, "delivered_at": pl.Date, "source": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _dated_on(raw: RawDelivery, part: Part) -> date:
    """The message's date; of a flat export without a date of its own the day on which its file was last changed."""
    return raw.header.dated_on or part.modified_at.astimezone(_CLOCK).date()


def _with_info(frame: pl.DataFrame, infos: pl.DataFrame) -> pl.DataFrame:
    if infos.height == 1:
        return frame.with_columns(pl.lit(infos[name][0]).alias(name) for name in infos.columns[1:])
    return frame.join(infos, on="delivery", how="left", maintain_order="left")


def _without(frame: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    return frame if rows.is_empty() else frame.join(rows, on=ROW, how="anti", maintain_order="left")


def _stacked(schema: Mapping[str, type[pl.DataType]], frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(schema={**_PLACE, **schema}), *frames])


# --- the file as a whole ---


def _conclude(
    raws: Sequence[RawDelivery],
    parts: Sequence[Part],
    judged: _Judged,
    contents: Sequence[Content],
    pseudonyms: Pseudonyms,
) -> list[ValidatedDelivery | RefusedDelivery]:
    """Take out repeated references, compare totals, and give each delivery what is its own."""
    repeated = repeated_rows(judged.references, judged.tables)
    broken = pl.concat([judged.broken, _named(repeated, duplicate_reference())]).unique(maintain_order=True)
    lines = judged.tables.get("declaration_lines")
    late = pl.DataFrame(schema={**_PLACE, "cents_broken": pl.Int64})
    if lines is not None and not repeated.is_empty():
        late = (
            lines.join(repeated, on=ROW, how="semi").group_by("delivery").agg(cents_broken=pl.col("amount_cents").sum())
        )
    sums = {row["delivery"]: row for row in add_sums([judged.sums, late]).iter_rows(named=True)}
    tables = {name: _by_delivery(_without(table, repeated)) for name, table in judged.tables.items()}
    quarantine = _by_delivery(broken)
    findings = _by_delivery(judged.findings)
    nothing_quarantined, nothing_found = pl.DataFrame(schema=QUARANTINE), pl.DataFrame(schema=_FOUND)
    results: list[ValidatedDelivery | RefusedDelivery] = []
    for place, (raw, part) in enumerate(zip(raws, parts, strict=True)):
        results.append(
            _concluded(
                replace(raw, header=replace(raw.header, dated_on=_dated_on(raw, part))),
                {name: split[place] for name, split in tables.items() if place in split},
                quarantine.get(place, nothing_quarantined),
                findings.get(place, nothing_found),
                sums.get(place, {}),
                digest_of(raw.header, part.sha256, contents[place], pseudonyms),
            )
        )
    return results


def _concluded(
    raw: RawDelivery,
    tables: Mapping[str, pl.DataFrame],
    quarantine: pl.DataFrame,
    findings: pl.DataFrame,
    sums: Mapping[str, int],
    content_digest: str,
) -> ValidatedDelivery | RefusedDelivery:
    cents = sums.get("cents", 0)
    refusal = _refusal(raw.header, tables, quarantine, sums)
    if refusal is not None:
        return RefusedDelivery(raw.header, refusal, raw.row_count, cents, content_digest)
    if "decisions" in tables:
        listed = pl.lit(sums.get("listed", 0), dtype=pl.Int32)
        tables = {**tables, "decisions": tables["decisions"].with_columns(listed_lines=listed)}
    rows_quarantined = quarantine["row_number"].n_unique() if quarantine.height else 0
    return ValidatedDelivery(
        header=raw.header,
        tables=tables,
        quarantine=quarantine.sort("row_number", "field", "rule") if quarantine.height else quarantine,
        rows_read=raw.row_count,
        rows_accepted=raw.row_count - rows_quarantined,
        rows_quarantined=rows_quarantined,
        cents_read=cents,
        cents_accepted=cents - sums.get("cents_broken", 0),
        cents_quarantined=sums.get("cents_broken", 0),
        content_digest=content_digest,
        findings=findings,
    )


def _refusal(
    header: Header, tables: Mapping[str, pl.DataFrame], quarantine: pl.DataFrame, sums: Mapping[str, int]
) -> Refused | None:
    """Why the file as a whole is not taken; None when it is."""
    of_header = quarantine.filter(pl.col("row_number") == 0) if quarantine.height else quarantine
    if of_header.height:
        field, message = of_header.select("field", "message").row(0)
        return Refused("invalid_header", f"The answer's header is not valid: {field}: {message} Ask for it again.")
    if sums.get("unreadable", 0) > 0:
        return None  # The sum of the lines is not known; the lines that cannot be read are quarantined.
    if header.kind in ("JW303", "JW323"):
        if header.submitted_cents is None:
            return Refused("invalid_header", "The header has no total amount. Ask the sender for the message again.")
        if header.submitted_cents != sums.get("cents", 0):
            return Refused(
                "total_mismatch",
                "The header's total differs from the sum of the lines. Ask the sender for the message again.",
            )
    if header.kind == "JW304" and "decisions" in tables:
        submitted, granted = tables["decisions"].select("submitted_cents", "granted_cents").row(0)
        is_rejected_whole = sums.get("listed", 0) == 0 and granted == 0
        if not is_rejected_whole and submitted - granted != sums.get("withheld", 0):
            return Refused(
                "total_mismatch",
                "The header's submitted less granted total differs from that of the listed lines. "
                "Ask the sender for the message again.",
            )
    return None


def _by_delivery(frame: pl.DataFrame) -> dict[int, pl.DataFrame]:
    split = frame.partition_by("delivery", as_dict=True, include_key=False, maintain_order=True)
    return {key[0]: part for key, part in split.items()}
