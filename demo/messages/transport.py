"""How the exchange wraps a message: the GGk StuF envelope with the message in base64."""

from __future__ import annotations

import base64

from demo.messages.elements import Element, branch, document, leaf

NAMESPACES = {
    "StUF": "http://www.egem.nl/StUF/StUF0301",
    "GGK": "http://www.stufstandaarden.nl/koppelvlak/ggk0210",
}


def envelope(
    xml: bytes,
    *,
    function: str = "JW323",
    sender: str = "94999001",
    receiver: str = "0988",
    reference: str = "00000000-0000-4000-8000-000000000001",
    sent_at: str = "20190115093000",
) -> bytes:
    """A message inside the envelope of the exchange (GGk0210, ``envelopHeenbericht-ggk_Di01``).

    Args:
        xml: the message.
        function: the message's name, such as ``JW323``.
        sender, receiver: AGB code or municipality code.
        reference: unique reference of the envelope.
        sent_at: ``yyyymmddhhmmss``.
    """
    root = branch(
        "GGK:envelopHeenbericht-ggk_Di01",
        branch(
            "GGK:stuurgegevens",
            leaf("StUF:berichtcode", "Di01"),
            _party("StUF:zender", sender, "VECOZO"),
            _party("StUF:ontvanger", receiver, "GGk"),
            leaf("StUF:referentienummer", reference),
            leaf("StUF:tijdstipBericht", sent_at),
            leaf("StUF:functie", function),
        ),
        branch(
            "GGK:parameters",
            leaf("GGK:applicatieVersie", "0001"),
            leaf("GGK:applicatieSubversie", "0000"),
            leaf("GGK:functieVersie", "0002"),
            leaf("GGK:functieSubversie", "0003"),
            branch("GGK:bericht", leaf("GGK:xmlBestand", base64.b64encode(xml).decode("ascii"))),
        ),
    )
    return document(root, NAMESPACES)


def _party(name: str, organisation: str, application: str) -> Element:
    return branch(name, leaf("StUF:organisatie", organisation), leaf("StUF:applicatie", application))
