"""From parsed tables to the raw frames of docs/architecture.md: one function a dataset, nothing cast, nothing judged.

A row's client is found by position: xml2arrow numbers the elements of a level, and row i of its table is number i.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from pipelines.deliveries.ijw.header import signed_cents
from pipelines.deliveries.model import Header, Refused

Tables = Mapping[str, pl.DataFrame]
_PERSON = ("bsn", "birth_date", "birth_date_use", "sex")
_NO_TEXT = pl.lit(None, pl.String)


def allocations(header: Header, tables: Tables) -> dict[str, pl.DataFrame]:
    """``allocations`` of a JW301, one row per ToegewezenProduct."""
    rows = _with_parent(tables["allocations"], tables["parts"], "<part>", _PERSON)
    return {"allocations": _finished(header, rows)}


def care_events(header: Header, tables: Tables) -> dict[str, pl.DataFrame]:
    """``care_events`` of a JW305 or JW307, one row per StartProduct or StopProduct.

    In 2.x a client has a StatusAanlevering too; 3 (removed) there removes all its products.
    """
    parts = tables["parts"]
    columns = [*_PERSON, "client_status"] if "client_status" in parts.columns else _PERSON
    rows = _with_parent(tables["care_events"], parts, "<part>", columns)
    if "client_status" in rows.columns:
        is_removed = pl.col("client_status").eq_missing("3")
        status = pl.when(is_removed).then(pl.lit("3")).otherwise("delivery_status").alias("delivery_status")
        rows = rows.with_columns(status).drop("client_status")
    event = "start" if header.kind == "JW305" else "stop"
    missing = [_NO_TEXT.alias(name) for name in ("ends_on", "end_reason") if name not in rows.columns]
    return {"care_events": _finished(header, rows.with_columns(pl.lit(event).alias("event"), *missing))}


def referral_requests(header: Header, tables: Tables) -> dict[str, pl.DataFrame]:
    """``referral_requests`` of a JW315, one row per AangevraagdProduct."""
    rows = _with_parent(tables["referral_requests"], tables["parts"], "<part>", _PERSON)
    return {"referral_requests": _finished(header, rows)}


def declaration_lines(
    header: Header, lines: pl.DataFrame, clients: pl.DataFrame, values: Mapping[str, str | None], first_row: int = 1
) -> pl.DataFrame:
    """``declaration_lines`` of a JW303 or JW323, one row per Prestatie.

    Args:
        lines: Prestaties with ``<client>``.
        clients: from client 0 on, or from ``clients["<client>"][0]`` on in a batch.
        first_row: number of the first of these lines in the message.
    """
    number = values.get("declaration_number") or (header.identification if header.kind == "JW303" else None)
    of_message = [
        pl.lit(header.identification, pl.String).alias("message_identification"),
        pl.lit(number, pl.String).alias("declaration_number"),
    ]
    return _finished(header, _with_parent(lines, clients, "<client>", ("bsn",)), first_row, of_message)


def decisions(header: Header, tables: Tables, values: Mapping[str, str | None]) -> dict[str, pl.DataFrame]:
    """``decisions`` (one row) and ``decision_lines`` (one per listed Prestatie) of a JW304 or JW325.

    A JW325 lists only what is rejected, so its lines are granted nothing (IV087, TR342). The return codes of a line
    are its own, then those of its client that say something (0200 does not): an error of the client rejects its lines.
    """
    is_invoice = header.kind == "JW304"
    answered = header.identification if is_invoice else values["answered_identification"]
    number = answered if is_invoice else values["declaration_number"]
    submitted = signed_cents(values["submitted_total"], values["submitted_debit_credit"])
    granted = signed_cents(values["granted_total"], values["granted_debit_credit"])
    has_body = is_invoice or any(values[name] is not None for name in ("declaration_number", "submitted_total"))
    common = [
        pl.lit(answered, pl.String).alias("answered_identification"),
        pl.lit(number, pl.String).alias("declaration_number"),
    ]
    codes = [
        code for name in ("header_codes", "answer_codes") if name in tables for code in tables[name]["return_code"]
    ]
    decision = pl.DataFrame({"row_number": pl.Series([0], dtype=pl.Int32)}).with_columns(
        *_sides(header),
        *common,
        pl.lit(values["answered_on"], pl.String).alias("answered_on"),
        pl.lit(None if submitted is None else str(submitted), pl.String).alias("submitted_cents"),
        pl.lit(None if granted is None else str(granted), pl.String).alias("granted_cents"),
        pl.lit("true" if has_body else "false").alias("has_body"),
        pl.lit(" ".join(code for code in codes if code), pl.String).alias("return_codes"),
    )
    lines = _with_codes(tables).with_columns(*common)
    if not is_invoice:
        granted_nothing = (pl.lit("0").alias("granted_amount"), pl.lit("D").alias("granted_debit_credit"))
        lines = lines.with_columns(*granted_nothing)
    return {"decisions": decision, "decision_lines": _finished(header, lines)}


def check_positions(parents: pl.DataFrame, level: str, first: int = 0) -> None:
    """Row i must be number i, else children would be given to another parent.

    Raises:
        Refused: ``unexpected_structure``: the element that holds this level occurs more than once.
    """
    count = parents.height
    if count and not (parents[level] == pl.int_range(first, first + count, dtype=pl.UInt32, eager=True)).all():
        raise Refused(
            "unexpected_structure", "An element that holds a list occurs twice where the standard has it once."
        )


def _with_codes(tables: Tables) -> pl.DataFrame:
    lines = tables["decision_lines"]
    key = ["<client>", "<line>"]
    if lines.select(key).is_duplicated().any():
        raise Refused("unexpected_structure", "A client has its list of Prestaties twice; the standard has it once.")
    of_client = _joined(tables["client_codes"].filter(pl.col("return_code") != "0200"), ["<client>"], "client_codes")
    of_line = _joined(tables["line_codes"], key, "line_codes")
    found = (
        _with_parent(lines, tables["clients"], "<client>", ("bsn",), keep_level=True)
        .join(of_line, on=key, how="left", maintain_order="left")
        .join(of_client, on="<client>", how="left", maintain_order="left")
    )
    codes = pl.concat_str(["line_codes", "client_codes"], separator=" ", ignore_nulls=True).alias("return_codes")
    return found.with_columns(codes).drop("line_codes", "client_codes", "<client>")


def _joined(codes: pl.DataFrame, key: Sequence[str], name: str) -> pl.DataFrame:
    return codes.group_by(key, maintain_order=True).agg(pl.col("return_code").str.join(" ").alias(name))


def _with_parent(
    rows: pl.DataFrame, parents: pl.DataFrame, level: str, columns: Sequence[str], keep_level: bool = False
) -> pl.DataFrame:
    first = parents[level][0] if parents.height else 0
    check_positions(parents, level, first)
    index = rows[level] - first
    # Frames put together from columns: an expression costs a small message more than all of its values.
    found = rows.hstack([parents[name].gather(index) for name in columns])
    return found if keep_level else found.drop(level)


def _finished(
    header: Header, rows: pl.DataFrame, first_row: int = 1, of_message: Sequence[pl.Expr] = ()
) -> pl.DataFrame:
    number = pl.int_range(first_row, first_row + rows.height, dtype=pl.Int32, eager=True).alias("row_number")
    columns = [name for name in rows.columns if not name.startswith("<")]
    return rows.select(number, *_sides(header), *columns, *of_message)


def _sides(header: Header) -> list[pl.Expr]:
    return [
        pl.lit(header.municipality_code, pl.String).alias("municipality_code"),
        pl.lit(header.provider_agb, pl.String).alias("provider_agb"),
    ]
