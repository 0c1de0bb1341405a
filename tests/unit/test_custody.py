"""Showing and verifying records; a record may come from anybody, so what is printed of it is harmless."""

import pytest

from lab import Lab
from proposer import custody
from proposer.errors import UsageError

NASTY = "a\x1b[31mb\n::error::c ##[group]d\u202e"


def printed(result: custody.Result, capsys: pytest.CaptureFixture[str]) -> str:
    result.show()
    found = capsys.readouterr()
    return found.out + found.err


def harmless(text: str) -> bool:
    lines = [line.lstrip() for line in text.splitlines()]
    return not ({"\x1b", "\u202e"} & set(text) or "##[" in text or any(line.startswith("::") for line in lines))


def test_values_of_a_record_are_printed_as_harmless_lines(capsys: pytest.CaptureFixture[str]) -> None:
    provenance = {
        "tool": {"model": NASTY}, "run": {"actor": NASTY, "git": {"base_sha": NASTY}},
        "inputs": {"untrusted": [{"name": NASTY}]}, "policy": {},
    }  # fmt: skip
    text = printed(custody.Result(run="r", verified=None, provenance=provenance), capsys)
    assert harmless(text)
    assert "actor" in text


def test_problems_are_printed_as_harmless_lines_and_the_code_is_7(capsys: pytest.CaptureFixture[str]) -> None:
    result = custody.Result(run="r", verified=False, problems=(f"{NASTY} was added",))
    text = printed(result, capsys)
    assert harmless(text)
    assert "does not verify" in text
    assert (result.exit_code, result.document()["verified"]) == (7, False)


def test_a_run_that_is_not_there_is_a_usage_error(repo: Lab) -> None:
    for use in (custody.show, custody.verify):
        with pytest.raises(UsageError, match="there is no run 'x'"):
            use(repo.root, "x")


def test_records_that_a_commit_brought_along_vouch_for_nothing(repo: Lab) -> None:
    repo.write(".proposer/ledger", "x")
    repo.git("add", "-f", ".proposer")
    for use in (custody.show, custody.verify):
        with pytest.raises(UsageError, match="is tracked by git"):
            use(repo.root, "x")
