"""The table of commands is complete, or says what is missing."""

import pytest

from proposer.config import assets
from proposer.errors import UsageError
from proposer.proving import cases
from proposer.proving.cases import MINIMUM

ROW = '{ command = "git push", execpolicy = "forbidden", run = "rules" }'


def table(row: str) -> bytes:
    return f"version = 1\ncase = [{row}]\n".encode()


def test_a_case_is_read() -> None:
    (case,) = cases.parse(table(ROW))
    assert (case.words, case.execpolicy, case.run) == (["git", "push"], "forbidden", "rules")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(b"version = 2\ncase = []", "version", id="another-version"),
        pytest.param(b"version = 1\ncase = []", "case", id="no-case"),
        pytest.param(b"version = 1\ncase = [", "cannot be read", id="not-toml"),
        pytest.param(b"\xff", "cannot be read", id="not-utf8"),
        pytest.param(table(ROW.replace("forbidden", "allow")), "execpolicy", id="an-allow-is-never-right"),
        pytest.param(table(ROW.replace("rules", "runs")), "contained_by", id="a-bypass-without-containment"),
        pytest.param(table(ROW.replace("rules", "dies")), "run", id="unknown-fate"),
        pytest.param(table(ROW.replace("git push", "git 'push")), "no closing quotation", id="open-quote"),
        pytest.param(table(ROW.replace("run =", "rum =")), "run", id="typing-mistake"),
    ],
)
def test_a_table_that_is_not_complete_is_a_usage_error(data: bytes, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        cases.parse(data)
    assert words in caught.value.message
    assert "inv codex.lock" in caught.value.hint


def test_the_templates_table_holds_the_minimum_and_both_kinds_of_disagreement() -> None:
    path = assets.folder("template") / "{{cookiecutter.project_slug}}" / cases.CASES
    found = {case.command: case for case in cases.parse(path.read_bytes())}
    assert {command for group in MINIMUM.values() for command in group} <= set(found)
    pairs = {(case.execpolicy, case.run) for case in found.values()}
    assert {("none", "rules"), ("forbidden", "runs"), ("none", "codex"), ("none", "runs")} <= pairs
