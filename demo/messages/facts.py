"""What a message says, as plain values: clients, allocations, requests, events, declarations and answers.

Belongs here: the frozen types that a caller fills. Does not belong here: element names and order (care, declarations).
Money is whole cents, dates are inclusive on both ends as in the standard.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time


@dataclass(frozen=True, slots=True)
class Client:
    """A synthetic person. Only the BSN must be given.

    Attributes:
        birth_date_use: DatumGebruik (COD170): ``1`` day unknown, ``2`` day and month, ``3`` all unknown; None = known.
        sex: COD046: ``0`` unknown, ``1`` male, ``2`` female.
    """

    bsn: str
    name: str = "Demokind"
    initials: str = "D"
    birth_date: date = date(2006, 5, 17)
    birth_date_use: str | None = None
    sex: str = "2"


@dataclass(frozen=True, slots=True)
class Product:
    """Product category (JZ020) and, where one was chosen, product code."""

    category: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """Omvang: volume in whole units (``01`` minutes, ``04`` hours, ``16`` half-days) per frequency (``6`` in total)."""

    volume: int
    unit: str = "01"
    frequency: str = "6"


@dataclass(frozen=True, slots=True)
class MessageHeader:
    """Who writes to whom, when, under which identification (at most 12 characters).

    Attributes:
        release: ``2.1`` to ``2.4`` write the structure of 2.3, ``3.0`` to ``3.2`` that of 3.2, each in its namespace.
        message_code: BerichtCode when it is not the usual one, such as ``450`` for a JW303 that is an invoice.
    """

    municipality_code: str
    provider_agb: str
    identification: str
    dated_on: date
    release: str = "3.2"
    message_code: str | None = None

    @property
    def version(self) -> str:
        """``3`` of release ``3.2``."""
        return self.release.split(".")[0]

    @property
    def subversion(self) -> str:
        """``2`` of release ``3.2``."""
        return self.release.split(".")[1]

    @property
    def is_second_generation(self) -> bool:
        """True for 2.x: a declaration is a JW303 there, and a referrer has no AGB code."""
        return self.version == "2"


@dataclass(frozen=True, slots=True)
class AllocatedProduct:
    """One version of an allocation (ToegewezenProduct). The product is None only in a generic allocation of 3.x."""

    allocation_number: int
    product: Product | None
    starts_on: date
    ends_on: date | None
    allocated_on: date
    allocated_at: time = time(10, 15)
    request_reference: str | None = None
    change_reason: str | None = None
    quantity: Quantity | None = None
    budget_cents: int | None = None


@dataclass(frozen=True, slots=True)
class RequestedProduct:
    """A request for an allocation (AangevraagdProduct) with its referrer; ``referrer_agb`` exists in 3.x only."""

    request_reference: str
    product: Product | None
    starts_on: date
    ends_on: date | None = None
    referrer_type: str = "02"
    referrer_name: str | None = None
    referrer_agb: str | None = None
    quantity: Quantity | None = None
    budget_cents: int | None = None


@dataclass(frozen=True, slots=True)
class StartProduct:
    """Care began (StartProduct). ``delivery_status`` ``3`` removes an earlier message (CS058)."""

    allocation_number: int | None
    product: Product | None
    begins_on: date
    allocation_starts_on: date | None = None
    delivery_status: str = "1"


@dataclass(frozen=True, slots=True)
class StopProduct:
    """Care ended (StopProduct). ``end_reason`` ``20`` is a temporary stop, ``31`` according to plan (JZ588)."""

    allocation_number: int | None
    product: Product | None
    begins_on: date
    ends_on: date
    end_reason: str = "31"
    allocation_starts_on: date | None = None
    delivery_status: str = "1"


@dataclass(frozen=True, slots=True)
class Line:
    """One declaration line (Prestatie): unsigned cents, the sign is ``is_credit``.

    Attributes:
        previous_reference: of a credit, the reference of the debit that it takes back (CD060).
        tariff_cents: cents per unit; None where the unit is ``83``, euros (CD087).
    """

    client: Client
    reference: str
    allocation_number: int | None
    product: Product
    period_from: date
    period_to: date
    volume: int
    amount_cents: int
    unit: str = "01"
    tariff_cents: int | None = None
    is_credit: bool = False
    previous_reference: str | None = None

    @property
    def signed_cents(self) -> int:
        """Cents with their sign: a credit is negative."""
        return -self.amount_cents if self.is_credit else self.amount_cents


@dataclass(frozen=True, slots=True)
class AnsweredLine:
    """A line that an answer lists. A JW325 lists rejected lines only; a JW304 may grant a part."""

    line: Line
    granted_cents: int = 0
    return_codes: tuple[str, ...] = ("0611",)

    @property
    def granted_signed_cents(self) -> int:
        """Granted cents with the line's sign."""
        return -self.granted_cents if self.line.is_credit else self.granted_cents


@dataclass(frozen=True, slots=True)
class AllocationMessage:
    """JW301, municipality to provider: one client, every allocation that stands or changed (OP087)."""

    header: MessageHeader
    client: Client
    products: tuple[AllocatedProduct, ...]


@dataclass(frozen=True, slots=True)
class RequestMessage:
    """JW315, provider to municipality."""

    header: MessageHeader
    client: Client
    products: tuple[RequestedProduct, ...]


@dataclass(frozen=True, slots=True)
class StartMessage:
    """JW305, provider to municipality. ``delivery_status`` is the client's own in 2.x."""

    header: MessageHeader
    client: Client
    products: tuple[StartProduct, ...]
    delivery_status: str = "1"


@dataclass(frozen=True, slots=True)
class StopMessage:
    """JW307, provider to municipality. ``delivery_status`` is the client's own in 2.x."""

    header: MessageHeader
    client: Client
    products: tuple[StopProduct, ...]
    delivery_status: str = "1"


@dataclass(frozen=True, slots=True)
class Declaration:
    """JW303 (release 2.x) or JW323 (3.x), provider to municipality.

    Attributes:
        declaration_number: DeclaratieNummer of a JW323; a JW303 has its identification only.
        period_from, period_to: declaration period: one whole month in 3.x (CS340).
        stated_cents: signed total of the header when it must differ from the sum of the lines.
    """

    header: MessageHeader
    period_from: date
    period_to: date
    lines: tuple[Line, ...]
    declaration_number: str | None = None
    stated_cents: int | None = None

    @property
    def number(self) -> str:
        """DeclaratieNummer; the identification where none was given."""
        return self.declaration_number or self.header.identification

    @property
    def submitted_cents(self) -> int:
        """Signed total that the message states."""
        return sum(line.signed_cents for line in self.lines) if self.stated_cents is None else self.stated_cents


@dataclass(frozen=True, slots=True)
class Answer:
    """JW304 (release 2.x) or JW325 (3.x), municipality to provider: the lines that it does not grant in full.

    Attributes:
        header: the answer's own; in 2.x only its identification (GemeenteReferentieNummer) and date are used.
        has_body: False gives a JW325 with a header only, which rejects the whole declaration.
        granted_total_cents: signed total granted when it must differ from submitted minus what the listed lines lose.
        header_codes, body_codes: return codes; by default those of IV087.
    """

    header: MessageHeader
    declaration: Declaration
    listed: tuple[AnsweredLine, ...] = ()
    has_body: bool = True
    granted_total_cents: int | None = None
    header_codes: tuple[str, ...] | None = None
    body_codes: tuple[str, ...] | None = None

    @property
    def granted_cents(self) -> int:
        """Signed total that the answer grants."""
        if self.granted_total_cents is not None:
            return self.granted_total_cents
        lost = sum(answered.line.signed_cents - answered.granted_signed_cents for answered in self.listed)
        return self.declaration.submitted_cents - lost


Message = AllocationMessage | RequestMessage | StartMessage | StopMessage | Declaration | Answer


def kind(message: Message) -> str:
    """The message's name in the standard, such as ``JW301``."""
    second = message.header.is_second_generation
    names = {
        AllocationMessage: "JW301",
        RequestMessage: "JW315",
        StartMessage: "JW305",
        StopMessage: "JW307",
        Declaration: "JW303" if second else "JW323",
        Answer: "JW304" if second else "JW325",
    }
    return names[type(message)]
