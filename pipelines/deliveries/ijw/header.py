"""A message's header: read from the mapped values, checked against its kind and release."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from pipelines.deliveries.ijw.kinds import MessageKind, Party
from pipelines.deliveries.model import Header, Refused
from pipelines.deliveries.recognise import Message

Values = Mapping[str, str | None]

_MUNICIPALITY = re.compile(r"[0-9]{4}")
_AGB = re.compile(r"[0-9]{8}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# xs:integer allows a plus sign and leading zeros; twelve digits is LDT_TotaalBedrag.
_TOTAL = re.compile(r"\+?0*[0-9]{1,12}")


def read_header(message: Message, values: Values) -> Header:
    """The header of a message that we read.

    Args:
        message: what the root said.
        values: the mapped header values, absent ones None.

    Raises:
        Refused: ``code_mismatch`` (BerichtCode of another message), ``release_mismatch`` (CS015, CS025),
            ``invalid_header`` (an element that is missing, or not of the form that the standard has).
    """
    kind = message.kind
    if values["message_code"] not in kind.codes:
        expected = " or ".join(sorted(kind.codes))
        raise Refused("code_mismatch", f"Header/BerichtCode does not fit a {kind.name}, which has {expected}.")
    if _release(values) != message.release:
        raise Refused(
            "release_mismatch",
            f"Header/BerichtVersie and BerichtSubversie are not {message.release}, as the namespace is (CS015, CS025).",
        )
    municipality, provider = _parties(kind, values)
    if municipality is None or not _MUNICIPALITY.fullmatch(municipality):
        raise _invalid("the municipality's code", "four digits", municipality)
    if provider is None or not _AGB.fullmatch(provider):
        raise _invalid("the provider's AGB code", "eight digits", provider)
    identification = values["identification"]
    if identification is None:
        raise _invalid("its identification", "filled", identification)
    dated_on = _day(values["dated_on"])
    if dated_on is None:
        raise _invalid("its Dagtekening", "a date such as 2026-01-31", values["dated_on"])
    return Header(
        kind=kind.name,
        release=message.release,
        message_code=values["message_code"],
        municipality_code=municipality,
        provider_agb=provider,
        # JW304 answers under the provider's invoice number, which is unique for that provider only.
        sender=municipality if kind.sender is Party.MUNICIPALITY and "sender" in values else provider,
        identification=identification,
        dated_on=dated_on,
        submitted_cents=_submitted(kind, values),
    )


def known_header(message: Message, values: Values) -> Header:
    """The header of a message that we know and do not need: whatever of it can be read. Never an error."""
    municipality, provider = _parties(message.kind, values)
    municipality = municipality if municipality and _MUNICIPALITY.fullmatch(municipality) else None
    provider = provider if provider and _AGB.fullmatch(provider) else None
    return Header(
        kind=message.kind.name,
        release=message.release,
        message_code=values["message_code"] if values["message_code"] in message.kind.codes else None,
        municipality_code=municipality,
        provider_agb=provider,
        sender=municipality if message.kind.sender is Party.MUNICIPALITY else provider,
        identification=values["identification"],
        dated_on=_day(values["dated_on"]),
        is_needed=False,
    )


def signed_cents(total: str | None, debit_credit: str | None) -> int | None:
    """A total with its side as signed cents (IV024, IV091); None when either is missing or of another form."""
    if total is None or debit_credit not in ("D", "C") or not _TOTAL.fullmatch(total):
        return None
    return int(total) if debit_credit == "D" else -int(total)


def _release(values: Values) -> str | None:
    major, minor = values["major"], values["minor"]
    if major is None or minor is None or not (major.isdecimal() and minor.isdecimal()):
        return None
    return f"{int(major)}.{int(minor)}"


def _parties(kind: MessageKind, values: Values) -> tuple[str | None, str | None]:
    """Municipality and provider; JW303/304 name them, the others have a sender and a receiver."""
    if "municipality" in values:
        return values["municipality"], values["provider"]
    sides = values["sender"], values["receiver"]
    return sides if kind.sender is Party.MUNICIPALITY else (sides[1], sides[0])


def _submitted(kind: MessageKind, values: Values) -> int | None:
    if not (kind.is_declaration or kind.is_answer):
        return None
    cents = signed_cents(values["submitted_total"], values["submitted_debit_credit"])
    # A JW325 may be a header only; a declaration always states its total.
    if cents is None and (kind.is_declaration or values["submitted_total"] is not None):
        raise _invalid("the total submitted", "an amount in cents with D or C", values["submitted_total"])
    return cents


def _day(text: str | None) -> date | None:
    if text is None or not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _invalid(what: str, form: str, found: str | None) -> Refused:
    state = "missing" if found is None else f"of another form ({len(found)} characters)"
    return Refused(
        "invalid_header", f"Header: {what} is {state}; it should be {form}. Ask the sender for a valid message."
    )
