"""One message of each kind, for the tests of the writers."""

from __future__ import annotations

from datetime import date

from demo.messages import (
    AllocatedProduct,
    AllocationMessage,
    Answer,
    AnsweredLine,
    Client,
    Declaration,
    Line,
    Message,
    MessageHeader,
    Product,
    Quantity,
    RequestedProduct,
    RequestMessage,
    StartMessage,
    StartProduct,
    StopMessage,
    StopProduct,
)

CLIENT = Client("999900006", name="Demokind & Zoon", birth_date=date(2012, 3, 4))
OTHER = Client("999900018", sex="1", birth_date=date(2011, 1, 1), birth_date_use="2")
PRODUCT = Product("54", "D54S1")
REFERRAL = {"2": {"referrer_name": "Demopraktijk"}, "3": {"referrer_agb": "01999001"}}


def header(release: str, identification: str, dated_on: date = date(2021, 2, 5)) -> MessageHeader:
    return MessageHeader("0988", "94999001", identification, dated_on, release)


def line(reference: str, client: Client = CLIENT, cents: int = 49500, **other: object) -> Line:
    period = (date(2021, 1, 1), date(2021, 1, 31))
    return Line(client, reference, 500001, PRODUCT, *period, cents // 165, cents, tariff_cents=165, **other)


def declaration(release: str) -> Declaration:
    lines = (line("P1"), line("P2", OTHER, 16500), line("P3", cents=33000, is_credit=True, previous_reference="P0"))
    return Declaration(header(release, "D202101"), date(2021, 1, 1), date(2021, 1, 31), lines)


def samples(release: str) -> tuple[Message, ...]:
    """Every kind of message that the release has, answers in each of their forms."""
    number, start, end = 500001, date(2021, 1, 12), date(2021, 12, 31)
    quantity = Quantity(3000)
    billed = declaration(release)
    allocated = AllocatedProduct(
        number, PRODUCT, start, end, date(2021, 1, 9), request_reference="VOT-1", change_reason="04", quantity=quantity
    )
    requested = RequestedProduct("VOT-1", PRODUCT, start, end, quantity=quantity, **REFERRAL[release[0]])
    answered = AnsweredLine(billed.lines[1])
    whole = Answer(header(release, "A2"), billed, granted_total_cents=0)
    header_only = () if release[0] == "2" else (Answer(header(release, "A3"), billed, has_body=False),)
    partly = AnsweredLine(billed.lines[0], granted_cents=100)
    return (
        RequestMessage(header(release, "V1"), CLIENT, (requested,)),
        AllocationMessage(header(release, "T1"), OTHER, (allocated,)),
        StartMessage(header(release, "S1"), CLIENT, (StartProduct(number, PRODUCT, start, start),)),
        StopMessage(header(release, "E1"), CLIENT, (StopProduct(number, PRODUCT, start, end, "20"),)),
        billed,
        Answer(header(release, "A1"), billed),
        Answer(header(release, "A1"), billed, (answered, partly)),
        whole,
        *header_only,
    )
