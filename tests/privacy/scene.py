"""Deliveries full of things that must not get out, wherever a delivery can hold them, and what to look for."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from demo.messages import Client, envelope
from pipelines.home import Home
from tests.cases.deployment import Deployment, allocation, answer, declaration, january, line, request, zipped
from tests.deliveries.flat.exports import ALLOCATION, DECLARATION, REGISTRATION, csv_bytes, workbook_bytes
from tests.privacy.searching import Marker, bsn_marker, date_marker, text_marker

AGB = "94999001"
CHILD = Client("075627516", name="Quastenbergh", initials="ZQX", birth_date=date(2009, 11, 23))
SIBLING = Client("725763863", name="Véldqwist", birth_date=date(2011, 2, 27))
PACKED = Client("162275869", name="Yssenhoudt", birth_date=date(2007, 8, 19))
EXPORTED = Client("192285142", name="Xanderhof", birth_date=date(2012, 6, 13))
# It does not pass the check.
WRONG = Client("691682484", name="Wrongevoort", birth_date=date(2010, 10, 9))
REFUSED = Client("987825707", name="Weigerink", birth_date=date(2008, 12, 29))
PEOPLE = (CHILD, SIBLING, PACKED, EXPORTED, WRONG, REFUSED)
GP, ALIAS, UNKNOWN_GP = "Dr. Wimpelstra", "Huisarts Hokkerveen", "Tjalkemasse"
REMARK, PROBLEM = "vlinderstruikopmerking", "zeepaardjesverdriet"


def markers() -> list[Marker]:
    """Everything that must be nowhere but in the inbox and in reference/."""
    found = []
    for number, person in enumerate(PEOPLE):
        found += [
            bsn_marker(f"bsn {number}", person.bsn),
            text_marker(f"name {number}", person.name),
            date_marker(f"birth {number}", person.birth_date),
        ]
    texts = {"gp": "Wimpelstra", "alias": "Hokkerveen", "unknown gp": UNKNOWN_GP, "remark": REMARK, "problem": PROBLEM}
    return found + [text_marker(name, text) for name, text in texts.items()]


def fill(folder: Path) -> Home:
    """A home whose inbox and reference tables hold every marker, in good rows, in bad ones, and in names."""
    deployment = Deployment.new(folder)
    home = Home(folder)
    (home.reference / "verwijzer_aliassen.csv").write_text(f"naam,praktijk_id\n{ALIAS},p1\n", encoding="utf-8")
    for name, content in deliveries().items():
        deployment.deliver(name, content)
        os.utime(home.inbox / name, (1_600_000_000, 1_600_000_000))
    return home


def deliveries() -> dict[str, bytes]:
    """Every file of the inbox, by name."""
    born = CHILD.birth_date
    lines = [
        line(f"R{CHILD.bsn.lstrip('0')}", client=CHILD),
        line("R2", client=SIBLING, number=2),
        line("R3", client=WRONG, number=3),
    ]
    remark = f"<ijw:Commentaar>{REMARK} over {CHILD.name}</ijw:Commentaar>".encode()
    ordered = _with(allocation(AGB, "T1", 1), CHILD).replace(b"</jw301:Client>", remark + b"</jw301:Client>", 1)
    whole = january(AGB, "D1", *lines)
    refused = january(AGB, "D7", line("Q1", client=REFUSED), stated_cents=1)
    return {
        f"{CHILD.name} {CHILD.bsn}.xml": ordered,
        f"geboren {born:%d-%m-%Y}/{CHILD.name.lower()}/verzoek.xml": _with(
            request(AGB, "V1", f"VOT-{CHILD.bsn}", referrer_name=GP), CHILD
        ),
        f"{born:%Y%m%d}_start.xml": _with(allocation(AGB, "T8", 8), CHILD),
        "sibling.xml": _with(allocation(AGB, "T4", 9), SIBLING),
        "declaration.xml": whole,
        "answer.xml": answer(declaration(AGB, "D1", *lines), "A1", lines[1]),
        f"{PACKED.name}.zip": zipped(
            **{
                f"{PACKED.bsn}__xml": _with(allocation(AGB, "T2", 5), PACKED),
                f"{PACKED.name}__csv": b"nothing\nknown\n",
            }
        ),
        "envelope.xml": envelope(_with(allocation(AGB, "T3", 6), PACKED)),
        f"refused/{REFUSED.name}_{REFUSED.bsn}.xml": refused,
        f"refused/half_{REFUSED.name}.xml": refused[:-60],
        "refused/entity.xml": b'<!DOCTYPE a [<!ENTITY b "' + REFUSED.name.encode() + b'">]>' + refused,
        "refused/unknown.xml": f"<Brief>{REFUSED.name} {REFUSED.bsn} {REFUSED.birth_date} {REMARK}</Brief>".encode(),
        "refused/letter.txt": f"{REFUSED.name}; {REFUSED.bsn}; {REMARK}\n".encode("cp1252"),
        "refused/broken.zip": b"PK\x03\x04" + REFUSED.name.encode() + REFUSED.bsn.encode(),
        **_flat(),
    }


def _flat() -> dict[str, bytes]:
    good = {**DECLARATION, "bsn": EXPORTED.bsn, "referentienummer": f"F-{EXPORTED.bsn}", "opmerking": REMARK}
    bad = {**good, "bsn": WRONG.bsn, "referentienummer": "F-2", "opmerking": WRONG.name}
    dated = {**good, "referentienummer": "F-3", "begindatum": WRONG.birth_date.isoformat() + "x"}
    ordered = {
        **ALLOCATION,
        "bsn": EXPORTED.bsn,
        "geboortedatum": EXPORTED.birth_date.isoformat(),
        "geslacht": "1",
        "verwijzer_type": "02",
        "verwijzer_naam": UNKNOWN_GP,
        "naam": EXPORTED.name,
    }
    seen = {
        **REGISTRATION,
        "registratie_id": EXPORTED.bsn,
        "praktijk": GP,
        "bsn": EXPORTED.bsn,
        "geboortedatum": f"{EXPORTED.birth_date:%d-%m-%Y}",
        "hulpvraag": f"{PROBLEM} van {EXPORTED.name}",
        "opmerking": REMARK,
    }
    unseen = {**seen, "registratie_id": "9", "geslacht": "V", "geboortedatum": "31-02-2010", "bsn": WRONG.bsn}
    sheets = {EXPORTED.name: [list(seen), list(seen.values())], "Blad2": [list(unseen), list(unseen.values())]}
    two_ways = [{**good, "bedrag": "1.234"}, {**good, "referentienummer": "F-9", "bedrag": "2.345"}]
    return {
        f"flat/{EXPORTED.name}.csv": csv_bytes([good, bad, dated]),
        "flat/ordered.csv": csv_bytes([ordered]),
        "flat/poh.xlsx": workbook_bytes(sheets),
        "flat/two_ways.csv": csv_bytes(two_ways),
    }


def _with(xml: bytes, person: Client) -> bytes:
    """The message about another child."""
    from tests.cases.deployment import GIRL

    return (
        xml.replace(GIRL.bsn.encode(), person.bsn.encode())
        .replace(GIRL.name.encode(), person.name.encode())
        .replace(GIRL.birth_date.isoformat().encode(), person.birth_date.isoformat().encode())
    )
