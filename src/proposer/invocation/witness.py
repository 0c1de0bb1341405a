"""A pytest plugin that lies beside code under test: it tells what became of each test, and where modules came from.

The file is copied into a run's folder as it stands, so it uses the standard library alone and knows nothing of pytest
but the names of its hooks.
"""

import json
import os
import sys
from typing import Any

__all__ = ["ELSEWHERE", "pytest_configure", "pytest_sessionfinish"]

ELSEWHERE = 87
"""Exit status of a test run that took code from somewhere else than the copy."""
# Taken out of the environment: what the tests start themselves is no run of the checks.
_receipts = [path for path in [os.environ.pop("PROPOSER_RECEIPT", "")] if path]


class _Receipt:
    """Appends one line of JSON: how many tests were to run, and what became of those that did."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._items: int | None = None  # workers of pytest-xdist collect by themselves
        self._outcomes: dict[str, str] = {}

    def pytest_collection_finish(self, session: Any) -> None:
        self._items = len({item.nodeid for item in session.items})

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self._outcomes[report.nodeid] = "failed"

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self._outcomes[report.nodeid] = "failed"
        elif report.skipped:
            self._outcomes.setdefault(report.nodeid, "xfailed" if hasattr(report, "wasxfail") else "skipped")
        elif report.when == "call" and self._outcomes.get(report.nodeid) != "failed":
            self._outcomes[report.nodeid] = "passed"

    def pytest_sessionfinish(self) -> None:
        with open(self._path, "a", encoding="utf-8") as stream:  # noqa: PTH123 - pathlib may be what is under test
            stream.write(json.dumps({"items": self._items, "outcomes": self._outcomes}) + "\n")


def pytest_configure(config: Any) -> None:
    """Keep a receipt of the first session of this process, unless it is a worker of pytest-xdist."""
    if _receipts and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Receipt(_receipts[0]), "proposer_receipt")
    _receipts.clear()


def pytest_sessionfinish(session: Any) -> None:
    """End a test run whose modules came from somewhere else than the copy that is tried."""
    root = os.path.realpath(os.environ["PROPOSER_COPY"])
    names = set(filter(None, os.environ["PROPOSER_MODULES"].split(",")))
    foreign = []
    for name, module in sorted(sys.modules.items()):
        path = getattr(module, "__file__", None)
        if name.partition(".")[0] in names and path and not os.path.realpath(path).startswith(root + os.sep):
            foreign.append(f"{name} came from {path}")
    if foreign:
        sys.stderr.write("not from the proposal: " + "; ".join(foreign[:5]) + "\n")
        sys.stderr.flush()
        session.exitstatus = ELSEWHERE
