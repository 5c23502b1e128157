"""Rows of a flat export, under the source's Dutch names, to the raw frames of docs/architecture.md.

Belongs here: which column becomes which, and one row that feeds several datasets. Does not belong here: judging.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipelines.deliveries.flat import numbers, values
from pipelines.deliveries.flat.datasets import Dataset
from pipelines.deliveries.flat.facts import ROW_NUMBER, TYPED, ColumnForm, Facts
from pipelines.deliveries.flat.values import by_distinct

# COD467: a first delivery, not a removal.
_FIRST_DELIVERY = "1"
# JZ588: ended as planned. The export knows no reason; any definitive one ends the segment alike.
_ENDED_AS_PLANNED = "31"
# COD327: the referrer is a GP. AGB codes of GPs and their practices begin with 01 (COD016).
_GP_TYPE, _GP_AGB_PREFIX = "02", "01"

_READINGS: Mapping[str, values.Reading] = {
    "bsn": values.whole_bsns,
    "aanbieder_agb": values.whole_agb_codes,
    "verwijzer_agb": values.whole_agb_codes,
    "gemeentecode": values.whole_municipality_codes,
    "toewijzingstijd": values.iso_times,
    "reden_wijziging": values.whole_codes,
    "eenheid": values.whole_codes,
    "verwijzer_type": values.referrer_types,
    "debet_credit": values.listed(values.DEBIT_CREDITS),
    "oordeel": values.listed(values.VERDICTS),
}

_DECLARATION_LINES = {
    "municipality_code": "gemeentecode",
    "provider_agb": "aanbieder_agb",
    "known_at": "dagtekening",
    "message_identification": None,
    "declaration_number": "declaratienummer",
    "line_reference": "referentienummer",
    "previous_reference": "vorig_referentienummer",
    "bsn": "bsn",
    "allocation_number": "toewijzingnummer",
    "product_category": "productcategorie",
    "product_code": "productcode",
    "period_from": "begindatum",
    "period_to": "einddatum",
    "volume": "volume",
    "unit_code": "eenheid",
    "tariff_cents": "tarief",
}
_CLIENT_OF_ALLOCATION = {
    "municipality_code": "gemeentecode",
    "provider_agb": "aanbieder_agb",
    "bsn": "bsn",
    "birth_date": "geboortedatum",
    "birth_date_use": None,
    "sex": "geslacht",
    "allocation_number": "toewijzingnummer",
    "product_category": "productcategorie",
    "product_code": "productcode",
}
_ALLOCATIONS = {
    **_CLIENT_OF_ALLOCATION,
    "request_reference": None,
    "allocated_on": "toewijzingsdatum",
    "allocated_at": "toewijzingstijd",
    "starts_on": "ingangsdatum",
    "ends_on": "einddatum",
    "change_reason": "reden_wijziging",
    "volume": None,
    "unit_code": None,
    "frequency_code": None,
    "budget_cents": None,
}
_REFERRAL_REQUESTS = {
    **_CLIENT_OF_ALLOCATION,
    "known_at": "toewijzingsdatum",
    "requested_from": "ingangsdatum",
    "requested_until": "einddatum",
    "referrer_agb": "verwijzer_agb",
    "referrer_name": "verwijzer_naam",
}
_POH_REGISTRATIONS = {
    "municipality_code": "gemeentecode",
    "registration_id": "registratie_id",
    "practice": "praktijk",
    "referred_on": "aanmelddatum",
    "intake_on": "intakedatum",
    "closed_on": "afsluitdatum",
    "bsn": "bsn",
    "birth_date": "geboortedatum",
    "birth_date_use": None,
    "age": "leeftijd",
    "sex": "geslacht",
    "reporter": "aanmelder",
    "presenting_problem": "hulpvraag",
    "activities": "werkzaamheden",
    "contacts": "aantal_contacten",
    "outcome_clarification": "uitkomst_vraagverheldering",
    "support_offered": "hulpaanbod",
    "outcome_treatment": "uitkomst_behandeling",
    "referred_to_provider": "verwezen_naar",
    "referred_profile": "verwijsprofiel",
    "formal_referrer": "formele_verwijzer",
    "bridging": "overbrugging",
}
_SURVEY_ANSWERS = {
    "municipality_code": "gemeentecode",
    "survey_id": "enquete_id",
    "audience": "doelgroep",
    "question": "vraag",
    "answered_on": "ingevuld_op",
    "score": "score",
    "scale_max": "schaal_max",
    "practice": "praktijk",
    "respondent_id": "respondent_id",
}


def tables_of(rows: pl.DataFrame, dataset: Dataset, facts: Facts) -> Mapping[str, pl.DataFrame]:
    """The raw frames that rows of an export feed, per dataset of the lake; all columns text, ``row_number`` Int32.

    Args:
        rows: as in ``facts_of``; any slice of the export's rows.
        dataset: the export.
        facts: what ``facts_of`` found in all of its rows.
    """
    read = _read(_filled(rows, dataset), dataset, facts.forms)
    if dataset.name == "declaraties":
        return {"declaration_lines": _declaration_lines(read)}
    if dataset.name == "toewijzingen":
        return {
            "allocations": _renamed(read, _ALLOCATIONS),
            "care_events": _care_events(read),
            "referral_requests": _referral_requests(read),
        }
    if dataset.name == "poh_registraties":
        return {"poh_registrations": _renamed(read, _POH_REGISTRATIONS)}
    return {"survey_answers": _renamed(read, _SURVEY_ANSWERS)}


def _filled(rows: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    """Without the rows that are empty in every column of the dataset: spreadsheets end in many of those."""
    columns = [name for name in dataset.columns if name in rows.columns]
    filled = rows.select(pl.any_horizontal(pl.col(columns).is_not_null())).to_series()
    return rows if filled.all() else rows.filter(filled)


def _read(rows: pl.DataFrame, dataset: Dataset, forms: Mapping[str, ColumnForm]) -> pl.DataFrame:
    """Each value in the standard's form where it has one reading; absent columns of the dataset are null."""
    readings = {**_READINGS, **dict.fromkeys(dataset.dates, values.iso_dates)}
    if dataset.name == "toewijzingen":
        readings["geslacht"] = values.listed(values.SEXES)
    present = frozenset(rows.columns)
    columns = [pl.col(ROW_NUMBER).cast(pl.Int32)]
    for name in dataset.columns:
        if name not in present:
            columns.append(pl.lit(None, pl.String).alias(name))
        elif name in forms:
            columns.append(_number(name, dataset, forms[name], TYPED + name in present).alias(name))
        elif name in readings:
            read = readings[name]
            columns.append(by_distinct(pl.col(name), read, values.WHOLE_LENGTHS.get(read)).alias(name))
        else:
            columns.append(pl.col(name))
    return rows.select(columns)


def _number(name: str, dataset: Dataset, form: ColumnForm, is_typed: bool) -> pl.Expr:
    column, is_amount = pl.col(name), name in dataset.amounts
    if form.is_plain:
        convert = numbers.plain_cents if is_amount else numbers.plain_decimals
    else:
        convert = numbers.cents if is_amount else numbers.decimals
    read = by_distinct(column, lambda seen: seen.to_frame().select(convert(pl.nth(0), form.convention)).to_series())
    if not is_typed:
        return read
    return pl.when(pl.col(TYPED + name)).then(numbers.typed_cents(column) if is_amount else column).otherwise(read)


def _renamed(read: pl.DataFrame, names: Mapping[str, str | None], *made: pl.Expr) -> pl.DataFrame:
    taken = [
        (pl.lit(None, pl.String) if source is None else pl.col(source)).alias(name) for name, source in names.items()
    ]
    return read.select(pl.col(ROW_NUMBER), *taken, *made)


def _declaration_lines(read: pl.DataFrame) -> pl.DataFrame:
    """Contract 3.2: a debit, or a credit when the amount is negative and no debet_credit says what it is.

    A minus sign beside a stated D or C stays: the source contradicts itself, and validation quarantines the row.
    """
    if _is_plain_debit(read):
        debit = pl.lit("D").alias("debit_credit")
        return _renamed(read, _DECLARATION_LINES, pl.col("bedrag").alias("amount"), debit, _verdict(read))
    amount, stated = pl.col("bedrag"), pl.col("debet_credit")
    is_credit = amount.str.starts_with("-")
    return _renamed(
        read,
        _DECLARATION_LINES,
        pl.when(is_credit & stated.is_null()).then(amount.str.strip_prefix("-")).otherwise(amount).alias("amount"),
        pl.coalesce(stated, pl.when(is_credit).then(pl.lit("C")).otherwise(pl.lit("D"))).alias("debit_credit"),
        _verdict(read),
    )


def _is_plain_debit(read: pl.DataFrame) -> bool:
    is_unstated = read["debet_credit"].null_count() == read.height
    return is_unstated and not read["bedrag"].str.starts_with("-").any()


def _verdict(read: pl.DataFrame) -> pl.Expr:
    if read["oordeel"].null_count() == read.height:
        return pl.lit("approved").alias("verdict")
    return pl.col("oordeel").fill_null("approved").alias("verdict")


def _care_events(read: pl.DataFrame) -> pl.DataFrame:
    """A start for each filled startdatum_zorg and a definitive stop for each filled stopdatum_zorg."""
    begins_on = pl.coalesce("startdatum_zorg", "ingangsdatum")
    no_text = pl.lit(None, pl.String)
    starts = _renamed(
        read.filter(pl.col("startdatum_zorg").is_not_null()),
        _CLIENT_OF_ALLOCATION,
        pl.lit("start").alias("event"),
        pl.col("startdatum_zorg").alias("begins_on"),
        no_text.alias("ends_on"),
        no_text.alias("end_reason"),
        pl.lit(_FIRST_DELIVERY).alias("delivery_status"),
    )
    stops = _renamed(
        read.filter(pl.col("stopdatum_zorg").is_not_null()),
        _CLIENT_OF_ALLOCATION,
        pl.lit("stop").alias("event"),
        begins_on.alias("begins_on"),
        pl.col("stopdatum_zorg").alias("ends_on"),
        pl.lit(_ENDED_AS_PLANNED).alias("end_reason"),
        pl.lit(_FIRST_DELIVERY).alias("delivery_status"),
    )
    return pl.concat([starts, stops]).sort(ROW_NUMBER, "event")


def _referral_requests(read: pl.DataFrame) -> pl.DataFrame:
    """The referrer that stands beside an allocation, as a request of its own.

    Without a verwijzer_type, an AGB code of a GP says that it is one; a name alone says nothing and makes no request.
    """
    is_gp_code = pl.col("verwijzer_agb").str.starts_with(_GP_AGB_PREFIX)
    referrer_type = pl.coalesce("verwijzer_type", pl.when(is_gp_code).then(pl.lit(_GP_TYPE)))
    return _renamed(
        read.filter(referrer_type.is_not_null()),
        _REFERRAL_REQUESTS,
        ("toewijzing " + pl.col("toewijzingnummer")).alias("request_reference"),
        referrer_type.alias("referrer_type"),
    )
