import json
from pathlib import Path
from typing import Any

import pytest

from proposer.errors import UsageError
from proposer.publish.event import Event, is_ref, of_github, of_gitlab, plain, read

MERGE_REQUEST = {
    "GITLAB_CI": "true", "CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_IID": "7",
    "CI_PROJECT_PATH": "acme/shop", "CI_MERGE_REQUEST_PROJECT_ID": "5", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "5",
    "CI_MERGE_REQUEST_TITLE": "Add totals", "CI_MERGE_REQUEST_DESCRIPTION": "Please look.",
    "CI_COMMIT_SHA": "a" * 40, "CI_MERGE_REQUEST_DIFF_BASE_SHA": "b" * 40, "GITLAB_USER_ID": "11",
    "GITLAB_USER_LOGIN": "ada", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "totals",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main", "CI_MERGE_REQUEST_LABELS": "codex, money",
}  # fmt: skip


def test_an_event_file_is_read(payload: dict[str, Any]) -> None:
    payload["pull_request"]["labels"] = [{"name": "codex"}, {"name": "money"}]
    event = of_github(payload, {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_RUN_ATTEMPT": "2"})
    assert (event.kind, event.action, event.number, event.repository) == ("pull_request", "synchronize", 7, "acme/shop")
    assert (event.base, event.head, event.base_ref, event.head_ref) == ("b" * 40, "a" * 40, "main", "totals")
    assert (event.title, event.body, event.attempt) == ("Add totals", "Please look.", 2)
    assert (event.fork, event.draft, event.closed, event.labels) == (False, False, False, {"codex", "money"})
    assert (event.sender.id, event.sender.bot, event.association, event.owner) == (11, False, "MEMBER", "acme")


def test_an_event_that_is_about_no_pull_request_is_about_the_commit_of_the_job() -> None:
    payload = {"repository": {"full_name": "acme/shop"}, "sender": {"id": 1, "login": "ada", "type": "User"}}
    variables = {"GITHUB_EVENT_NAME": "workflow_dispatch", "GITHUB_SHA": "c" * 40, "GITHUB_REF_NAME": "main"}
    event = of_github(payload, variables)
    assert (event.kind, event.pull, event.base, event.head, event.base_ref) == (
        "workflow_dispatch", False, "c" * 40, "c" * 40, "main",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("head", "fork"),
    [
        pytest.param({"id": 1, "full_name": "acme/shop"}, False, id="the repository itself"),
        pytest.param({"id": 2, "full_name": "eve/shop"}, True, id="another one"),
        pytest.param({"id": 2, "full_name": "acme/shop"}, True, id="another one that took the name"),
        pytest.param(None, True, id="one that was deleted"),
    ],
)
def test_a_fork_is_known_by_its_repository(payload: dict[str, Any], head: Any, fork: bool) -> None:
    payload["pull_request"]["head"]["repo"] = head
    assert of_github(payload, {}).fork is fork


@pytest.mark.parametrize(
    ("account", "bot"),
    [
        pytest.param({"id": 11, "login": "ada", "type": "User"}, False, id="a person"),
        pytest.param({"id": 49699333, "login": "dependabot[bot]", "type": "Bot"}, True, id="an app"),
        pytest.param({"id": 9, "login": "robot", "type": "Bot"}, True, id="an app without the suffix"),
        pytest.param({"id": 9, "login": "x[bot]", "type": "User"}, True, id="a suffix alone"),
    ],
)
def test_a_bot_is_known_by_its_type_and_its_name(payload: dict[str, Any], account: Any, bot: bool) -> None:
    payload["sender"] = account
    assert of_github(payload, {}).sender.bot is bot


@pytest.mark.parametrize(
    "sha", ["", "A" * 40, "a" * 39, "a" * 41, "main", "$(id)", "a" * 40 + "\n", "-" + "a" * 39], ids=repr
)
def test_only_an_object_id_is_one(payload: dict[str, Any], sha: str) -> None:
    payload["pull_request"]["head"]["sha"] = sha
    assert of_github(payload, {}).head == ""


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("main", True), ("codex/20260101T000000Z-00000000", True), ("fix/a.b_c-1", True), ("", False), ("-f", False),
        ("/x", False), ("x/", False), ("a..b", False), ("a//b", False), ("x.lock", False), ("$(id)", False),
        ("a b", False), ("a\nb", False), ("a:b", False), ("x" * 201, False), ("ü", False), ("main\n", False),
    ],
)  # fmt: skip
def test_only_a_plain_name_of_a_branch_is_passed_on(name: str, good: bool) -> None:
    assert is_ref(name) is good


@pytest.mark.parametrize(
    "text", ["", "[", "[]", '"x"', "null", '{"pull_request": 1}', '{"pull_request": {"number": "x"}}', "[" * 100_000]
)
def test_a_file_of_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "event.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="event file"):
        read("github", {"GITHUB_EVENT_PATH": str(path)})


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no event file"):
        read("github", {})
    with pytest.raises(UsageError, match="cannot be read"):
        read("github", {}, tmp_path / "none.json")


def test_the_file_that_is_named_wins(tmp_path: Path, payload: dict[str, Any]) -> None:
    path = tmp_path / "event.json"
    path.write_text(json.dumps(payload), encoding="utf-8")
    assert read("github", {"GITHUB_EVENT_PATH": "/nowhere"}, path).number == 7


def gitlab(**more: str) -> Event:
    return of_gitlab(MERGE_REQUEST | more)


def test_the_variables_of_a_merge_request_are_read() -> None:
    event = gitlab()
    assert (event.pull, event.number, event.base, event.head) == (True, 7, "b" * 40, "a" * 40)
    assert (event.fork, event.draft, event.labels, event.sender.id) == (False, False, {"codex", "money"}, 11)
    assert (event.head_ref, event.base_ref, event.title) == ("totals", "main", "Add totals")


def test_the_pipeline_of_a_merged_result_is_about_the_head_of_the_change() -> None:
    event = gitlab(CI_MERGE_REQUEST_SOURCE_BRANCH_SHA="d" * 40, CI_MERGE_REQUEST_TARGET_BRANCH_SHA="e" * 40)
    assert (event.base, event.head) == ("e" * 40, "d" * 40)


@pytest.mark.parametrize("title", ["Draft: x", "draft: x", "[Draft] x", "(DRAFT) x"])
def test_a_title_makes_a_draft_on_gitlab(title: str) -> None:
    assert gitlab(CI_MERGE_REQUEST_TITLE=title).draft
    assert gitlab(CI_MERGE_REQUEST_DRAFT="true").draft
    assert not gitlab(CI_MERGE_REQUEST_TITLE="Drafts: x").draft


@pytest.mark.parametrize(
    "changed",
    [{"CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "6"}, {"CI_MERGE_REQUEST_SOURCE_PROJECT_ID": ""},
     {"CI_MERGE_REQUEST_PROJECT_ID": ""}],
    ids=["another project", "a deleted one", "no project"],
)  # fmt: skip
def test_a_fork_is_known_on_gitlab(changed: dict[str, str]) -> None:
    assert gitlab(**changed).fork


@pytest.mark.parametrize(
    ("login", "bot"), [("project_5_bot", True), ("group_12_bot_ab12", True), ("project_bot", False), ("ada", False)]
)
def test_the_names_that_gitlab_gives_to_tokens_are_bots(login: str, bot: bool) -> None:
    assert gitlab(GITLAB_USER_LOGIN=login).sender.bot is bot


def test_the_name_of_a_workflow_is_made_plain() -> None:
    assert plain("release-notes") == "release-notes"
    assert plain("../x y") == "-x-y"
    assert plain("") == "run"
