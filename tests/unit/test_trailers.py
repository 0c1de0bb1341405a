"""A commit that says that a run helped owes the statement of that run."""

import json
from pathlib import Path
from typing import Any

import pytest

from lab import Lab
from proposer.errors import UsageError
from proposer.trailers import examine

RUN = "20260102T030405Z-0123abcd"
TRAILER = f"Assisted-by: codex:gpt-5.5 (run {RUN})"


def stated(base: str, run: str = RUN, **more: Any) -> str:
    definition = {"resolvedDependencies": [{"name": "base", "digest": {"gitCommit": base}}]}
    details = {"metadata": {"invocationId": run}}
    statement = {
        "_type": "https://in-toto.io/Statement/v1", "subject": [{"name": "proposal.patch"}],
        "predicate": {"buildDefinition": definition, "runDetails": details},
    }  # fmt: skip
    return json.dumps(statement | more)


def examined(repo: Lab, *, text: str | None, message: str = f"change\n\n{TRAILER}", name: str = RUN) -> list[str]:
    start = repo.git("rev-parse", "HEAD")
    if text is not None:
        repo.write(f"provenance/{name}.statement.json", text)
    repo.write("note.txt", "changed\n")
    repo.commit(message)
    return [problem for _, problem in examine(repo.root, start).problems]


def test_a_statement_that_fits_is_good_and_the_commit_is_counted(repo: Lab) -> None:
    base = repo.git("rev-parse", "HEAD")
    assert examined(repo, text=stated(base)) == []
    result = examine(repo.root, base)
    assert (result.commits, result.assisted, result.exit_code) == (1, 1, 0)


def test_commits_without_a_trailer_owe_nothing(repo: Lab) -> None:
    assert examined(repo, text=None, message="change\n\nAssisted-by: another tool\nSigned-off-by: a") == []


OWED: list[tuple[str, dict[str, Any], str]] = [
    ("no statement", {"text": None}, "is not in the commit"),
    ("another run's file", {"text": "BASE", "name": RUN.replace("0123", "ffff")}, "is not in the commit"),
    ("no JSON", {"text": "{"}, "cannot be read"),
    ("no object", {"text": "[1]"}, "cannot be read"),
    ("nested without end", {"text": "[" * 100_000}, "cannot be read"),
    ("another format", {"text": stated("BASE", _type="x")}, "no in-toto statement"),
    ("no subject", {"text": stated("BASE", subject=[])}, "no in-toto statement"),
    ("another run in it", {"text": stated("BASE", run="20260102T030405Z-ffffffff")}, "statement of run"),
    ("a base that is elsewhere", {"text": stated("0" * 40)}, "no ancestor"),
    ("a base that is an option", {"text": stated("--help")}, "names no base"),
    ("a trailer without a run", {"text": stated("BASE"), "message": "x\n\nAssisted-by: codex"}, "does not name a run"),
    ("a trailer that hides", {"text": None, "message": f"x\n\n  assisted-BY :  codex:m (run {RUN})\n\nmore"},
     "does not name a run"),
    ("two, one of them without",
     {"text": stated("BASE"), "message": f"x\n\n{TRAILER}\n{TRAILER.replace('0123', 'aaaa')}"}, "is not in the commit"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "words"), [row[1:] for row in OWED], ids=[row[0] for row in OWED])
def test_what_a_commit_owes_is_said(repo: Lab, given: dict[str, Any], words: str) -> None:
    base = repo.git("rev-parse", "HEAD")
    text = stated(base) if given["text"] == "BASE" else given["text"]
    problems = examined(repo, **{**given, "text": text and text.replace('"BASE"', f'"{base}"')})
    assert any(words in problem for problem in problems), problems


def test_a_base_on_a_branch_that_was_never_merged_is_no_ancestor(repo: Lab) -> None:
    repo.git("checkout", "-q", "-b", "side")
    repo.write("x", "x")
    side = repo.commit()
    repo.git("checkout", "-q", "main")
    assert any("no ancestor" in problem for problem in examined(repo, text=stated(side)))


def test_a_link_is_no_statement(repo: Lab) -> None:
    start = repo.git("rev-parse", "HEAD")
    (repo.root / "provenance").mkdir()
    (repo.root / f"provenance/{RUN}.statement.json").symlink_to(Path("..") / "note.txt")
    repo.commit(f"change\n\n{TRAILER}")
    assert examine(repo.root, start).exit_code == 7


@pytest.mark.parametrize("name", ["nothing", "--all", ""])
def test_a_base_that_is_not_there_is_a_usage_error(repo: Lab, name: str) -> None:
    with pytest.raises(UsageError):
        examine(repo.root, name)
