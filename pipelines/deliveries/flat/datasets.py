"""Which columns make which flat export (contract 3.2).

Belongs here: the datasets' columns and recognising one by its header. Does not belong here: what a value means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from pipelines.deliveries.model import Refused

MAX_COLUMNS = 1_000
# A header with at least this share of a dataset's required columns is that dataset with columns missing.
NEAR_SHARE = 0.5


@dataclass(frozen=True)
class Dataset:
    """One flat export.

    Attributes:
        name: ``declaraties``, ``toewijzingen``, ``poh_registraties`` or ``ervaringen``.
        required: columns that must be there.
        required_one_of: columns of which at least one must be there; empty when there is no such choice.
        optional: columns that are read where they are there. Every other column is ignored and never kept.
        own_dates: columns whose newest date is the delivery's date.
        dates, amounts, numbers: columns that are read as a date, an amount in euros, another number with decimals.
    """

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    required_one_of: tuple[str, ...] = ()
    own_dates: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that are read."""
        return (*self.required, *self.required_one_of, *self.optional)

    @property
    def required_count(self) -> int:
        """How many columns must be there."""
        return len(self.required) + bool(self.required_one_of)

    def missing(self, names: frozenset[str]) -> tuple[str, ...]:
        """Required columns that ``names`` lacks; a choice is named as ``a or b``."""
        absent = [name for name in self.required if name not in names]
        if self.required_one_of and names.isdisjoint(self.required_one_of):
            absent.append(" or ".join(self.required_one_of))
        return tuple(absent)


@dataclass(frozen=True)
class Recognised:
    """A header that satisfies a dataset: where each of the dataset's columns stands (0-based)."""

    dataset: Dataset
    positions: Mapping[str, int]


# reden_afsluiting is free text: known, and never read (poh.md section 10).
DATASETS = (
    Dataset(
        name="declaraties",
        required=(
            "gemeentecode",
            "aanbieder_agb",
            "referentienummer",
            "bsn",
            "toewijzingnummer",
            "productcode",
            "begindatum",
            "einddatum",
            "bedrag",
        ),
        optional=(
            "declaratienummer",
            "vorig_referentienummer",
            "productcategorie",
            "volume",
            "eenheid",
            "tarief",
            "debet_credit",
            "dagtekening",
            "oordeel",
        ),
        own_dates=("dagtekening",),
        dates=("begindatum", "einddatum", "dagtekening"),
        amounts=("bedrag", "tarief"),
        numbers=("volume",),
    ),
    Dataset(
        name="toewijzingen",
        required=("gemeentecode", "toewijzingnummer", "aanbieder_agb", "bsn", "productcode", "ingangsdatum"),
        optional=(
            "productcategorie",
            "einddatum",
            "toewijzingsdatum",
            "toewijzingstijd",
            "reden_wijziging",
            "geboortedatum",
            "geslacht",
            "verwijzer_type",
            "verwijzer_naam",
            "verwijzer_agb",
            "startdatum_zorg",
            "stopdatum_zorg",
        ),
        own_dates=("toewijzingsdatum",),
        dates=(
            "ingangsdatum",
            "einddatum",
            "toewijzingsdatum",
            "geboortedatum",
            "startdatum_zorg",
            "stopdatum_zorg",
        ),
    ),
    Dataset(
        name="poh_registraties",
        required=("registratie_id", "gemeentecode", "praktijk", "aanmelddatum", "geslacht"),
        required_one_of=("geboortedatum", "leeftijd"),
        optional=(
            "bsn",
            "intakedatum",
            "aanmelder",
            "hulpvraag",
            "werkzaamheden",
            "aantal_contacten",
            "uitkomst_vraagverheldering",
            "hulpaanbod",
            "uitkomst_behandeling",
            "verwezen_naar",
            "verwijsprofiel",
            "formele_verwijzer",
            "overbrugging",
            "afsluitdatum",
        ),
        own_dates=("aanmelddatum", "afsluitdatum"),
        dates=("aanmelddatum", "intakedatum", "afsluitdatum", "geboortedatum"),
    ),
    Dataset(
        name="ervaringen",
        required=("enquete_id", "doelgroep", "gemeentecode", "ingevuld_op", "vraag", "score", "schaal_max"),
        optional=("praktijk", "respondent_id"),
        dates=("ingevuld_op",),
        numbers=("score", "schaal_max"),
    ),
)


def heading_form(text: str | None) -> str:
    """A column heading without case, spaces and underscores; empty for an empty cell."""
    return "".join((text or "").replace("_", " ").casefold().split())


_FORMS = MappingProxyType({heading_form(name): name for dataset in DATASETS for name in dataset.columns})


def recognise(header: Sequence[str | None]) -> Recognised | None:
    """The dataset that a header row satisfies, or None.

    Of two datasets that it satisfies, the one with more required columns: an export of declarations may well bring
    columns of its allocations along, which are other columns then.

    Raises:
        Refused: ``two_readings`` when the header fits two datasets equally well, or when two columns of the dataset
            carry the same name; ``too_many_columns``.
    """
    if len(header) > MAX_COLUMNS:
        raise Refused(
            "too_many_columns",
            f"The header has {len(header)} columns where at most {MAX_COLUMNS} are read; deliver the dataset's alone.",
        )
    names = [_FORMS.get(heading_form(cell)) for cell in header]
    found = frozenset(name for name in names if name)
    satisfied = sorted(
        (dataset for dataset in DATASETS if not dataset.missing(found)),
        key=lambda dataset: dataset.required_count,
        reverse=True,
    )
    if not satisfied:
        return None
    dataset = satisfied[0]
    if len(satisfied) > 1 and satisfied[1].required_count == dataset.required_count:
        raise Refused(
            "two_readings",
            f"The columns fit both {dataset.name} and {satisfied[1].name}; deliver each dataset in a file of its own.",
        )
    for name in dataset.columns:
        if names.count(name) > 1:
            raise Refused("two_readings", f"Two columns are both named {name}; remove one of them.")
    return Recognised(
        dataset,
        MappingProxyType({name: names.index(name) for name in dataset.columns if name in found}),
    )


def refusal_of(headers: Sequence[Sequence[str | None]]) -> Refused:
    """Why no row is a header: names the columns that the nearest dataset lacks, never what was found."""
    best: tuple[int, Dataset, tuple[str, ...]] | None = None
    for header in headers:
        found = frozenset(name for cell in header if (name := _FORMS.get(heading_form(cell))))
        for dataset in DATASETS:
            missing = dataset.missing(found)
            known = len(found.intersection(dataset.columns))
            is_near = len(missing) <= dataset.required_count * (1 - NEAR_SHARE)
            if is_near and (best is None or known > best[0]):
                best = (known, dataset, missing)
    if best is not None:
        return Refused(
            "unknown_kind",
            f"It looks like {best[1].name}, but these required columns are missing: {', '.join(best[2])}. Add them.",
        )
    kinds = ", ".join(dataset.name for dataset in DATASETS)
    return Refused(
        "unknown_kind",
        f"No row at the start has the columns of a known dataset ({kinds}). Check that a row names the columns.",
    )
