"""What a municipality was told: deliveries with their facts, and the reference tables to read them with.

One dataclass per dataset of the lake (docs/architecture.md), with the columns that the definitions use. Ends of
periods are inclusive, as at the source; ends of reference tables are exclusive, as the contract says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time


@dataclass(frozen=True, kw_only=True)
class Fact:
    """What every row of the lake begins with.

    row_number: 1-based within the file. known_at: the message's date, or a flat row's own. municipality_code: as
    delivered, so possibly a code that was merged since.
    """

    row_number: int
    known_at: date
    municipality_code: str
    provider_agb: str


@dataclass(frozen=True, kw_only=True)
class AllocationVersion(Fact):
    """One state of an allocation (JW301, toewijzingen)."""

    client_key: str
    allocation_number: int | None
    starts_on: date
    ends_on: date | None
    allocated_on: date | None
    allocated_at: time | None
    request_reference: str | None = None
    product_category: str | None = None
    product_code: str | None = None
    change_reason: str | None = None
    row_digest: str | None = None


@dataclass(frozen=True, kw_only=True)
class StartEvent(Fact):
    """Care began (JW305, toewijzingen). delivery_status 1 announces it, 3 removes the announcement."""

    client_key: str
    allocation_number: int | None
    begins_on: date
    delivery_status: str = "1"
    product_category: str | None = None
    product_code: str | None = None


@dataclass(frozen=True, kw_only=True)
class StopEvent(Fact):
    """Care ended (JW307, toewijzingen). end_reason 20 is a temporary stop; a flat stop has no reason."""

    client_key: str
    allocation_number: int | None
    begins_on: date
    ends_on: date
    end_reason: str | None
    delivery_status: str = "1"
    product_category: str | None = None
    product_code: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReferralRequest(Fact):
    """Who referred (JW315, toewijzingen). allocation_number: only in a flat row, the allocation it stands beside."""

    client_key: str
    request_reference: str
    referrer_type: str
    referrer_agb: str | None = None
    referrer_hash: str | None = None
    allocation_number: int | None = None


@dataclass(frozen=True, kw_only=True)
class DeclarationLine(Fact):
    """One bill line (JW303, JW323, declaraties). amount_cents is signed; verdict only in a flat row."""

    client_key: str
    line_reference: str
    product_code: str
    period_from: date
    period_to: date
    amount_cents: int
    is_credit: bool = False
    previous_reference: str | None = None
    allocation_number: int | None = None
    product_category: str | None = None
    message_identification: str | None = None
    declaration_number: str | None = None
    verdict: str | None = None
    row_digest: str | None = None


@dataclass(frozen=True, kw_only=True)
class DecisionLine:
    """A line that an answer lists (JW304, JW325). Cents are signed; granted_cents is 0 in a JW325."""

    row_number: int
    line_reference: str
    client_key: str
    submitted_cents: int
    granted_cents: int
    previous_reference: str | None = None
    allocation_number: int | None = None


@dataclass(frozen=True, kw_only=True)
class Decision(Fact):
    """An answer to a declaration (JW304, JW325). row_number 0; has_body False is a header only."""

    answered_identification: str
    answered_on: date | None
    declaration_number: str | None
    submitted_cents: int | None
    granted_cents: int | None
    has_body: bool
    return_codes: str
    listed: tuple[DecisionLine, ...] = ()


AnyFact = AllocationVersion | StartEvent | StopEvent | ReferralRequest | DeclarationLine | Decision


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One file as unpacked, with the identity of its message and what was accepted of it.

    sender: municipality code or AGB code, None for a flat export. also_named: other file names under which the same
    bytes came. quarantined_rows and quarantined_cents: rows that broke a rule while reading, known by number only.
    """

    file_sha256: str
    file_name: str
    kind: str
    message_date: date
    facts: tuple[AnyFact, ...]
    municipality_code: str | None = None
    sender: str | None = None
    message_code: str | None = None
    identification: str | None = None
    content_digest: str | None = None
    release: str | None = "3.2"
    refusal: str | None = None
    quarantined_rows: int = 0
    quarantined_cents: int = 0
    also_named: tuple[str, ...] = ()


@dataclass(frozen=True)
class Practice:
    practice_id: str
    agb_code: str
    municipality_code: str


@dataclass(frozen=True)
class CareProfileRule:
    """A row of zorgprofielen; valid_until is exclusive, None is still valid."""

    municipality_code: str
    product_code: str
    care_profile: str
    domain: str
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True)
class Post:
    """A row of zorgverleners: a practitioner at a practice; until is exclusive, None is still there."""

    practitioner_agb: str
    practice_id: str
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True)
class Alias:
    """The keyed hash of a normalised practice name or alias."""

    referrer_hash: str
    practice_id: str


@dataclass(frozen=True)
class Municipality:
    municipality_code: str
    successor_code: str | None = None
    data_since: date | None = None
    converted_on: date | None = None


@dataclass(frozen=True)
class Reference:
    practices: tuple[Practice, ...] = ()
    care_profiles: tuple[CareProfileRule, ...] = ()
    posts: tuple[Post, ...] = ()
    aliases: tuple[Alias, ...] = ()
    municipalities: tuple[Municipality, ...] = ()


@dataclass(frozen=True)
class History:
    """Everything that decides the figures of a few clients."""

    deliveries: tuple[Delivery, ...]
    reference: Reference
