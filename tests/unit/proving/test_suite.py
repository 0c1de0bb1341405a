"""The results of a suite: exit code, JSON, table and JUnit, also where a drill's own words are hostile."""

import io
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from proposer.errors import UsageError
from proposer.proving.result import Result
from proposer.proving.suite import Suite


def result(name: str, outcome: Any, **more: Any) -> Result:
    told = {"tried": f"try {name}", "reached": outcome != "unavailable", "stopped_by": None} | more
    if outcome == "contained":
        told["stopped_by"] = "sandbox"
    return Result(name=name, outcome=outcome, **told)


MIXED = Suite(
    results=[
        result("one", "contained"),
        result("two", "escaped", detail="a canary came out: output", evidence=".proposer/drills/two"),
        result("three", "unavailable", detail="the sandbox does not start here", remedy="allow user namespaces"),
    ],
    seconds=3.2,
)


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ([], 0),
        (["contained"], 0),
        (["contained", "unavailable"], 4),
        (["unavailable", "escaped", "contained"], 8),
        (["escaped"], 8),
    ],
)
def test_the_worst_result_gives_the_exit_code(outcomes: list[str], code: int) -> None:
    assert Suite(results=[result(f"d{n}", one) for n, one in enumerate(outcomes)], seconds=0).exit_code == code


def test_the_document_has_the_documented_keys() -> None:
    document = MIXED.document()
    assert document["schema"] == "proposer/drills/v1"
    assert document["drills"][0] == {
        "name": "one", "tried": "try one", "reached": True, "stopped_by": "sandbox", "outcome": "contained",
    }  # fmt: skip
    assert [drill["stopped_by"] for drill in document["drills"]] == ["sandbox", None, None]


def test_the_table_says_what_helps() -> None:
    stream = io.StringIO()
    MIXED.show(stream)
    text = stream.getvalue()
    for words in ("stopped by", "try one", "a canary came out", ".proposer/drills/two", "allow user namespaces"):
        assert words in text
    assert "1 contained, 1 unavailable, 1 escaped" in text


def test_the_words_of_a_drill_are_no_orders_to_a_terminal_or_a_runner() -> None:
    stream = io.StringIO()
    hostile = "::error::x\x1b[31m [bold]y[/] \n##[command]z"
    Suite(results=[result("one", "escaped", tried=hostile, detail=hostile, remedy=hostile)], seconds=0).show(stream)
    text = stream.getvalue()
    assert "\x1b" not in text
    assert "[bold]y[/]" in text
    assert "##[" not in text
    assert not any(line.strip().startswith("::") for line in text.splitlines())


def test_junit_tells_failures_from_what_was_left_out(tmp_path: Path) -> None:
    path = tmp_path / "new" / "drills.xml"
    Suite(results=[*MIXED.results, result("four", "escaped", tried="a\x00b\x1b")], seconds=1).junit(path)
    suite = ET.parse(path).getroot()  # noqa: S314 - written above
    assert {key: suite.get(key) for key in ("tests", "failures", "skipped", "errors")} == {
        "tests": "4", "failures": "2", "skipped": "1", "errors": "0",
    }  # fmt: skip
    cases = {case.get("name"): [child.tag for child in case] for case in suite}
    assert cases["one"] == ["system-out"]
    assert cases["two"] == ["failure", "system-out"]
    assert cases["three"] == ["skipped", "system-out"]


def test_a_junit_file_that_cannot_be_written_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="--junit"):
        MIXED.junit(tmp_path / "file" / "x.xml")


def test_progress_tells_why_and_what_helps_where_an_attack_was_not_contained() -> None:
    assert [one.told() for one in MIXED.results] == [
        "one: contained",
        "two: escaped (a canary came out: output)",
        "three: unavailable (the sandbox does not start here; allow user namespaces)",
    ]
