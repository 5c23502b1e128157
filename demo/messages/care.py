"""Messages about ordering and delivering care: JW301, JW315, JW305, JW307, in the structures of 2.3 and 3.2."""

from __future__ import annotations

from demo.messages import parts
from demo.messages.elements import Element, branch, leaf
from demo.messages.facts import (
    AllocatedProduct,
    AllocationMessage,
    RequestedProduct,
    RequestMessage,
    StartMessage,
    StartProduct,
    StopMessage,
    StopProduct,
)


def allocation(message: AllocationMessage) -> Element:
    """JW301. In 2.x the products stand in a Beschikking that runs from the first start to the last end."""
    p = "jw301"
    products = branch(f"{p}:ToegewezenProducten", *(_allocated(p, product) for product in message.products))
    return branch(
        f"{p}:Bericht",
        branch(f"{p}:Header", *parts.common_header(p, message.header, "436", sent_by_municipality=True)),
        branch(
            f"{p}:Client",
            *parts.person(p, message.client, with_name_use=True),
            branch(f"{p}:Contactgegevens", _contact(p)),
            _formal_decision(p, message, products) if message.header.is_second_generation else products,
        ),
    )


def request(message: RequestMessage) -> Element:
    """JW315, the only message that names the referrer."""
    p = "jw315"
    return branch(
        f"{p}:Bericht",
        branch(f"{p}:Header", *parts.common_header(p, message.header, "446", sent_by_municipality=False)),
        branch(
            f"{p}:Client",
            *parts.person(p, message.client),
            branch(f"{p}:AangevraagdeProducten", *(_requested(p, product) for product in message.products)),
        ),
    )


def start(message: StartMessage) -> Element:
    """JW305. In 2.x the client has a StatusAanlevering too."""
    return _event_message("jw305", "438", "StartProducten", message, [_started("jw305", x) for x in message.products])


def stop(message: StopMessage) -> Element:
    """JW307. In 2.x the client has a StatusAanlevering too."""
    return _event_message("jw307", "440", "StopProducten", message, [_stopped("jw307", x) for x in message.products])


def _event_message(
    p: str, code: str, group: str, message: StartMessage | StopMessage, products: list[Element]
) -> Element:
    is_second = message.header.is_second_generation
    return branch(
        f"{p}:Bericht",
        branch(f"{p}:Header", *parts.common_header(p, message.header, code, sent_by_municipality=False)),
        branch(
            f"{p}:Client",
            *parts.person(p, message.client),
            leaf(f"{p}:StatusAanlevering", message.delivery_status if is_second else None),
            branch(f"{p}:{group}", *products),
        ),
    )


def _formal_decision(p: str, message: AllocationMessage, products: Element) -> Element:
    ends = [product.ends_on for product in message.products if product.ends_on is not None]
    is_open = len(ends) < len(message.products)
    return branch(
        f"{p}:Beschikking",
        leaf(f"{p}:BeschikkingNummer", message.products[0].allocation_number),
        leaf(f"{p}:Afgiftedatum", min(product.allocated_on for product in message.products)),
        leaf(f"{p}:Ingangsdatum", min(product.starts_on for product in message.products)),
        leaf(f"{p}:Einddatum", None if is_open else max(ends)),
        products,
    )


def _allocated(p: str, value: AllocatedProduct) -> Element:
    return branch(
        f"{p}:ToegewezenProduct",
        leaf(f"{p}:ToewijzingNummer", value.allocation_number),
        leaf(f"{p}:ReferentieAanbieder", value.request_reference),
        parts.product(f"{p}:Product", value.product),
        leaf(f"{p}:Toewijzingsdatum", value.allocated_on),
        leaf(f"{p}:Toewijzingstijd", value.allocated_at),
        leaf(f"{p}:Ingangsdatum", value.starts_on),
        leaf(f"{p}:Einddatum", value.ends_on),
        leaf(f"{p}:RedenWijziging", value.change_reason),
        parts.quantity(f"{p}:Omvang", value.quantity),
        leaf(f"{p}:Budget", value.budget_cents),
    )


def _requested(p: str, value: RequestedProduct) -> Element:
    return branch(
        f"{p}:AangevraagdProduct",
        leaf(f"{p}:ReferentieAanbieder", value.request_reference),
        parts.product(f"{p}:Product", value.product),
        leaf(f"{p}:ToewijzingIngangsdatum", value.starts_on),
        leaf(f"{p}:ToewijzingEinddatum", value.ends_on),
        parts.quantity(f"{p}:Omvang", value.quantity),
        leaf(f"{p}:Budget", value.budget_cents),
        branch(
            f"{p}:Verwijzer",
            leaf("ijw:Type", value.referrer_type),
            leaf("ijw:Naam", value.referrer_name),
            leaf("ijw:ZorgverlenerCode", value.referrer_agb),
        ),
    )


def _started(p: str, value: StartProduct) -> Element:
    return branch(
        f"{p}:StartProduct",
        leaf(f"{p}:ToewijzingNummer", value.allocation_number),
        parts.product(f"{p}:Product", value.product),
        leaf(f"{p}:ToewijzingIngangsdatum", value.allocation_starts_on),
        leaf(f"{p}:Begindatum", value.begins_on),
        leaf(f"{p}:StatusAanlevering", value.delivery_status),
    )


def _stopped(p: str, value: StopProduct) -> Element:
    return branch(
        f"{p}:StopProduct",
        leaf(f"{p}:ToewijzingNummer", value.allocation_number),
        parts.product(f"{p}:Product", value.product),
        leaf(f"{p}:ToewijzingIngangsdatum", value.allocation_starts_on),
        leaf(f"{p}:Begindatum", value.begins_on),
        leaf(f"{p}:RedenBeeindiging", value.end_reason),
        leaf(f"{p}:Einddatum", value.ends_on),
        leaf(f"{p}:StatusAanlevering", value.delivery_status),
    )


def _contact(p: str) -> Element:
    return branch(
        f"{p}:Contact",
        leaf(f"{p}:Soort", "01"),
        branch(
            f"{p}:Adres",
            branch("ijw:Huis", leaf("ijw:Huisnummer", 1)),
            leaf("ijw:Postcode", "1000AA"),
            leaf("ijw:Straatnaam", "Demostraat"),
            leaf("ijw:Plaatsnaam", "Demostad"),
            leaf("ijw:LandCode", "NL"),
        ),
    )
