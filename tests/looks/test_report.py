"""The page about a month of mixed runs, looked at: complete, quiet, accessible, and what matters stands first."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from month import DEAREST, P0
from screen import Opener

WIDTHS, SCHEMES = (1280, 390), ("light", "dark")


def first_run(path: Path) -> str:
    """Return the id of the run with the open P0, which is told first."""
    return path.read_text(encoding="utf-8").partition('id="run-')[2].partition('"')[0]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_it_asks_for_nothing_says_nothing_and_fits(
    report: Path, opened: Opener, tmp_path: Path, width: int, scheme: str
) -> None:
    seen = opened(report, width=width, scheme=scheme)
    shot = seen.page.screenshot(path=tmp_path / f"report-{width}-{scheme}.png", full_page=True)
    assert shot.startswith(b"\x89PNG")
    assert (seen.faults, seen.requests) == ([], [report.as_uri()])
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("part", ["overview", "run"])
def test_axe_finds_nothing(report: Path, opened: Opener, width: int, scheme: str, part: str) -> None:
    at = f"#run-{first_run(report)}" if part == "run" else ""
    page = opened(report, width=width, scheme=scheme, hash=at).page
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_axe_would_find_something(report: Path, opened: Opener) -> None:
    page = opened(report).page
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert Axe().run(page).violations_count == 1


@pytest.mark.parametrize("width", WIDTHS)
def test_the_open_p0_and_the_dearest_workflow_stand_on_the_first_screen(
    report: Path, opened: Opener, width: int
) -> None:
    page = opened(report, width=width).page
    for wanted in (page.get_by_text(P0).first, page.locator(".big", has_text=DEAREST)):
        box = wanted.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 900


def test_the_p0_is_one_click_from_what_the_model_did(report: Path, opened: Opener) -> None:
    seen = opened(report)
    seen.page.locator(".alarm a").first.click()
    run = seen.page.locator(f"#run-{first_run(report)}")
    assert run.is_visible()
    assert not seen.page.locator("#all").is_visible()
    assert seen.page.evaluate("document.activeElement.id") == f"run-{first_run(report)}"
    text = run.inner_text()
    for wanted in (P0, "git push origin HEAD", "refused: rejected", "src/ledger/finance/services.py:87-88", "Ledger"):
        assert wanted in text
    run.get_by_text("all runs").click()
    assert seen.page.locator("#all").is_visible()
    assert (seen.faults, len(seen.requests)) == ([], 1)


def test_tables_are_sorted_by_the_keyboard_and_filtered(report: Path, opened: Opener) -> None:
    page = opened(report).page
    head = page.locator("#t-workflows th", has_text="cost")
    head.locator("button").focus()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert page.locator("#t-workflows tbody tr").first.inner_text().startswith(DEAREST)
    page.locator("#f-findings").fill("P0 retry")
    assert page.locator("#t-findings tbody tr:visible").count() == 1
    assert page.locator('[data-filters="t-findings"] [role=status]').inner_text().startswith("1 of ")


def test_without_scripts_all_of_it_can_be_read(report: Path, opened: Opener) -> None:
    page = opened(report, script=False).page
    assert page.locator("#t-runs tbody tr").count() == 123
    assert not page.locator("#f-runs").is_visible()
    page.locator(".alarm a").first.click()
    assert page.locator(f"#run-{first_run(report)}").is_visible()


def test_charts_follow_the_scheme_and_their_text_is_text(report: Path, opened: Opener) -> None:
    colours = {}
    for scheme in SCHEMES:
        page = opened(report, scheme=scheme).page
        text = page.locator("figure svg text", has_text="autofix").first
        colours[scheme] = text.evaluate("(one) => getComputedStyle(one).fill")
    assert len(set(colours.values())) == 2
