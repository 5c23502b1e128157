"""Deliveries to measure with: synthetic, seeded, and sound, so that every row goes the whole way into the lake.

Belongs here: files for ``benchmarks.ingestion``. Does not belong here: a lake (``benchmarks.lakes``).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

# A declaration is of one month, with late lines of the months before it.
_MONTHS = ((2026, 1),) * 18 + ((2025, 12), (2025, 11), (2025, 10), (2025, 9), (2025, 8), (2025, 7))
_DAYS = {2: 28, 4: 30, 6: 30, 9: 30, 11: 30}
_BLOCK_CLIENTS = 5_000
_TARIFF_CENTS = 165
# Numbers from 990000000 on were never given out.
_FIRST_BSN = 990_000_000
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<jw323:Bericht xmlns:ijw="http://www.istandaarden.nl/ijw/3_2/basisschema/schema" '
    'xmlns:jw323="http://www.istandaarden.nl/ijw/3_2/jw323/schema"><jw323:Header>'
    "<jw323:BerichtCode>490</jw323:BerichtCode><jw323:BerichtVersie>3</jw323:BerichtVersie>"
    "<jw323:BerichtSubversie>2</jw323:BerichtSubversie><jw323:Afzender>94999001</jw323:Afzender>"
    "<jw323:Ontvanger>0988</jw323:Ontvanger><jw323:BerichtIdentificatie>"
    "<ijw:Identificatie>{identification}</ijw:Identificatie><ijw:Dagtekening>2026-02-05</ijw:Dagtekening>"
    "</jw323:BerichtIdentificatie><jw323:XsdVersie><ijw:BasisschemaXsdVersie>1.0.0</ijw:BasisschemaXsdVersie>"
    "<ijw:BerichtXsdVersie>1.0.0</ijw:BerichtXsdVersie></jw323:XsdVersie></jw323:Header><jw323:Declaratie>"
    "<jw323:DeclaratieNummer>D2026</jw323:DeclaratieNummer><jw323:DeclaratiePeriode>"
    "<ijw:Begindatum>2026-01-01</ijw:Begindatum><ijw:Einddatum>2026-01-31</ijw:Einddatum></jw323:DeclaratiePeriode>"
    "<jw323:DeclaratieDagtekening>2026-02-05</jw323:DeclaratieDagtekening><jw323:TotaalIngediendBedrag>"
    "<ijw:TotaalBedrag>{total}</ijw:TotaalBedrag><ijw:DebetCredit>D</ijw:DebetCredit></jw323:TotaalIngediendBedrag>"
    "<jw323:Clienten>\n"
)
_LINE = (
    "<jw323:Prestatie>\n<jw323:ProductReferentie><ijw:ReferentieNummer>P{reference:09}</ijw:ReferentieNummer>"
    "</jw323:ProductReferentie>\n<jw323:ToewijzingNummer>{allocation}</jw323:ToewijzingNummer>\n"
    "<jw323:ProductCategorie>54</jw323:ProductCategorie>\n<jw323:ProductCode>540{product:02}</jw323:ProductCode>\n"
    "<jw323:ProductPeriode><ijw:Begindatum>{year}-{month:02}-01</ijw:Begindatum>"
    "<ijw:Einddatum>{year}-{month:02}-{day}</ijw:Einddatum></jw323:ProductPeriode>\n"
    "<jw323:GeleverdVolume>{volume}</jw323:GeleverdVolume>\n<jw323:Eenheid>01</jw323:Eenheid>\n"
    "<jw323:ProductTarief>165</jw323:ProductTarief>\n<jw323:IngediendBedrag><ijw:Bedrag>{cents}</ijw:Bedrag>"
    "<ijw:DebetCredit>D</ijw:DebetCredit></jw323:IngediendBedrag>\n</jw323:Prestatie>\n"
)
_TAIL = "</jw323:Clienten></jw323:Declaratie></jw323:Bericht>\n"
_BEFORE = "<jw323:Client>\n<jw323:Bsn>{bsn}</jw323:Bsn>\n<jw323:Prestaties>\n"
_AFTER = "</jw323:Prestaties>\n</jw323:Client>\n"


@dataclass(frozen=True)
class Message:
    """A JW323 to write: its lines, lines per client, and a seed that also makes its identification."""

    lines: int
    lines_per_client: int = 12
    seed: int = 0


def bsns(count: int) -> list[str]:
    """That many different BSNs that pass the 11-proef, from a series that nobody has."""
    found: list[str] = []
    number = _FIRST_BSN
    while len(found) < count:
        text = str(number)
        rest = sum(int(digit) * weight for digit, weight in zip(text[:8], _WEIGHTS, strict=False)) % 11
        if rest < 10:
            found.append(text[:8] + str(rest))
        number += 10
    return found


def write_declaration(path: Path, message: Message) -> Path:
    """Write a JW323 3.2 in blocks; about 680 bytes a line. Returns the path."""
    total = sum(volume * _TARIFF_CENTS for volume in _volumes(message))
    head = _HEAD.format(identification=f"B{message.seed:011}", total=total)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(head)
        file.writelines(_blocks(message))
        file.write(_TAIL)
    return path


def write_export(path: Path, lines: int, seed: int = 0, *, has_all_columns: bool = False) -> Path:
    """Write a ``declaraties`` CSV over ten years as a back office does, with Dutch amounts. Returns the path.

    Args:
        path: where.
        lines: its rows; a client has 24.
        seed: decides the values.
        has_all_columns: with the contract's optional columns too, else only the nine that are required.
    """
    clients = pl.Series(bsns(max(lines // 24, 1)))
    draw = pl.col("line").hash(seed)
    month = (draw // 7) % 120
    first = pl.date(2015 + month // 12, month % 12 + 1, 1)
    volume = 1 + (draw // 13) % 1_500
    reference = pl.format("P{}", _padded(pl.col("line"), 9))
    columns = {
        "gemeentecode": _padded(draw % 8 + 988, 4),
        "aanbieder_agb": pl.format("94{}", _padded((draw // 3) % 400, 6)),
        "referentienummer": reference,
        "bsn": pl.lit(clients).gather((draw // 5) % len(clients)),
        "toewijzingnummer": 1 + (draw // 11) % 500_000,
        "productcode": pl.format("540{}", _padded((draw // 17) % 30, 2)),
        "begindatum": first,
        "einddatum": first.dt.month_end(),
        "bedrag": _euros(volume * _TARIFF_CENTS),
    }
    if has_all_columns:
        columns |= {
            "declaratienummer": pl.format("D{}", _padded((draw // 3) % 400 * 120 + month, 6)),
            "vorig_referentienummer": pl.lit(None, pl.String),
            "productcategorie": pl.lit("54"),
            "volume": volume,
            "eenheid": pl.lit("01"),
            "tarief": _euros(pl.lit(_TARIFF_CENTS)),
            "debet_credit": pl.lit("D"),
            "dagtekening": first.dt.offset_by("1mo4d"),
            "oordeel": pl.lit("toegekend"),
        }
    made = pl.LazyFrame({"line": pl.int_range(lines, dtype=pl.Int64, eager=True)})
    made.select(**columns).collect().write_csv(path, separator=";")
    return path


def _padded(number: pl.Expr, digits: int) -> pl.Expr:
    return number.cast(pl.String).str.zfill(digits)


def _euros(cents: pl.Expr) -> pl.Expr:
    return pl.format("{},{}", cents // 100, _padded(cents % 100, 2))


def _volumes(message: Message) -> Iterator[int]:
    draw = random.Random(message.seed)
    return (draw.randrange(1, 2_000) for _ in range(message.lines))


def _blocks(message: Message) -> Iterator[str]:
    volumes = _volumes(message)
    draw = random.Random(f"{message.seed} periods")
    block: list[str] = []
    reference = 0
    for place, bsn in enumerate(bsns(-(-message.lines // message.lines_per_client))):
        block.append(_BEFORE.format(bsn=bsn))
        for _ in range(min(message.lines_per_client, message.lines - reference)):
            reference += 1
            volume = next(volumes)
            year, month = _MONTHS[draw.randrange(len(_MONTHS))]
            block.append(
                _LINE.format(
                    reference=reference,
                    allocation=500_000 + place,
                    product=draw.randrange(30),
                    year=year,
                    month=month,
                    day=_DAYS.get(month, 31),
                    volume=volume,
                    cents=volume * _TARIFF_CENTS,
                )
            )
        block.append(_AFTER)
        if place % _BLOCK_CLIENTS == 0:
            yield "".join(block)
            block = []
    yield "".join(block)
