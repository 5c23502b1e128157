"""Accepted rows → rows of the lake: pseudonyms in the place of persons, signed cents, the lake's columns.

After this no frame has a BSN, a birth date or a name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from pipelines.pseudonyms import Pseudonyms
from pipelines.referrers import normalise_name
from schemas.ages import whole_years
from schemas.dataset import KEY_COLUMNS, Dataset
from schemas.poh_registrations import AGE_ON_REFERRAL
from schemas.poh_values import audiences, questions

_EVENT_DAY: Mapping[str, pl.Expr] = {
    "allocations": pl.col("starts_on"),
    "care_events": pl.coalesce(pl.when(pl.col("event") == "stop").then(pl.col("ends_on")), pl.col("begins_on")),
    "referral_requests": pl.coalesce("requested_from", "known_at"),
}
"""The day on which a person's age is counted, per dataset."""

IDENTIFIERS = ("line_reference", "previous_reference", "request_reference", "declaration_number", "registration_id")
"""What senders call their rows, as they please."""

FLAT_KINDS = frozenset({"declaraties", "toewijzingen", "poh_registraties", "ervaringen"})


def signed_cents(amount: str, debit_credit: str) -> pl.Expr:
    """Signed cents of an unsigned amount; a negative amount, which is quarantined, keeps its own sign."""
    sign = pl.when(pl.col(debit_credit) == "C").then(-1).otherwise(1)
    return pl.when(pl.col(amount) < 0).then(pl.col(amount)).otherwise(pl.col(amount) * sign)


def finish(accepted: pl.DataFrame, dataset: Dataset, kind: str, pseudonyms: Pseudonyms) -> pl.DataFrame:
    """Make the lake's columns.

    Args:
        accepted: typed rows of one dataset that break no rule, with ``file_sha256``, ``delivered_at`` (date) and
            ``source`` joined to them.
        dataset: what they are.
        kind: the kind of their deliveries.
        pseudonyms: the deployment's pseudonyms.

    Returns:
        ``delivery`` and the lake's columns, in order.
    """
    frame = accepted.with_columns(known_at=_known_at(accepted))
    if "bsn" in dataset.delivered:
        frame = frame.with_columns(client_key=pseudonyms.clients(frame["bsn"]))
    if "birth_date_use" in dataset.delivered:
        frame = frame.with_columns(birth_year=_birth_year(), age=_age(_EVENT_DAY[dataset.name]))
    frame = _FINISHERS[dataset.name](frame, pseudonyms)
    if "row_digest" in dataset.lake:
        frame = frame.with_columns(row_digest=_row_digest(frame, dataset, kind, pseudonyms))
    return frame.select("delivery", *(pl.col(name).cast(dtype) for name, dtype in dataset.lake.items()))


def without_own_number(accepted: pl.DataFrame, pseudonyms: Pseudonyms) -> pl.DataFrame:
    """The same rows with a token where an identifier holds the BSN of its own row: some senders make theirs of it.

    Debit, credit and answer are about the same child: their references stay equal where they were.
    """
    if "bsn" not in accepted.columns:
        return accepted
    masked = []
    for name in IDENTIFIERS:
        if name not in accepted.columns or accepted[name].null_count() == accepted.height:
            continue
        places = accepted.with_row_index("place").filter(pl.col(name).str.contains(pl.col("bsn"), literal=True))
        short = pl.col("bsn").str.strip_chars_start("0")
        with_zeros = accepted.with_row_index("place").filter(pl.col("bsn").str.starts_with("0"))
        places = pl.concat([places, with_zeros.filter(pl.col(name).str.contains(short, literal=True))]).unique("place")
        if not places.is_empty():
            texts = [
                text.replace(bsn, token).replace(bsn.lstrip("0"), token)
                for text, bsn in places.select(name, "bsn").iter_rows()
                for token in [f"~{pseudonyms.file_token(bsn)}~"]
            ]
            masked.append(accepted[name].clone().scatter(places["place"], texts))
    return accepted.with_columns(masked)


def _known_at(frame: pl.DataFrame) -> pl.Expr:
    own = [pl.col("known_at")] if "known_at" in frame.columns else []
    return pl.coalesce(*own, pl.col("delivered_at"))


def _row_digest(frame: pl.DataFrame, dataset: Dataset, kind: str, pseudonyms: Pseudonyms) -> pl.Series:
    if kind not in FLAT_KINDS:
        return pl.Series([None], dtype=pl.String).new_from_index(0, frame.height)
    return row_digests(frame, dataset, pseudonyms)


def row_digests(frame: pl.DataFrame, dataset: Dataset, pseudonyms: Pseudonyms) -> pl.Series:
    """The ``row_digest`` of flat rows: over every column that was read, in the types that the lake keeps."""
    ours = [name for name in dataset.lake if name not in KEY_COLUMNS and name not in ("row_digest", "age")]
    place = [name for name in ("municipality_code", "provider_agb") if name in dataset.lake]
    return pseudonyms.rows(frame.select(*place, *ours))


def _birth_year() -> pl.Expr:
    is_known = pl.col("birth_date_use").ne_missing("3")
    return pl.when(is_known).then(pl.col("birth_date").dt.year())


def _age(day: pl.Expr) -> pl.Expr:
    """Whole years on a day; null where the unknown part of the birth date decides it, or the day is before birth."""
    born, use = pl.col("birth_date"), pl.col("birth_date_use")
    is_certain = use.is_null() | ((use == "1") & (day.dt.month() != born.dt.month()))
    return pl.when(is_certain & (day >= born)).then(whole_years(born, day)).cast(pl.Int32)


def _declaration_lines(frame: pl.DataFrame, _: Pseudonyms) -> pl.DataFrame:
    return frame.with_columns(
        amount_cents=signed_cents("amount", "debit_credit"), is_credit=pl.col("debit_credit") == "C"
    )


def _decision_lines(frame: pl.DataFrame, _: Pseudonyms) -> pl.DataFrame:
    return frame.with_columns(
        submitted_cents=signed_cents("submitted_amount", "submitted_debit_credit"),
        granted_cents=signed_cents("granted_amount", "granted_debit_credit"),
        return_codes=pl.col("return_codes").fill_null(""),
    )


def _decisions(frame: pl.DataFrame, _: Pseudonyms) -> pl.DataFrame:
    # The lines are counted when the whole file was read.
    return frame.with_columns(return_codes=pl.col("return_codes").fill_null(""), listed_lines=pl.lit(0))


def _care_events(frame: pl.DataFrame, _: Pseudonyms) -> pl.DataFrame:
    # Of the four values of the 2.3 list only 3 (removed) takes an event back; 2 and 9 leave it as first delivered.
    status = pl.when(pl.col("delivery_status") == "3").then(pl.lit("3")).otherwise(pl.lit("1"))
    return frame.with_columns(delivery_status=status)


def _referral_requests(frame: pl.DataFrame, pseudonyms: Pseudonyms) -> pl.DataFrame:
    return frame.with_columns(referrer_hash=_name_hashes(frame["referrer_name"], pseudonyms))


def _name_hashes(names: pl.Series, pseudonyms: Pseudonyms) -> pl.Series:
    unique = names.unique().drop_nulls()
    normal = pl.Series([normalise_name(name) for name in unique], dtype=pl.String)
    return pseudonyms.referrers(names.replace_strict(unique, normal, default=None, return_dtype=pl.String))


def _poh_registrations(frame: pl.DataFrame, pseudonyms: Pseudonyms) -> pl.DataFrame:
    born = frame.with_columns(birth_year=pl.col("birth_date").dt.year(), age=AGE_ON_REFERRAL)
    return _with_practice(born, pseudonyms)


def _survey_answers(frame: pl.DataFrame, pseudonyms: Pseudonyms) -> pl.DataFrame:
    # A question outside the list is kept when enough answers of its own file have it.
    files = frame.partition_by("delivery", maintain_order=True)
    asked = pl.concat([frame.select("question").clear(), *(questions(file).to_frame() for file in files)])
    answers = frame.with_columns(
        audiences(pl.col("audience")).alias("audience"),
        asked["question"],
        respondent_key=pseudonyms.respondents(frame["respondent_id"]),
    )
    return _with_practice(answers, pseudonyms)


def _with_practice(frame: pl.DataFrame, pseudonyms: Pseudonyms) -> pl.DataFrame:
    """An AGB code is kept; any other text may be a GP's name, so that it is known by its hash alone."""
    practice = pl.col("practice").str.strip_chars()
    # Contract 3.2: seven digits are an AGB code that lost its leading zero; they have no other reading.
    is_code = practice.str.contains(r"\A[0-9]{7,8}\z")
    split = frame.select(code=pl.when(is_code).then(practice.str.zfill(8)), name=pl.when(~is_code).then(practice))
    return frame.with_columns(practice_key=split["code"], practice_text_hash=_name_hashes(split["name"], pseudonyms))


def _as_delivered(frame: pl.DataFrame, _: Pseudonyms) -> pl.DataFrame:
    return frame


_FINISHERS: Mapping[str, Callable[[pl.DataFrame, Pseudonyms], pl.DataFrame]] = {
    "allocations": _as_delivered,
    "care_events": _care_events,
    "referral_requests": _referral_requests,
    "declaration_lines": _declaration_lines,
    "decisions": _decisions,
    "decision_lines": _decision_lines,
    "poh_registrations": _poh_registrations,
    "survey_answers": _survey_answers,
}
