"""Names of referrers: the same name in many spellings, and never one form for two practices."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.referrers import name_variants, normalise_name, practice_names, suggest

TOWNS = ("Weert", "Nederweert", "Bergeijk")
WORDS = st.sampled_from(
    [
        "De",
        "Linde",
        "Eik",
        "Zuid",
        "dr.",
        "J.P.",
        "Huisartsenpraktijk",
        "de heer",
        "Weert",
        "Gezondheidscentrum",
        "en",
        "Müller",
    ]
)
NAMES = st.one_of(st.text(max_size=24), st.lists(WORDS, max_size=5).map(" ".join))


def _practice(practice_id: str, name: str, municipality: str | None = None) -> dict[str, str | None]:
    return {"praktijk_id": practice_id, "naam": name, "gemeentecode": municipality}


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("Huisartsenpraktijk De Linde", "de linde"),
        ("DE  LINDE", "de linde"),
        ("De-Linde!", "de linde"),
        ("Groepspraktijk Müller & Øst", "muller ost"),
        ("Dr. J.P. Jansen", "jansen"),
        ("drs. A. de Vries, huisarts", "de vries"),
        ("de heer Jansen", "jansen"),
        ("Mevrouw Jansen", "jansen"),
        ("dhr. dr. Jansen", "jansen"),
        ("Maatschap HAP Stramproy-Ell", "stramproy ell"),
        ("Praktijk 2", "2"),
        ("Huisarts Heer", "heer"),
    ],
)
def test_titles_and_forms_of_practice_leave_the_name(name: str, form: str) -> None:
    assert normalise_name(name) == form


@pytest.mark.parametrize("name", ["Huisartsenpraktijk", "Praktijk A", "Dr. J.", "de heer"])
def test_nothing_but_titles_keeps_its_words(name: str) -> None:
    assert normalise_name(name) == " ".join(name.lower().replace(".", "").split())


def test_out_of_hours_service_is_not_a_practice() -> None:
    assert normalise_name("Huisartsenpost De Linde") != normalise_name("Huisartsenpraktijk De Linde")


@pytest.mark.parametrize("name", ["", "  ", "-,.", "€"])
def test_name_without_letters_has_no_form(name: str) -> None:
    assert normalise_name(name) == ""
    assert name_variants(name, TOWNS) == set()


@settings(max_examples=50, deadline=None)
@given(NAMES)
def test_normal_form_is_its_own_normal_form(name: str) -> None:
    assert normalise_name(normalise_name(name)) == normalise_name(name)


def test_town_in_a_message_fits_the_practice_without_and_the_reverse() -> None:
    assert normalise_name("De Linde, Weert") in name_variants("Huisartsenpraktijk De Linde", TOWNS)
    assert normalise_name("De Linde") in name_variants("Huisartsenpraktijk De Linde Weert", TOWNS)


def test_health_centre_is_also_known_without_that_word() -> None:
    assert "de linde" in name_variants("Gezondheidscentrum De Linde Weert", TOWNS)


def test_practice_named_after_its_town_keeps_the_town() -> None:
    assert name_variants("Huisartsenpraktijk Weert", TOWNS) == {"weert"}


def test_practice_without_a_name_never_becomes_its_town() -> None:
    assert name_variants("Huisartsenpraktijk", TOWNS) == {"huisartsenpraktijk"}


def test_particles_alone_are_no_variant() -> None:
    assert "te" not in name_variants("Praktijk te Weert", TOWNS)


@settings(max_examples=50, deadline=None)
@given(NAMES, st.permutations(TOWNS))
def test_variants_do_not_depend_on_the_order_of_towns_and_are_normal_forms(name: str, towns: list[str]) -> None:
    variants = name_variants(name, towns)
    assert variants == name_variants(name, TOWNS)
    assert all(form and form == normalise_name(form) for form in variants)


def test_form_of_two_practices_is_neithers() -> None:
    names = practice_names([_practice("P1", "De Linde Weert"), _practice("P2", "De Linde Bergeijk")], [], TOWNS)
    assert dict(names)["de linde weert"] == "P1"
    assert dict(names)["de linde bergeijk"] == "P2"
    assert "de linde" not in dict(names)


def test_two_practices_of_one_name_have_no_form() -> None:
    assert practice_names([_practice("P1", "De Linde"), _practice("P2", "Praktijk De Linde")], [], ()) == []


def test_alias_holds_before_a_name_and_a_name_before_a_variant() -> None:
    practices = [_practice("P1", "De Linde"), _practice("P2", "De Eik"), _practice("P3", "De Eik Weert")]
    names = dict(practice_names(practices, [{"naam": "Linde", "praktijk_id": "P2"}], TOWNS))
    assert names["linde"] == "P2"
    assert names["de eik weert"] == "P3"
    aliased = dict(practice_names(practices, [{"naam": "Huisarts De Linde", "praktijk_id": "P2"}], ()))
    assert aliased["de linde"] == "P2"


def test_mapping_of_towns_gives_a_practice_its_own_town_only() -> None:
    towns = {"0988": "Weert", "0946": "Nederweert"}
    names = dict(practice_names([_practice("P1", "De Linde", "0988")], [], towns))
    assert names == {"de linde": "P1", "de linde weert": "P1"}


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("ABC"), NAMES), max_size=6),
    st.lists(st.tuples(st.sampled_from("ABC"), NAMES), max_size=3),
)
def test_each_form_is_one_practice_in_any_order(
    practices: list[tuple[str, str]], aliases: list[tuple[str, str]]
) -> None:
    rows = [_practice(practice_id, name) for practice_id, name in practices]
    known = [{"naam": name, "praktijk_id": practice_id} for practice_id, name in aliases]
    names = practice_names(rows, known, TOWNS)
    assert len(dict(names)) == len(names)
    assert all(form for form, _ in names)
    assert practice_names(rows[::-1], known[::-1], TOWNS[::-1]) == names


def test_misspelt_name_suggests_its_practice_first() -> None:
    candidates = practice_names(
        [_practice("P1", "De Linde"), _practice("P2", "Maasoever"), _practice("P3", "Zuid")], [], ()
    )
    suggestions = suggest("Huisartsenpraktijk de Lindde", candidates)
    assert suggestions[0][0] == "P1"
    assert 60 <= suggestions[0][1] <= 100
    assert "P2" not in dict(suggestions)


def test_suggestions_name_a_practice_once_and_stop_at_the_limit() -> None:
    candidates = [("de linde", "P1"), ("de linde weert", "P1"), ("de lindes", "P2"), ("de lindez", "P3")]
    assert [practice for practice, _ in suggest("De Linde", candidates, limit=2)] == ["P1", "P2"]
