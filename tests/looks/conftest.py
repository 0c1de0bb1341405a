"""A browser without a screen, and pages made of records that never were."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from history import History
from lab import Lab, wire
from month import NOW, month
from proposer import locking
from proposer.provenance.record import Store
from proposer.reports.overview import page as pages
from screen import Opener, Seen

_NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium as the system has it: nothing is downloaded."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    assert found, "chromium is not installed: apt-get install chromium"
    # As root its sandbox does not start, and nothing but the page of the test is opened.
    arguments = ["--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def born(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], History]:
    """Makes repositories that are wired and have no run yet."""

    def bear(name: str) -> History:
        folder = tmp_path_factory.mktemp(name)
        root = folder / "repo"
        root.mkdir()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("HOME", str(folder))
            lab = Lab(root=root, scratch=folder, home=folder)
            lab.git("init", "-q", "-b", "main")
            wire(root)
            lab.git("add", "-A")
            locking.write(root)
            lab.commit("lock")
        return History(Store(root))

    return bear


@pytest.fixture(scope="session")
def report(born: Callable[[str], History], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page about a month of mixed runs."""
    history = month(born("month"))
    path = tmp_path_factory.mktemp("pages") / "month.html"
    pages.write(pages.render(history.store.root, NOW), path)
    return path


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Opener]:
    """Opens a file in a fresh window of a width and a scheme, and takes down what it does."""
    contexts = []

    def open_it(path: Path, *, width: int = 1280, scheme: str = "light", hash: str = "", script: bool = True) -> Seen:  # noqa: A002
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script,  # type: ignore[arg-type]
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        seen = Seen(page)
        page.on("console", lambda message: seen.faults.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: seen.faults.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (seen.faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: seen.requests.append(request.url))
        context.on("page", lambda other: seen.faults.append(f"another page: {other.url}") if other != page else None)
        page.goto(f"{path.as_uri()}{hash}", wait_until="load")
        return seen

    yield open_it
    for context in contexts:
        context.close()
