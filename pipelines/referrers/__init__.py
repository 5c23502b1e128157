"""Names of referrers and practices: when two names are the same, and which practices look like a name.

Belongs here: pure functions over names. Does not belong here: files, hashes, and what a referral counts for: a score
suggests, only an exact name attributes (contract section 5).
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import IntEnum

from rapidfuzz import fuzz, process

# Titles and forms of address, and what kind of practice it is. Not "huisartsenpost": that is another organisation, the
# out-of-hours service; nor "gezondheidscentrum": it may house several practices (see name_variants).
_LEFT_OUT = frozenset(
    {
        *("dr", "drs", "dhr", "mevr", "mevrouw", "mw"),
        *("huisarts", "huisartsen", "huisartsenpraktijk", "huisartsenpraktijken", "huisartspraktijk"),
        *("huisartsengroep", "huisartsengroepspraktijk", "huisartsenmaatschap"),
        *("praktijk", "groepspraktijk", "maatschap", "hap"),
    }
)
_HOUSES = frozenset({"gezondheidscentrum", "gezondheidshuis"})
# Words that carry no name of their own: a variant of these alone would fit anybody.
_PARTICLES = frozenset(("de", "den", "der", "het", "van", "te", "ten", "ter", "in", "en", "aan", "op", "bij"))
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d"})
_MIN_SCORE = 60.0


def normalise_name(name: str) -> str:
    """A name in normal form (contract section 5): equal forms are the same name.

    Lower case, accents off, every run of other characters than a-z and 0-9 one space; titles, forms of address, forms
    of practice and initials left out. Where nothing would be left ("Huisartsenpraktijk"), all words stay. A second
    application changes nothing.
    """
    words = _plain(name).split()
    kept = words
    while (shorter := _shortened(kept)) != kept:
        kept = shorter
    return " ".join(kept or words)


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(re.findall(r"[a-z0-9]+", bare))


def _shortened(words: list[str]) -> list[str]:
    return [
        word
        for place, word in enumerate(words)
        if word not in _LEFT_OUT
        and not (len(word) == 1 and word.isalpha())
        # "de heer" goes as a whole: Heer alone is a name.
        and not (word == "de" and words[place + 1 : place + 2] == ["heer"])
        and not (word == "heer" and place > 0 and words[place - 1] == "de")
    ]


def name_variants(name: str, towns: Collection[str]) -> set[str]:
    """The normal forms under which a practice's name or alias is recognised: with and without a town behind it.

    "De Linde, Weert" in a message is the practice "Huisartsenpraktijk De Linde", and the reverse; "Gezondheidscentrum
    De Linde" is also known as "De Linde". A form is never empty; a derived one never of particles alone.
    """
    own = normalise_name(name)
    if not own:
        return set()
    bare = _without_towns(own, towns)
    stems = {own, bare, _without_houses(own), _without_houses(bare)}
    stems = {stem for stem in stems if _says_something(stem)} | {own}
    plain_towns = sorted({_plain(town) for town in towns} - {""})
    townless = [stem for stem in stems if not any(f" {town} " in f" {stem} " for town in plain_towns)]
    with_town = {f"{stem} {town}" for stem in townless for town in plain_towns}
    # A stem of forms of practice alone would leave nothing but the town.
    return stems | {form for form in with_town if form == normalise_name(form)}


def _without_towns(form: str, towns: Collection[str]) -> str:
    """Longest town first, so that Nederweert does not lose Weert alone; a form that is only a town stays."""
    for town in sorted({_plain(town) for town in towns} - {""}, key=lambda town: (-len(town), town)):
        without = normalise_name(" ".join(f" {form} ".replace(f" {town} ", " ").split()))
        if _says_something(without):
            form = without
    return form


def _without_houses(form: str) -> str:
    return normalise_name(" ".join(word for word in form.split() if word not in _HOUSES))


def _says_something(form: str) -> bool:
    return any(word not in _PARTICLES for word in form.split())


class _Claim(IntEnum):
    """Why a form belongs to a practice; the lower one holds."""

    ALIAS = 0
    OWN_NAME = 1
    VARIANT = 2


def practice_names(
    practices: Iterable[Mapping[str, str | None]],
    aliases: Iterable[Mapping[str, str | None]],
    towns: Collection[str] | Mapping[str, str],
) -> list[tuple[str, str]]:
    """Which normal form is which practice.

    An alias holds before a practice's own name, and that before a variant. A form that two practices claim with the
    same right is neither's.

    Args:
        practices: rows of ``praktijken`` (praktijk_id, naam and, for a mapping of towns, gemeentecode).
        aliases: rows of ``verwijzer_aliassen`` (naam, praktijk_id).
        towns: names of the deployment's municipalities; as a mapping gemeentecode → name, a practice gets only its own
            municipality's name behind its own.

    Returns:
        (normal form, practice_id), each form once, in order.
    """
    names = towns.values() if isinstance(towns, Mapping) else towns
    own_town: dict[str | None, list[str]] = {}
    claims: dict[str, dict[_Claim, set[str]]] = defaultdict(lambda: defaultdict(set))

    def claim(row: Mapping[str, str | None], kind: _Claim) -> None:
        name, practice = row["naam"] or "", row["praktijk_id"] or ""
        if not practice or not normalise_name(name):
            return
        near = own_town.get(practice, []) if isinstance(towns, Mapping) else list(names)
        bare = _without_towns(normalise_name(name), names)
        for form in name_variants(name, near) | name_variants(bare, near):
            claims[form][_Claim.VARIANT].add(practice)
        claims[normalise_name(name)][kind].add(practice)

    for row in (practices := list(practices)):
        if isinstance(towns, Mapping) and row.get("gemeentecode") in towns:
            own_town[row["praktijk_id"]] = [towns[row["gemeentecode"] or ""]]
    for row in practices:
        claim(row, _Claim.OWN_NAME)
    for row in aliases:
        claim(row, _Claim.ALIAS)
    best = {form: by_kind[min(by_kind)] for form, by_kind in claims.items()}
    return sorted((form, min(owners)) for form, owners in best.items() if len(owners) == 1)


def suggest(name: str, candidates: Sequence[tuple[str, str]], limit: int = 3) -> list[tuple[str, float]]:
    """The practices whose names look most like a name.

    Args:
        name: the name, in any form.
        candidates: (normal form, practice_id), as ``practice_names`` gives them.
        limit: how many practices at most.

    Returns:
        (practice_id, score from 60 to 100), best first; equal scores in order of practice.
    """
    best: dict[str, float] = {}
    wanted = normalise_name(name)
    forms = [form for form, _ in candidates]
    for _, score, place in process.extract(wanted, forms, scorer=fuzz.WRatio, limit=None, score_cutoff=_MIN_SCORE):
        practice = candidates[place][1]
        best[practice] = max(score, best.get(practice, 0.0))
    ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))
    return [(practice, round(score, 1)) for practice, score in ranked[:limit]]
