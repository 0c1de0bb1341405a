"""The small parts of publishing: hunks, annotations, files of a job, levels, addresses."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lab import Lab
from proposer.config import answers
from proposer.config.settings import parse
from proposer.errors import Outcome, UsageError
from proposer.git import Git
from proposer.outputs.answer import Finding
from proposer.publish import outlet
from proposer.publish.annotations import commands, quality
from proposer.publish.hunks import Hunks
from proposer.publish.level import LEVELS, allows, rules_of
from proposer.publish.site import site_of
from proposer.publish.wire import address
from proposer.reports.summary import Summary

PATCH = (
    "@@ -10,3 +10,4 @@ def f():\n a\n-b\n+c\n+@@ -1,900 +1,900 @@\n d\n"
    "@@ -40 +41,0 @@\n-gone\n\\ No newline at end of file"
)


@pytest.mark.parametrize(
    ("side", "path", "start", "end", "shown"),
    [
        ("new", "x.py", 10, 13, True), ("new", "x.py", 9, 10, False), ("new", "x.py", 13, 14, False),
        ("old", "x.py", 10, 12, True), ("old", "x.py", 13, 13, False), ("old", "x.py", 40, 40, True),
        ("new", "x.py", 41, 41, False), ("new", "y.py", 10, 10, False), ("new", "x.py", 500, 500, False),
        ("new", "x.py", 0, 10, False), ("new", "x.py", 12, 11, False), ("both", "x.py", 10, 10, False),
    ],
)  # fmt: skip
def test_which_lines_a_diff_shows(side: str, path: str, start: int, end: int, shown: bool) -> None:
    assert Hunks([("x.py", "x.py", PATCH)]).show(side, path, start, end) is shown


def test_a_file_that_moved_has_a_name_on_each_side() -> None:
    hunks = Hunks([("old.py", "new.py", "@@ -1 +1 @@\n-a\n+b")])
    assert (hunks.show("old", "old.py", 1, 1), hunks.show("new", "new.py", 1, 1)) == (True, True)
    assert Hunks([("x", "x", "@@ -1,9 +1,9 @@\n a")]).show("new", "x", 9, 9)  # a patch that was cut
    assert (hunks.show("old", "new.py", 1, 1), Hunks().show("new", "x", 1, 1)) == (False, False)


def finding(**more: Any) -> Finding:
    row = {"title": "t", "body": "b", "severity": "P1", "confidence": 0.9, "category": "money", "side": "new",
           "path": "x.py", "start_line": 3, "end_line": 4, "quote": "a = 1"}  # fmt: skip
    return Finding.model_validate(row | more)


SUMMARY = Summary(run="r", workflow="review", outcome=Outcome.FINDINGS, message="m", findings=(finding(),))


def test_a_finding_is_an_annotation() -> None:
    assert commands(SUMMARY) == ["::error file=x.py,line=3,endLine=4,title=codex money::P1 t%0Ab"]
    warned = commands(replace(SUMMARY, findings=(), outcome=Outcome.UNAVAILABLE, message="the API is down"))
    assert warned == ["::warning title=codex::review: unavailable: the API is down"]
    assert commands(replace(SUMMARY, findings=(finding(side="old"),))) == []


def test_what_a_model_says_ends_no_property_and_starts_no_line() -> None:
    evil = finding(
        path="a,line=1::x%0A\r\ny.py", title="t\n::set-output name=x::y", body="##[error]z%0A\u2028::debug::q"
    )
    (row,) = commands(replace(SUMMARY, findings=(evil,)))
    assert len(row.splitlines()) == 1
    head, _, data = row.removeprefix("::").partition("::")
    assert head.count(",") == 3
    assert head.count("file=a%2Cline=1%3A") == 1
    assert "\n" not in data
    assert "##[" not in data


def test_findings_are_a_code_quality_report() -> None:
    (row,) = quality(
        replace(SUMMARY, findings=(finding(body="@all ![x](https://evil.example/y)"), finding(side="old")))
    )
    assert (row["severity"], row["check_name"]) == ("critical", "money")
    assert row["location"] == {"path": "x.py", "lines": {"begin": 3, "end": 4}}
    assert len(row["fingerprint"]) == 16
    assert "](https" not in row["description"]
    assert json.dumps(row)


def test_an_output_of_a_step_cannot_set_another(tmp_path: Path) -> None:
    path = tmp_path / "output"
    path.write_text("before=1\n", encoding="utf-8")
    outlet.step_outputs({"GITHUB_OUTPUT": str(path)}, {"run": "true", "reason": "x\nrun=false\nEOF\nend-0"})
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "before=1"
    found, rows = {}, iter(lines[1:])
    for row in rows:
        name, _, fence = row.partition("<<")
        found[name] = next(rows)
        assert next(rows) == fence
    assert found == {"run": "true", "reason": "x run=false EOF end-0"}
    outlet.step_outputs({}, {"run": "true"})
    with pytest.raises(UsageError, match="no name"):
        outlet.step_outputs({"GITHUB_OUTPUT": str(path)}, {"a<<b": "x"})


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be written"):
        outlet.put(tmp_path / "taken" / "x.json", "{}")
    with pytest.raises(UsageError, match="cannot be written"):
        outlet.append_summary({"GITHUB_STEP_SUMMARY": str(tmp_path / "taken" / "x.md")}, "x")


@pytest.mark.parametrize(
    ("settings", "answers", "level"),
    [
        pytest.param("", None, "comment", id="nothing is said"),
        pytest.param("", {"answers": {"automation": "branch"}}, "branch", id="the answer"),
        pytest.param('[publish]\nautomation = "analyse"\n', {"answers": {"automation": "branch"}}, "analyse",
                     id="the settings before the answer"),
        pytest.param("", {"answers": {"automation": "everything"}}, "analyse", id="an unknown answer"),
        pytest.param("", {"answers": {}}, "analyse", id="no answer"),
        pytest.param("", [], "analyse", id="another document"),
    ],
)  # fmt: skip
def test_the_level_of_a_commit(repo: Lab, settings: str, answers: Any, level: str) -> None:
    repo.write("proposer.toml", settings)
    if answers is not None:
        repo.write(".proposer-template.json", json.dumps(answers))
    commit = repo.commit()
    repo.write("proposer.toml", '[publish]\nautomation = "branch"\n')
    repo.write(".proposer-template.json", '{"answers": {"automation": "branch"}}')
    assert rules_of(Git(cwd=repo.root), commit).level == level


def test_a_commit_that_is_not_here_has_no_level(repo: Lab) -> None:
    for commit in ("", "a" * 40):
        with pytest.raises(UsageError, match="not in this clone"):
            rules_of(Git(cwd=repo.root), commit)


def test_a_level_has_the_rights_of_those_before_it() -> None:
    assert LEVELS == answers.LEVELS
    assert [[allows(level, wanted) for wanted in LEVELS].count(True) for level in LEVELS] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "text", ['automation = "all"', "bots = [-1]", 'label = ""', 'hosts = ["https://x"]', "author = true"]
)
def test_a_setting_without_a_meaning_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="publish"):
        parse(f"[publish]\n{text}\n".encode())


@pytest.mark.parametrize(
    "url",
    ["http://api.github.com", "ftp://x.example", "https://", "api.github.com", "https://u:p@x.example", "file:///etc/passwd",
     "https://x.example/?q=1", "http://127.0.0.1.evil.example", "http://127.0.0.2"],
)  # fmt: skip
def test_a_token_is_sent_nowhere_else(url: str) -> None:
    with pytest.raises(UsageError, match="--api-url"):
        address(url)


@pytest.mark.parametrize(
    "url", ["https://api.github.com", "https://x.example/api/v3/", "http://127.0.0.1:80", "http://[::1]:8"]
)
def test_where_a_token_may_be_sent(url: str) -> None:
    assert address(url) == url.rstrip("/")


@pytest.mark.parametrize(
    ("remote", "repository"),
    [("https://github.com/acme/shop.git", "acme/shop"), ("git@github.com:acme/shop.git", "acme/shop"),
     ("ssh://git@github.com/acme/shop", "acme/shop"), ("https://gitlab.example/a/b/c.git", "a/b/c")],
)  # fmt: skip
def test_at_a_desk_the_remote_says_which_repository(repo: Lab, remote: str, repository: str) -> None:
    repo.git("remote", "add", "origin", remote)
    assert site_of("github", {}, Git(cwd=repo.root)).repository == repository


def test_a_site_without_a_repository_a_token_or_a_name(repo: Lab) -> None:
    git = Git(cwd=repo.root)
    with pytest.raises(UsageError, match="which repository"):
        site_of("github", {}, git)
    assert site_of("github", {}, git, dry=True).repository == "OWNER/REPOSITORY"
    with pytest.raises(UsageError, match="no GITHUB_TOKEN"):
        site_of("github", {"GITHUB_REPOSITORY": "acme/shop"}, git).wire(0)
    with pytest.raises(UsageError, match="no GITLAB_TOKEN"):
        site_of("gitlab", {"CI_PROJECT_ID": "5", "GITHUB_TOKEN": "x"}, git).wire(0)
    with pytest.raises(UsageError, match="no target 'gitea'"):
        site_of("gitea", {}, git)
