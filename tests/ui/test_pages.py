"""What an operator sees in the morning: the browser test of the pages that ``make ui`` serves.

One browser, one start of Dagster, in this order; the screenshots are kept in ``build/screenshots``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.ui.conftest import CHROMIUM, FAILED_CHECK, SCREENSHOTS, Pages, wait_until

MONTHS = ("2019-01-01", "2019-02-01")
PATIENCE_MS = 120_000


@pytest.fixture(scope="module")
def page(pages: Pages) -> Iterator[Page]:
    """One tab."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        tab = browser.new_page(viewport={"width": 1500, "height": 950})
        tab.set_default_timeout(PATIENCE_MS)
        yield tab
        browser.close()


def _keep(page: Page, name: str) -> None:
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def _freshness(pages: Pages, asset: list[str]) -> str:
    path = ", ".join(f'"{part}"' for part in asset)
    query = (
        "{ assetNodeOrError(assetKey: {path: [%s]}) { ... on AssetNode { freshnessStatusInfo { freshnessStatus } } } }"
    )
    info = pages.ask(query % path)["assetNodeOrError"]["freshnessStatusInfo"]
    return str(info["freshnessStatus"]) if info else "NONE"


def test_asset_graph_shows_the_groups_of_the_flow(page: Page, pages: Pages) -> None:
    page.goto(f"{pages.url}/asset-groups")

    for group in ("lake", "reference", "care_profiles", "staging", "intermediate", "marts", "ops", "publication"):
        expect(page.get_by_text(group, exact=True).first).to_be_visible()
    _keep(page, "asset_graph")


def test_materialisation_is_shown_with_its_metadata(page: Page, pages: Pages) -> None:
    page.goto(f"{pages.url}/assets/publication")

    expect(page.get_by_text("Latest materialization").first).to_be_visible()
    expect(page.get_by_text("rows/marts.practice_years", exact=True).first).to_be_visible()
    expect(page.get_by_text(re.compile(r"/published$")).first).to_be_visible()
    _keep(page, "materialisation")


def test_failing_check_is_shown_as_failing(page: Page, pages: Pages) -> None:
    page.goto(f"{pages.url}/assets/protected?view=checks&checkDetail={FAILED_CHECK}")

    expect(page.get_by_text("Failed", exact=True).first).to_be_visible()
    expect(page.get_by_text("moved by more than max_cost_drift").first).to_be_visible()
    _keep(page, "failing_check")


def test_backfill_of_two_months_is_launched_from_the_page(page: Page, pages: Pages) -> None:
    page.goto(f"{pages.url}/assets/lake/declaration_lines?view=partitions")
    page.get_by_role("button", name="Materialize").first.click()
    confirm = page.get_by_role("button", name="Confirm", exact=True)
    launch = page.get_by_role("button", name="Launch backfill")
    # The datasets of the lake are made together: Dagster asks whether that is meant.
    expect(confirm.or_(launch).first).to_be_visible()
    if confirm.is_visible():
        confirm.click()
    show_all = page.get_by_role("button", name="Show all partitions")
    expect(launch).to_be_visible()
    if show_all.is_visible():
        show_all.click()
    dialog = page.get_by_role("dialog").last
    dialog.get_by_role("button", name="Custom").click()
    selection = dialog.get_by_placeholder("ex:")
    selection.fill(f"[{MONTHS[0]}...{MONTHS[1]}]")
    selection.press("Enter")
    expect(dialog.get_by_text("2 partitions").first).to_be_visible()
    _keep(page, "backfill_dialog")
    launch.click()

    backfills = "{ partitionBackfillsOrError { ... on PartitionBackfills { results { status partitionNames } } } }"

    def results() -> list[dict[str, object]]:
        return list(pages.ask(backfills)["partitionBackfillsOrError"]["results"])

    wait_until(
        lambda: bool(results()) and results()[0]["status"] not in ("REQUESTED", "CANCELING"), "the backfill ends"
    )
    assert [result["status"] for result in results()] == ["COMPLETED_SUCCESS"]
    assert results()[0]["partitionNames"] == list(MONTHS)
    # Two months, one run.
    runs = pages.ask("{ runsOrError(filter: {tags: []}) { ... on Runs { results { status tags { key } } } } }")
    of_backfills = [
        run for run in runs["runsOrError"]["results"] if any(tag["key"] == "dagster/backfill" for tag in run["tags"])
    ]
    assert [run["status"] for run in of_backfills] == ["SUCCESS"]
    page.goto(f"{pages.url}/overview/backfills")
    expect(page.get_by_text("Manually launched").first).to_be_visible()
    expect(page.get_by_text("Success").first).to_be_visible()
    _keep(page, "backfill")


def test_care_that_stopped_arriving_is_shown_as_overdue_after_the_clock_moves(page: Page, pages: Pages) -> None:
    asset = ["declarations", "ggz_kort_basis"]
    wait_until(lambda: _freshness(pages, asset) == "HEALTHY", "the declarations are fresh")
    page.goto(f"{pages.url}/assets/{'/'.join(asset)}")
    expect(page.get_by_text("Passing", exact=True).first).to_be_visible()

    pages.clock.write_text("100", encoding="ascii")

    wait_until(lambda: _freshness(pages, asset) == "DEGRADED", "the declarations are overdue")
    page.goto(f"{pages.url}/assets/{'/'.join(asset)}")
    expect(page.get_by_text("Freshness policy").first).to_be_visible()
    expect(page.get_by_text("Failed", exact=True).first).to_be_visible()
    _keep(page, "overdue")


def test_documentation_of_the_models_is_a_page_that_works(page: Page, pages: Pages) -> None:
    pages_of_models = pages.home.published / "models" / "index.html"
    page.goto(f"{pages_of_models.as_uri()}#!/model/model.jeugdspiegel.practice_years")

    expect(page.get_by_text("One row per municipality, practice, year and domain").first).to_be_visible()
    expect(page.get_by_text("municipality_code", exact=True).first).to_be_visible()
    _keep(page, "models")
