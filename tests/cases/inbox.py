"""Everything that can be wrong with a delivery, each under its own name and provider, in one inbox.

One run takes them all: that the broken ones do not disturb the others is part of what is tested.
"""

from __future__ import annotations

import gzip
from datetime import date

from demo.messages import envelope
from tests.cases.damage import damaged_set
from tests.cases.deployment import (
    BOY,
    Deployment,
    allocation,
    answer,
    credit,
    declaration,
    january,
    line,
    request,
    zipped,
)
from tests.cases.exports import fill_exports

DAMAGED_SETS = (4, 5, 31, 38)


def provider(number: int) -> str:
    """The AGB code of the case's own provider, so that no two cases share references or identifications."""
    return f"94999{number:03d}"


EXPORTS = (provider(70), provider(71), provider(72), provider(73))


def fill(deployment: Deployment) -> None:
    """Deliver every case."""
    _files(deployment)
    _containers(deployment)
    _same_message_again(deployment)
    _rows(deployment)
    _between_messages(deployment)
    _answers(deployment)
    _flat(deployment)
    _damaged(deployment)
    fill_exports(deployment, EXPORTS)


def _files(to: Deployment) -> None:
    whole = january(provider(1), "M1", line("A1"))
    to.deliver("files/truncated.xml", whole[: len(whole) // 2])
    to.deliver("files/two_roots.xml", whole + b"<again/>")
    to.deliver("files/unknown_root.xml", "<Factuur xmlns='urn:elsewhere'><Bedrag>1</Bedrag></Factuur>")
    to.deliver("files/unknown_text.txt", "een brief zonder kolommen\nen nog een regel\n")
    to.deliver("files/empty.xml", b"")
    to.deliver("files/wmo.xml", whole.replace(b"/ijw/3_2/", b"/iwmo/3_2/").replace(b"jw323", b"wmo323"))
    to.deliver("files/release_unknown.xml", whole.replace(b"3_2", b"9_9"))
    to.deliver(
        "files/release_mismatch.xml", january(provider(1), "M2", line("A2"), release="3.1").replace(b"3_1", b"3_0")
    )
    to.deliver("files/nul.xml", whole.replace(b"A1", b"A\x001"))
    to.deliver("files/bom_inside.xml", whole.replace(b"A1", b"A\xef\xbb\xbf1"))
    to.deliver("files/huge_value.xml", whole.replace(b">A1<", b">" + b"A" * 3_000_000 + b"<"))
    to.deliver(
        "files/huge_attribute.xml", whole.replace(b"<jw323:Header", b'<jw323:Header x="' + b"A" * 3_000_000 + b'"', 1)
    )
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]>'
    to.deliver("files/entities.xml", bomb + whole.split(b"?>", 1)[1])
    outside = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
    to.deliver("files/external_entity.xml", outside + whole.split(b"?>", 1)[1])
    to.deliver("files/total.xml", january(provider(2), "M1", line("A1"), line("A2", 5_000), stated_cents=10_000))
    to.deliver("files/not_needed.xml", _answer_to_request(provider(3)))
    for release in ("3.0", "3.1"):
        to.deliver(
            f"files/release_{release}.xml", january(provider(4), f"M{release}", line(f"A{release}"), release=release)
        )


def _answer_to_request(agb: str) -> bytes:
    """A JW316: the request with the answer's code in its header; known and not needed."""
    xml = request(agb, "M1", "VOT-1", referrer_agb="01999001")
    return xml.replace(b"jw315", b"jw316").replace(b">446<", b">447<")


def _containers(to: Deployment) -> None:
    def message(number: int) -> bytes:
        return january(provider(10), f"M{number}", line(f"A{number}"))

    to.deliver("containers/month.zip", zipped(one__xml=message(1), two__xml=message(2)))
    to.deliver("containers/month.xml.gz", gzip.compress(message(3), mtime=0))
    to.deliver("containers/envelope.xml", envelope(message(4)))
    to.deliver("containers/nested.zip", zipped(inner__xml=envelope(message(5))))
    deep = zipped(a__zip=zipped(b__zip=zipped(c__xml=message(6))))
    to.deliver("containers/too_deep.zip", deep)
    to.deliver("containers/bomb.zip", zipped(zeros__xml=b"0" * 60_000_000, good__xml=message(7)))
    climbing = zipped(**{"../../climbed__xml": message(8)})
    to.deliver("containers/climbing.zip", climbing)
    to.deliver("containers/broken.zip", zipped(one__xml=message(9))[:-40])


def _same_message_again(to: Deployment) -> None:
    message = january(provider(20), "M1", line("A1"))
    to.deliver("again/1_first.xml", message)
    to.deliver("again/2_same_bytes.xml", message)
    to.deliver("again/3_other_layout.xml", message.replace(b"\r\n", b"\n").replace(b"\t", b""))
    to.deliver("again/4_other_content.xml", january(provider(20), "M1", line("A1", 20_000)))
    to.deliver("again/5_other_day.xml", january(provider(20), "M2", line("A2"), dated_on=date(2026, 3, 5)))


def _rows(to: Deployment) -> None:
    to.deliver(
        "rows/bsn.xml",
        january(provider(30), "M1", line("A1"), line("A2", 2_500, client=BOY)).replace(b"999900018", b"123456789"),
    )
    to.deliver("rows/reference.xml", january(provider(31), "M1", line("A1"), line("A1", 4_000)))
    to.deliver(
        "rows/two_months.xml", january(provider(32), "M1", line("A1", period_to=date(2026, 2, 28)), line("A2", 700))
    )
    to.deliver(
        "rows/order.xml",
        january(provider(33), "M1", line("A1", period_from=date(2026, 1, 20), period_to=date(2026, 1, 10)), line("A2")),
    )
    to.deliver("rows/code.xml", january(provider(34), "M1", line("A1", unit="99"), line("A2")))
    to.deliver(
        "rows/date.xml", january(provider(35), "M1", line("A1"), line("A2")).replace(b"2026-01-31", b"2026-02-30", 2)
    )


def _between_messages(to: Deployment) -> None:
    again = provider(40)
    to.deliver("between/first.xml", january(again, "M1", line("A1")))
    to.deliver("between/same_reference.xml", january(again, "M2", line("A1", 7_000), dated_on=date(2026, 3, 5)))

    orphan = provider(41)
    to.deliver("between/orphan_credit.xml", january(orphan, "M1", credit("C1", of=line("UNSEEN")), line("A1", 300)))

    pair = provider(42)
    to.deliver("between/debit.xml", january(pair, "M1", line("A1")))
    to.deliver(
        "between/credit.xml",
        january(pair, "M2", credit("C1", of=line("A1")), line("A2", 9_000), dated_on=date(2026, 3, 5)),
    )
    to.deliver("between/second_credit.xml", january(pair, "M3", credit("C2", of=line("A1")), dated_on=date(2026, 4, 5)))

    outside = provider(43)
    short = {"starts_on": date(2026, 1, 10), "ends_on": date(2026, 1, 20)}
    to.deliver("between/short_allocation.xml", allocation(outside, "T4301", 4301, **short))
    to.deliver("between/outside.xml", january(outside, "M1", line("A1", number=4301), line("A2", 500, number=4399)))

    versions = provider(44)
    to.deliver("between/allocation.xml", allocation(versions, "T4401", 4401))
    to.deliver("between/allocation_again.xml", allocation(versions, "T4401B", 4401, dated_on=date(2026, 1, 5)))

    wrong_product = provider(45)
    to.deliver("between/other_product_allocation.xml", allocation(wrong_product, "T4501", 4501))
    to.deliver(
        "between/other_product.xml",
        january(wrong_product, "M1", line("A1", number=4501, product=type(line("x").product)("54", "54001"))),
    )
    tariff = provider(46)
    to.deliver("between/tariff_allocation.xml", allocation(tariff, "T4601", 4601))
    to.deliver("between/tariff.xml", january(tariff, "M1", line("A1", 10_000, number=4601, tariff_cents=90)))


def _answers(to: Deployment) -> None:
    listed = provider(50)
    lines = (line("A1"), line("A2", 3_000))
    to.deliver("answers/listed.xml", january(listed, "M1", *lines))
    to.deliver("answers/listed_answer.xml", answer(declaration(listed, "M1", *lines), "R1", lines[1]))
    to.deliver("answers/resent.xml", january(listed, "M2", line("A2", 2_900), dated_on=date(2026, 3, 5)))

    header_only = provider(51)
    to.deliver("answers/header_only.xml", january(header_only, "M1", line("A1")))
    to.deliver(
        "answers/header_only_answer.xml",
        answer(declaration(header_only, "M1", line("A1")), "R2", has_body=False, header_codes=("0001",)),
    )
    nothing = provider(52)
    to.deliver("answers/nothing.xml", january(nothing, "M1", line("A1")))
    to.deliver(
        "answers/nothing_answer.xml",
        answer(declaration(nothing, "M1", line("A1")), "R3", granted_total_cents=0, body_codes=("9333",)),
    )
    to.deliver("answers/unseen_answer.xml", answer(declaration(provider(53), "NEVER", line("A1")), "R4"))
    to.deliver("answers/open.xml", january(provider(54), "M1", line("A1", 4_200)))


DECLARATIONS = (
    "gemeentecode;aanbieder_agb;referentienummer;bsn;toewijzingnummer;productcode;"
    "begindatum;einddatum;bedrag;debet_credit\n"
)


def flat_line(number: int, reference: str, amount: str, *, bsn: str = "999900006", side: str = "") -> str:
    """A row of ``declaraties`` for January 2026."""
    return f"0988;{provider(number)};{reference};{bsn};1;54002;01-01-2026;31-01-2026;{amount};{side}\n"


def _flat(to: Deployment) -> None:
    to.deliver("flat/good.csv", DECLARATIONS + flat_line(60, "A1", "100,00") + flat_line(60, "A2", "12,50"))
    to.deliver("flat/again.csv", DECLARATIONS + flat_line(60, "A2", "12,50") + flat_line(60, "A3", "1,00"))
    to.deliver("flat/two_readings.csv", DECLARATIONS + flat_line(61, "A1", "1.234") + flat_line(61, "A2", "2.500"))
    to.deliver("flat/no_date.csv", DECLARATIONS + flat_line(62, "A1", "5,00").replace("31-01-2026", "30-02-2019"))
    to.deliver(
        "flat/credit_negative.csv", DECLARATIONS + flat_line(63, "A1", "-5,00", side="C") + flat_line(63, "A2", "8,00")
    )
    to.deliver("flat/reference.csv", DECLARATIONS + flat_line(64, "A1", "5,00") + flat_line(64, "A1", "6,00"))
    to.deliver(
        "flat/lost_zero.csv", DECLARATIONS.replace("\n", "\n") + flat_line(65, "A1", "5,00").replace("0988", "988")
    )
    mixed = (DECLARATIONS + flat_line(66, "Aë", "5,00")).encode("utf-8") + flat_line(66, "Aë2", "6,00").encode("cp1252")
    to.deliver("flat/two_encodings.csv", mixed)
    to.deliver("flat/nul.csv", DECLARATIONS + flat_line(67, "A\x001", "5,00"))
    to.deliver("flat/many_columns.csv", ";".join(f"kolom{n}" for n in range(10_000)) + "\n")
    to.deliver("flat/negative_zero.csv", DECLARATIONS + flat_line(68, "A1", "-0,00") + flat_line(68, "A2", "1,00"))
    to.deliver(
        "flat/missing_column.csv",
        DECLARATIONS.replace("bedrag;", "") + "0988;94999069;A1;999900006;1;54002;01-01-2026;31-01-2026;\n",
    )


def _damaged(to: Deployment) -> None:
    """Random sets with duplicates and damage: the conservation law holds for them through the ops tables too."""
    for seed in DAMAGED_SETS:
        for file in damaged_set(seed):
            to.deliver(f"test/{seed}/{file.name}", file.content)
