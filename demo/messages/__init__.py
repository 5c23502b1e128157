"""Writers of iJw messages: frozen values in, bytes of XML out.

``to_xml(message)`` writes any of the message types below. Releases 2.1 to 2.4 get the structure of 2.3 (JW303, JW304),
releases 3.0 to 3.2 that of 3.2 (JW323, JW325). Nothing is checked: a caller may write what breaks a rule.

>>> client = Client("999900006")
>>> header = MessageHeader("0384", "94999001", "VOT000000001", date(2026, 1, 6))
>>> product = RequestedProduct("VOT-1", Product("54", "54002"), date(2026, 1, 12), referrer_agb="01999001")
>>> xml = to_xml(RequestMessage(header, client, (product,)))
"""

from __future__ import annotations

from demo.messages import billing, care
from demo.messages.elements import Element, document
from demo.messages.facts import (
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
    kind,
)
from demo.messages.transport import envelope

__all__ = [
    "AllocatedProduct",
    "AllocationMessage",
    "Answer",
    "AnsweredLine",
    "Client",
    "Declaration",
    "Line",
    "Message",
    "MessageHeader",
    "Product",
    "Quantity",
    "RequestMessage",
    "RequestedProduct",
    "StartMessage",
    "StartProduct",
    "StopMessage",
    "StopProduct",
    "envelope",
    "kind",
    "to_xml",
]


def to_xml(message: Message) -> bytes:
    """The message as bytes: UTF-8, no BOM, CR/LF, the namespaces of its release, no empty element.

    Raises:
        ValueError: the message would have an empty element (RS033), such as a declaration without lines.
    """
    release = message.header.release.replace(".", "_")
    prefix = kind(message).lower()
    namespaces = {
        "ijw": f"http://www.istandaarden.nl/ijw/{release}/basisschema/schema",
        prefix: f"http://www.istandaarden.nl/ijw/{release}/{prefix}/schema",
    }
    return document(_root(message), namespaces)


def _root(message: Message) -> Element:
    match message:
        case AllocationMessage():
            return care.allocation(message)
        case RequestMessage():
            return care.request(message)
        case StartMessage():
            return care.start(message)
        case StopMessage():
            return care.stop(message)
        case Declaration():
            return billing.declaration(message)
        case Answer():
            return billing.answer(message)
