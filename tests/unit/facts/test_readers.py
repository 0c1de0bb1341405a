"""What a piece of evidence says, from its bytes alone."""

import json
from typing import Any

import pytest

from proposer.facts.readers import UnreadableError, read

COMMIT = "c" * 40


def junit(cases: str, suite: str = "") -> bytes:
    return f'<testsuites><testsuite name="s" {suite}>{cases}</testsuite></testsuites>'.encode()


def sarif(*results: dict[str, Any], **run: Any) -> bytes:
    tool = {"driver": {"name": "x", "rules": [{"id": "E", "defaultConfiguration": {"level": "error"}}]}}
    return json.dumps({"version": "2.1.0", "runs": [{"tool": tool, "results": list(results), **run}]}).encode()


def made(**document: Any) -> bytes:
    return json.dumps(document).encode()


AUDITED = {"name": "a", "version": "1", "vulns": []}
DRILL = {"name": "d", "outcome": "contained"}
CHECK = {"schema": "proposer/lock/v1", "action": "check", "exit": 0, "differences": []}


@pytest.mark.parametrize(
    ("data", "kind", "good"),
    [
        pytest.param(junit('<testcase name="a"/>'), "junit", True, id="tests-pass"),
        pytest.param(junit('<testcase name="a"><failure/></testcase>'), "junit", False, id="a-test-fails"),
        pytest.param(junit('<testcase name="a"><error/></testcase>'), "junit", False, id="a-test-breaks"),
        pytest.param(junit(""), "junit", False, id="no-test"),
        pytest.param(junit('<testcase name="a"><skipped/></testcase>'), "junit", False, id="no-test-ran"),
        pytest.param(junit('<testcase name="a"/>', 'failures="1"'), "junit", False, id="the-suite-counts-a-failure"),
        pytest.param(b'\xef\xbb\xbf<testsuite><testcase name="a"/></testsuite>', "junit", True, id="byte-order-mark"),
        pytest.param(b'<coverage line-rate="0.9"/>', "coverage", True, id="cobertura"),
        pytest.param(made(totals={"percent_covered": 91.2}, meta={}), "coverage", True, id="coverage-json"),
        pytest.param(made(dependencies=[AUDITED]), "pip-audit", True, id="nothing-known"),
        pytest.param(made(dependencies=[AUDITED | {"vulns": [{"id": "V"}]}]), "pip-audit", False, id="a-vulnerability"),
        pytest.param(made(dependencies=[]), "pip-audit", False, id="an-audit-of-nothing"),
        pytest.param(made(dependencies=[{"name": "a", "skip_reason": "x"}]), "pip-audit", False, id="all-skipped"),
        pytest.param(json.dumps([AUDITED]).encode(), "pip-audit", True, id="an-old-audit"),
        pytest.param(sarif(), "sarif", True, id="no-result"),
        pytest.param(sarif({"ruleId": "x", "level": "warning"}), "sarif", True, id="a-warning"),
        pytest.param(sarif({"ruleId": "x", "level": "error"}), "sarif", False, id="an-error"),
        pytest.param(sarif({"ruleId": "E"}), "sarif", False, id="an-error-by-its-rule"),
        pytest.param(sarif({"level": "error", "suppressions": [{"kind": "inSource"}]}), "sarif", True, id="suppressed"),
        pytest.param(sarif(invocations=[{"executionSuccessful": False}]), "sarif", False, id="the-scanner-failed"),
        pytest.param(made(version="2.1.0", runs=[]), "sarif", False, id="no-scanner-ran"),
        pytest.param(made(schema="proposer/drills/v1", drills=[DRILL]), "drills", True, id="contained"),
        pytest.param(made(schema="proposer/drills/v1", drills=[DRILL, DRILL | {"outcome": "escaped"}]), "drills", False,
                     id="escaped"),
        pytest.param(made(schema="proposer/drills/v1", drills=[DRILL | {"outcome": "unavailable"}]), "drills", False,
                     id="not-tried"),
        pytest.param(made(schema="proposer/drills/v1", drills=[]), "drills", False, id="no-drill"),
        pytest.param(made(**CHECK), "lock", True, id="the-lock-fits"),
        pytest.param(made(**CHECK | {"differences": ["x"], "exit": 3}), "lock", False, id="the-lock-differs"),
        pytest.param(made(**CHECK | {"action": "write"}), "lock", False, id="a-lock-that-was-written"),
    ],
)  # fmt: skip
def test_what_a_report_says(data: bytes, kind: str, good: bool) -> None:
    found = read(data)
    assert (found.kind, found.good) == (kind, good), found.told


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"passed", id="text"),
        pytest.param(b"{}", id="an-object-of-nothing"),
        pytest.param(b"[" * 100_000, id="nested-beyond-reason"),
        pytest.param(b"<testsuites>", id="cut-short"),
        pytest.param(b"<html/>", id="another-xml"),
        pytest.param(b'<coverage line-rate="much"/>', id="no-number"),
        pytest.param(b'<coverage line-rate="nan"/>', id="not-a-number"),
        pytest.param(b'<coverage line-rate="7"/>', id="more-than-all"),
        pytest.param(b'{"totals": {"percent_covered": NaN}}', id="json-nan"),
        pytest.param(b'{"totals": {"percent_covered": "x"}}', id="json-no-number"),
        pytest.param(b'{"totals": 3}', id="a-wrong-type"),
        pytest.param(b'{"dependencies": [3]}', id="a-wrong-row"),
        pytest.param(b'{"schema": "proposer/drills/v1"}', id="drills-without-drills"),
        pytest.param(b'{"version": "2.1.0", "runs": [3]}', id="a-wrong-run"),
        pytest.param(b'<!DOCTYPE t [<!ENTITY a "b">]><testsuites>&a;</testsuites>', id="an-entity"),
        pytest.param(b'<!DOCTYPE t SYSTEM "file:///etc/passwd"><testsuites/>', id="a-foreign-type"),
    ],
)
def test_what_is_damaged_or_unknown_is_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        read(data)


def test_reports_that_name_their_commit_and_time_are_believed_to_mean_it() -> None:
    properties = f'<properties><property name="commit" value="{COMMIT}"/></properties><testcase name="a"/>'
    found = read(junit(properties, 'timestamp="2026-01-02T03:04:05+00:00"'))
    assert (found.commit, found.made_at) == (COMMIT, "2026-01-02T03:04:05+00:00")
    found = read(sarif(versionControlProvenance=[{"repositoryUri": "x", "revisionId": COMMIT}],
                       invocations=[{"endTimeUtc": "2026-01-02T03:04:05Z", "executionSuccessful": True}]))  # fmt: skip
    assert (found.commit, found.made_at, found.good) == (COMMIT, "2026-01-02T03:04:05Z", True)
