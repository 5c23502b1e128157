"""What others do with the same bytes. None of them does all that we do; each does a part that we do too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

_IJW = "{http://www.istandaarden.nl/ijw/3_2/basisschema/schema}"
_JW323 = "{http://www.istandaarden.nl/ijw/3_2/jw323/schema}"
# The fields of a line that we read, as paths below Prestatie.
_FIELDS = (
    f"{_JW323}ProductReferentie/{_IJW}ReferentieNummer",
    f"{_JW323}ProductReferentie/{_IJW}VorigReferentieNummer",
    f"{_JW323}ToewijzingNummer",
    f"{_JW323}ProductCategorie",
    f"{_JW323}ProductCode",
    f"{_JW323}ProductPeriode/{_IJW}Begindatum",
    f"{_JW323}ProductPeriode/{_IJW}Einddatum",
    f"{_JW323}GeleverdVolume",
    f"{_JW323}Eenheid",
    f"{_JW323}ProductTarief",
    f"{_JW323}IngediendBedrag/{_IJW}Bedrag",
    f"{_JW323}IngediendBedrag/{_IJW}DebetCredit",
)


def xml2arrow_alone(source: str) -> Callable[[], int]:
    """xml2arrow with our mapping: bytes → Arrow text columns, and nothing else."""
    from xml2arrow import XmlToArrowParser

    from pipelines.deliveries.ijw.mapping import mapping_file

    def work() -> int:
        parser = XmlToArrowParser(mapping_file("JW323", "3.2"))
        return parser.parse(Path(source).read_bytes())["declaration_lines"].num_rows

    return work


def lxml_iterparse(source: str) -> Callable[[], int]:
    """lxml.iterparse that puts the text of the same fields into lists, and nothing else."""
    from lxml import etree

    fields = [path.rpartition("/")[2] for path in _FIELDS]
    line_tag, bsn_tag = f"{_JW323}Prestatie", f"{_JW323}Bsn"

    def work() -> int:
        columns: list[list[str | None]] = [[] for _ in fields]
        bsns: list[str | None] = []
        bsn: str | None = None
        for _, element in etree.iterparse(source, tag=(line_tag, bsn_tag)):
            if element.tag == bsn_tag:
                bsn = element.text
                continue
            bsns.append(bsn)
            values = {leaf.tag: leaf.text for leaf in element.iter()}
            for column, field in zip(columns, fields, strict=True):
                column.append(values.get(field))
            element.clear()
        return len(columns[0])

    return work


def pandas_and_pandera(source: str) -> Callable[[], int]:
    """pandas.read_xml in its streaming form, then a pandera schema with the form of each field."""
    import pandas as pd
    import pandera.pandas as pa

    names = [path.rpartition("}")[2] for path in _FIELDS]
    date = pa.Check(lambda values: pd.to_datetime(values, format="%Y-%m-%d", errors="coerce").notna())
    digits = pa.Check.str_matches(r"^[0-9]+$")
    checks = {
        "ReferentieNummer": pa.Check.str_length(1, 20),
        "ToewijzingNummer": digits,
        "ProductCategorie": pa.Check.isin([str(number) for number in range(31, 56)]),
        "ProductCode": pa.Check.str_length(1, 5),
        "Begindatum": date,
        "Einddatum": date,
        "GeleverdVolume": digits,
        "Eenheid": pa.Check.isin(["01", "04", "14", "16", "82", "83", "84"]),
        "Bedrag": digits,
        "DebetCredit": pa.Check.isin(["C", "D"]),
    }
    schema = pa.DataFrameSchema({name: pa.Column(str, check) for name, check in checks.items()})

    def work() -> int:
        frame = pd.read_xml(source, iterparse={"Prestatie": names}, dtype=str)
        return len(schema.validate(frame, lazy=True))

    return work


def polars_read_csv(source: str) -> Callable[[], int]:
    """polars.read_csv: bytes → columns of inferred types, and nothing else."""
    import polars as pl

    return lambda: pl.read_csv(source, separator=";").height
