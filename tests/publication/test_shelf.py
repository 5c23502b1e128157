"""Kept publications: how many, going back, and what a killed run leaves among them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.home import Home
from pipelines.publication import PublicationError, discard_earlier, kept, manifest, publish, roll_back, shelf
from tests.publication.homes import audited_candidate, number_of, publish_number


def _live(home: Home) -> int:
    exact, published = number_of(home.warehouse), number_of(home.published / "jeugdspiegel.duckdb")
    assert exact == published
    return exact


def _kept(home: Home) -> list[int]:
    return [number_of(publication.folder / "warehouse.duckdb") for publication in kept(home)]


def test_so_many_publications_are_kept_as_the_settings_say(home: Home) -> None:
    removed = [publish_number(home, number, keep=3).removed for number in range(1, 6)]

    assert _kept(home) == [3, 4, 5]
    assert [len(names) for names in removed] == [0, 0, 0, 1, 1]
    assert _live(home) == 5
    assert [publication.is_current for publication in kept(home)] == [False, False, True]


def test_rolling_back_goes_to_what_was_live_before_and_names_both(home: Home) -> None:
    first, second, third = (publish_number(home, number).name for number in (1, 2, 3))

    assert roll_back(home) == shelf.RolledBack(before=third, now=second)
    assert _live(home) == 2
    assert shelf.rolled_back_from(home) == third
    assert roll_back(home).now == first
    assert _live(home) == 1
    with pytest.raises(PublicationError, match="no such publication to go back to"):
        roll_back(home)


def test_rolling_back_after_a_new_publication_skips_the_one_that_was_withdrawn(home: Home) -> None:
    publish_number(home, 1)
    publish_number(home, 2)
    roll_back(home)
    publish_number(home, 3)

    roll_back(home)

    assert _live(home) == 1


def test_rolling_back_to_a_name_puts_that_one_live(home: Home) -> None:
    names = [publish_number(home, number).name for number in (1, 2, 3)]

    roll_back(home, names[0])
    assert _live(home) == 1
    roll_back(home, names[2])
    assert _live(home) == 3
    assert shelf.rolled_back_from(home) is None
    with pytest.raises(PublicationError, match="kept besides the live one"):
        roll_back(home, "20190101T000000.000000Z-00000000")


def test_what_was_withdrawn_makes_way_before_what_was_live_before_the_present_one(home: Home) -> None:
    publish_number(home, 1)
    publish_number(home, 2)
    roll_back(home)

    publish_number(home, 3, keep=2)

    assert _kept(home) == [1, 3]


def test_nothing_published_cannot_be_rolled_back(home: Home) -> None:
    with pytest.raises(PublicationError, match="nothing to go back to"):
        roll_back(home)


@pytest.mark.parametrize("path", ["published/jeugdspiegel.duckdb", "warehouse.duckdb", "published/manifest.json"])
def test_publication_with_a_changed_or_lost_file_is_not_put_live_again(home: Home, path: str) -> None:
    folder = home.publications / publish_number(home, 1).name
    publish_number(home, 2)
    (folder / path).write_bytes((folder / path).read_bytes()[:-1])

    with pytest.raises(PublicationError, match=f"is not whole: {path}"):
        roll_back(home)

    (folder / path).unlink()
    with pytest.raises(PublicationError, match=f"is not whole: {path}"):
        roll_back(home)
    assert _live(home) == 2


def test_publication_that_never_went_live_is_not_kept_and_makes_way(home: Home) -> None:
    """A run was killed between its last file and the swap."""
    publish_number(home, 1)
    whole = home.publications / publish_number(home, 2).name
    shelf._replace_by_link(home.current, Path("publications") / kept(home)[0].name)
    (whole / "live").unlink()

    assert _kept(home) == [1]
    publish_number(home, 3)

    assert _kept(home) == [1, 3]
    assert not whole.exists()


def test_publication_swapped_but_not_marked_when_the_run_was_killed_stays_one_to_go_back_to(home: Home) -> None:
    publish_number(home, 1)
    (home.current / "live").unlink()

    publish_number(home, 2)

    assert _kept(home) == [1, 2]


def test_half_removed_publication_is_not_one_and_is_removed_by_the_next(home: Home) -> None:
    first = publish_number(home, 1)
    publish_number(home, 2)
    half = home.publications / f".{first.name}"
    (home.publications / first.name).rename(half)
    (half / "warehouse.duckdb").unlink()

    assert _kept(home) == [2]
    publish_number(home, 3)

    assert not half.exists()


def test_clock_turned_back_does_not_change_the_order(home: Home) -> None:
    publish_number(home, 1)
    audited_candidate(home, 2)

    publish(home, keep=7, now=datetime(2001, 1, 1, tzinfo=UTC))

    assert _kept(home) == [1, 2]


def test_folder_of_somebody_else_among_the_publications_is_left_alone(home: Home) -> None:
    own = home.publications / "my backups"
    own.mkdir(parents=True)

    publish_number(home, 1, keep=1)
    publish_number(home, 2, keep=1)

    assert own.is_dir()
    assert _kept(home) == [2]


def test_discarding_leaves_the_live_publication_alone(home: Home) -> None:
    first, second = publish_number(home, 1), publish_number(home, 2)

    assert discard_earlier(home) == (first.name,)

    assert [publication.name for publication in kept(home)] == [second.name]
    assert _live(home) == 2


def test_two_at_a_time_do_not_change_what_is_live(home: Home) -> None:
    publish_number(home, 1)
    publish_number(home, 2)

    with shelf.locked(home), pytest.raises(PublicationError, match="another process"):
        roll_back(home)


def test_home_moved_elsewhere_keeps_its_publications(home: Home) -> None:
    publish_number(home, 1)
    publish_number(home, 2)
    moved = Home(home.root.with_name("moved"))
    home.root.rename(moved.root)

    assert _live(moved) == 2
    roll_back(moved)
    assert _live(moved) == 1


def test_manifest_names_what_the_publication_was_made_from_and_every_file(home: Home) -> None:
    name = publish_number(home, 1).name

    private = manifest.read(home.current)
    public = manifest.read(home.published)

    assert private["publication"] == public["publication"] == name
    assert private["deliveries"] == ["a1"]
    assert public["deliveries"] == 1
    assert public["parameters"] == [{"parameter": "max_gap_days", "value": "31"}]
    assert public["rows"] == {"marts.practice_years": 5, "marts.referral_trend": 5}
    below = {path.relative_to(home.published).as_posix() for path in home.published.rglob("*") if path.is_file()}
    assert set(public["files"]) == below - {"manifest.json"}
    assert {"warehouse.duckdb", "mask.parquet", "audit.json", "published/manifest.json"} <= set(private["files"])
    assert public["libraries"]["duckdb"]
    assert len(public["code"]["digest"]) == 64
    assert manifest.first_damaged(home.current) is None
    assert manifest.first_damaged(home.published) is None


def test_manifests_of_two_publications_of_the_same_differ_in_the_moment_alone(home: Home) -> None:
    def of_the_figures(folder: Path) -> dict[str, object]:
        values = manifest.read(folder)
        files = {name: about for name, about in values["files"].items() if not name.endswith(".duckdb")}
        moment = {"publication", "published_at", "previous"}
        return {key: value for key, value in values.items() if key not in moment} | {"files": files}

    publish_number(home, 1)
    first = of_the_figures(home.published)
    publish_number(home, 1)

    assert of_the_figures(home.published) == first
