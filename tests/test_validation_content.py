"""The digest of a delivery's content: its values stay the same, since lakes keep them for years."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipelines.pseudonyms import Pseudonyms
from pipelines.validation import validate
from pipelines.validation.content import Content, add_rows
from schemas.datasets import DATASETS
from schemas.rules import Context

from .raw_deliveries import declaration, line, part

PSEUDONYMS = Pseudonyms(b"k" * 32)
LISTED = DATASETS["decision_lines"]
COLUMNS = tuple(name for name in LISTED.delivered if name not in ("municipality_code", "provider_agb"))

# What XML can hold, and what would have a meaning in a CSV or in a line of ours.
Texts = st.none() | st.text(st.sampled_from('a"\n\r\t,;é\u20ac '), max_size=3)
Rows = st.lists(st.tuples(*[Texts] * len(COLUMNS)), max_size=3)


def test_digest_is_what_lakes_of_the_past_have() -> None:
    result = validate(declaration(line(), line(line_reference="P2"), submitted_cents=99000), part(), PSEUDONYMS)

    assert result.content_digest == "0bb78b5d7979bff1fb915ffd76e9374f6d0136b212dbd738e694fee9f3ec6011"


@given(st.lists(Rows, min_size=1, max_size=3))
def test_rows_are_digested_as_their_values_one_after_the_other(deliveries: Sequence[Sequence[Sequence[str]]]) -> None:
    """However many deliveries are in a frame: each gives what its own rows give."""
    contents: list[Content] = [{} for _ in deliveries]
    frames = [
        pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row").select(
            pl.lit(place, pl.UInt32).alias("delivery"),
            *(pl.col(name) if name in COLUMNS else pl.lit("0988").alias(name) for name in LISTED.delivered),
        )
        for place, rows in enumerate(deliveries)
    ]

    add_rows(pl.concat(frames), LISTED, Context.of("JW325", "3.2"), contents, PSEUDONYMS)

    for rows, content in zip(deliveries, contents, strict=True):
        plain = PSEUDONYMS.content()
        for row in rows:
            plain.update("".join(("\0" if value is None else value) + "\x1f" for value in row).encode() + b"\n")
        assert (content["decision_lines"].digest() == plain.digest()) if rows else content == {}
