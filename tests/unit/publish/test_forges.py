"""Both forges through their real clients, against stand-ins on loopback: what is sent, and what is repeated."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from lab import Lab
from proposer.errors import StopError
from proposer.publish import githubwire, gitlabwire
from proposer.publish.dossier import Change
from proposer.publish.forge import Forge, Live, Proposal, Remark
from proposer.publish.github import WORKFLOW_BOT, GitHub
from proposer.publish.gitlab import GitLab
from proposer.publish.wire import ForgeError, Request
from proposer.worktree import File
from standin import StandIn
from standin_github import GitHub as GitHubStandIn
from standin_gitlab import GitLab as GitLabStandIn

TOKEN = "t" * 30
LATIN = "caf\xe9\n".encode("latin-1")


class Place:
    """A forge, its stand-in, and how the two forges spell the same thing."""

    def __init__(self, name: str, forge: Forge, there: StandIn, lab: Lab) -> None:
        self.name, self.forge, self.there, self.lab = name, forge, there, lab
        self.waits: list[float] = []

    @property
    def kept(self) -> list[dict[str, Any]]:
        """The comments."""
        there = self.there
        return there.comments if isinstance(there, GitHubStandIn) else getattr(there, "notes", [])

    @property
    def path(self) -> str:
        """Where comments are posted."""
        return "/issues/1/comments" if self.name == "github" else "/merge_requests/1/notes"

    @property
    def editing(self) -> str:
        return "PATCH" if self.name == "github" else "PUT"

    def posts(self) -> int:
        return sum(1 for row in self.there.requests if row["method"] == "POST" and row["path"].endswith(self.path))


@pytest.fixture(params=["github", "gitlab"])
def place(request: pytest.FixtureRequest, repo: Lab) -> Iterator[Place]:
    git_dir = repo.root / ".git"
    kind = GitHubStandIn if request.param == "github" else GitLabStandIn
    waits: list[float] = []
    with kind(git_dir).listening() as there:
        assert isinstance(there, GitHubStandIn | GitLabStandIn)
        head = repo.git("rev-parse", "HEAD")
        there.open(1, head, head)
        forge: Forge
        if request.param == "github":
            forge = GitHub(githubwire.opened(there.url, TOKEN, pace=0), "acme/shop", wait=waits.append)
        else:
            forge = GitLab(gitlabwire.opened(there.url, TOKEN, tries=2), "5", wait=waits.append)
        found = Place(request.param, forge, there, repo)
        found.waits = waits
        yield found


def test_the_token_travels_in_the_header_alone(place: Place) -> None:
    place.forge.comments(1)
    assert {TOKEN in row["token"] for row in place.there.requests} == {True}
    assert not [row for row in place.there.requests if TOKEN in str((row["path"], row["body"]))]


def test_all_pages_of_comments_are_read(place: Place) -> None:
    who = {"user": {"id": 3}, "author": {"id": 3}}
    place.kept.extend({"id": number, "body": f"c{number}", **who} for number in range(1, 251))
    found = place.forge.comments(1)
    assert [one.id for one in found] == list(range(1, 251))
    assert found[-1].author == 3
    assert len(place.there.requests) == 3


def test_a_read_and_an_edit_are_repeated(place: Place) -> None:
    account = place.forge.comment(1, "first")
    number = place.kept[0]["id"]
    place.there.fail("GET", r"s/1/(comments|notes)$", 502, times=2)
    place.there.fail(place.editing, r"(comments|notes)/[0-9]+$", 503, late=True)
    assert [one.body for one in place.forge.comments(1)] == ["first"]
    place.forge.edit(1, number, "second")
    assert [(row["body"]) for row in place.kept] == ["second"]
    assert account == place.forge.author()


@pytest.mark.parametrize(
    ("status", "late", "posts"),
    [
        pytest.param(502, False, 2, id="refused, so sent again"),
        pytest.param(502, True, 1, id="the answer got lost, so looked for"),
        pytest.param(504, True, 1, id="a gateway gave up"),
        pytest.param(0, True, 1, id="the line was cut after it was done"),
        pytest.param(0, False, 2, id="the line was cut before"),
        pytest.param(429, False, 2, id="too many requests"),
    ],
)
def test_a_comment_is_posted_once_whatever_happens(place: Place, status: int, late: bool, posts: int) -> None:
    place.kept.append({"id": 1, "user": {"id": 3}, "author": {"id": 3}, "body": "somebody's"})
    place.there.fail("POST", place.path, status, late=late)
    place.forge.comment(1, "ours")
    assert [row["body"] for row in place.kept] == ["somebody's", "ours"]
    assert place.posts() == posts
    assert place.waits == ([] if (place.name, status) == ("gitlab", 429) else [2.0])  # python-gitlab waits by itself


def test_github_says_how_long_to_wait(repo: Lab) -> None:
    waits: list[float] = []
    with GitHubStandIn(repo.root / ".git").listening() as there:
        assert isinstance(there, GitHubStandIn)
        forge = GitHub(githubwire.opened(there.url, TOKEN, pace=0), "acme/shop", wait=waits.append)
        for seconds in ("30", "900"):
            there.fail("POST", "/comments", 403, headers={"Retry-After": seconds})
            forge.comment(1, f"ours after {seconds}")
    assert (waits, len(there.comments)) == ([30.0, 90.0], 2)


def test_what_fails_twice_is_said(place: Place) -> None:
    place.there.fail("POST", place.path, 503, times=2)
    with pytest.raises(ForgeError, match=r"POST .*: 503") as raised:
        place.forge.comment(1, "ours")
    assert (raised.value.outcome.label, raised.value.transient) == ("unavailable", True)
    assert place.kept == []


@pytest.mark.parametrize(("status", "hint"), [(401, "token"), (403, "token"), (404, "token"), (422, "answered")])
def test_what_is_refused_is_not_sent_again(place: Place, status: int, hint: str) -> None:
    place.there.fail("POST", place.path, status, times=9)
    with pytest.raises(ForgeError, match=str(status)) as raised:
        place.forge.comment(1, "ours")
    assert hint in raised.value.hint
    assert (place.posts(), place.waits) == (1, [])


def test_a_forge_that_is_gone_is_unavailable() -> None:
    with socket.socket() as held:  # bound, and not listening: nobody else gets the port meanwhile
        held.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{held.getsockname()[1]}"
        for wire in (githubwire.opened(url, TOKEN, pace=0), gitlabwire.opened(url, TOKEN, tries=1)):
            with pytest.raises(ForgeError, match="no answer") as raised:
                wire.send(Request(method="GET", path="/user"))
            assert raised.value.transient


def test_what_a_forge_answers_cannot_write_a_command_into_the_log() -> None:
    request = Request(method="GET", path="/x?y=1")
    error = ForgeError(request, 500, "\n::error::x ##[y]\n" + "z" * 900, transient=True)
    assert "\n" not in error.message
    assert "##[" not in error.message
    assert "?y" not in error.message
    assert len(error.message) < 400


def test_a_pull_request_is_read_as_it_is_now(place: Place) -> None:
    head = place.lab.git("rev-parse", "HEAD")
    live = place.forge.live(1)
    assert (live.head, live.base, live.head_ref, live.closed) == (head, head, "totals", False)
    assert live.text == ("Add totals", "Please look.")
    there = place.there
    state = there.pulls[1] if isinstance(there, GitHubStandIn) else getattr(there, "requests_to_merge", {})[1]
    state["state"] = "closed"
    assert place.forge.live(1).closed


def change_of(lab: Lab) -> tuple[str, Change]:
    """Return a commit, and a change of it of every kind, whose tree git made."""
    lab.write("a.txt", "one\r\ntwo\r\n")
    lab.write("gone.txt", "x\n")
    lab.write("run.sh", "echo\n")
    parent = lab.commit()
    files: dict[str, tuple[File | None, File | None]] = {
        "a.txt": (File(data=b"one\r\ntwo\r\n"), File(data=b"one\r\n2\r\n")),
        "gone.txt": (File(data=b"x\n"), None),
        "run.sh": (File(data=b"echo\n"), File(data=b"echo\n", executable=True)),
        "deep/new file.txt": (None, File(data=LATIN)),
        "deep/\u00e9.sh": (None, File(data="\u00e9".encode(), executable=True)),
    }
    for path, (_, after) in files.items():
        if after is None:
            (lab.root / path).unlink()
        else:
            lab.write(path, after.data).chmod(0o755 if after.executable else 0o644)
    lab.git("add", "-A")
    return parent, Change(tree=lab.git("write-tree"), files=files)


@pytest.fixture
def proposal() -> Proposal:
    return Proposal(branch="codex/r1", parent="", target="totals", title="codex: mend", body="b", message="m\n\nt: x\n")


def test_a_proposal_is_a_draft_whose_commit_holds_it_byte_for_byte(place: Place, proposal: Proposal) -> None:
    parent, change = change_of(place.lab)
    assert place.forge.opened("codex/r1") is None
    opened = place.forge.propose(replace(proposal, parent=parent), change)
    assert (opened.number, opened.new) == (2, True)
    tip = place.lab.git("rev-parse", "refs/heads/codex/r1")
    assert place.lab.git("rev-parse", f"{tip}^{{tree}}", f"{tip}^") == f"{change.tree}\n{parent}"
    assert place.lab.git("log", "-1", "--format=%B", tip) == "m\n\nt: x"
    again = place.forge.opened("codex/r1")
    assert again is not None
    assert (again.number, again.new) == (2, False)
    assert place.forge.pulls(target="totals") == (1, 1)
    assert place.forge.pulls(target="main") == (1, 0)
    there = place.there
    if isinstance(there, GitHubStandIn):
        assert (there.pulls[2]["draft"], opened.starts_ci) == (True, False)
    else:
        assert getattr(there, "requests_to_merge", {})[2]["title"] == "Draft: codex: mend"


@pytest.mark.parametrize(
    "step", ["git/trees", "git/commits", "git/refs", "pulls", "repository/commits", "merge_requests"]
)
@pytest.mark.parametrize("late", [False, True])
def test_a_proposal_is_opened_once_whatever_gets_lost(place: Place, proposal: Proposal, step: str, late: bool) -> None:
    parent, change = change_of(place.lab)
    place.there.fail("POST", rf"/{step}$", 502, late=late)
    opened = place.forge.propose(replace(proposal, parent=parent), change)
    assert opened.number == 2
    tip = place.lab.git("rev-parse", "refs/heads/codex/r1")
    assert place.lab.git("rev-parse", f"{tip}^{{tree}}") == change.tree
    assert place.forge.pulls() == (1, 0)


def test_a_branch_of_that_name_that_holds_something_else_is_left_alone(place: Place, proposal: Proposal) -> None:
    parent, change = change_of(place.lab)
    place.lab.git("update-ref", "refs/heads/codex/r1", parent)
    with pytest.raises(StopError):
        place.forge.propose(replace(proposal, parent=parent), change)
    assert place.lab.git("rev-parse", "refs/heads/codex/r1") == parent
    assert place.forge.pulls() == (0, 0)


def test_a_branch_that_an_earlier_try_made_is_gone_on_with(repo: Lab, proposal: Proposal) -> None:
    parent, change = change_of(repo)
    with GitHubStandIn(repo.root / ".git").listening() as there:
        forge = GitHub(githubwire.opened(there.url, TOKEN, pace=0), "acme/shop", wait=lambda _: None)
        there.fail("POST", "/pulls$", 422, times=1)
        with pytest.raises(ForgeError):
            forge.propose(replace(proposal, parent=parent), change)
        assert forge.propose(replace(proposal, parent=parent, message="another time"), change).number == 1


def test_a_tree_that_is_another_one_is_not_opened(repo: Lab, proposal: Proposal) -> None:
    parent, change = change_of(repo)
    with GitHubStandIn(repo.root / ".git").listening() as there:
        forge = GitHub(githubwire.opened(there.url, TOKEN, pace=0), "acme/shop", wait=lambda _: None)
        with pytest.raises(StopError, match="made the tree"):
            forge.propose(replace(proposal, parent=parent), replace(change, tree="0" * 40))
        assert repo.git("for-each-ref", "refs/heads/codex") == ""


def test_remarks_at_lines(place: Place) -> None:
    remarks = [Remark(key="k", path="x.py", side="new", start=1, end=2, body="k\none"),
               Remark(key="l", path="x.py", side="old", start=3, end=3, body="l\ntwo")]  # fmt: skip
    if isinstance(place.there, GitHubStandIn):
        place.there.files.append({"filename": "x.py", "patch": "@@ -1,3 +1,3 @@\n a\n b\n-c\n+d"})
    place.forge.remark(1, Live(base="b" * 40, start="c" * 40), "a" * 40, remarks)
    assert sorted(body for _, body in place.forge.remarked(1)) == ["k\none", "l\ntwo"]
    place.there.fail("POST", r"/(reviews|discussions)$", 502, late=True)
    place.forge.remark(1, Live(), "a" * 40, [replace(remarks[0], body="m")])
    assert sorted(body for _, body in place.forge.remarked(1)) == ["k\none", "l\ntwo", "m"]


def test_lines_of_the_diff_are_read(place: Place) -> None:
    there = place.there
    patch = "@@ -1,2 +1,2 @@\n a\n-b\n+c"
    if isinstance(there, GitHubStandIn):
        there.files += [{"filename": "x.py", "patch": patch}, {"filename": "large.py"}]
    else:
        getattr(there, "diffs", []).append({"old_path": "x.py", "new_path": "x.py", "diff": patch})
    hunks = place.forge.hunks(1)
    assert (hunks.show("new", "x.py", 2, 2), hunks.show("new", "x.py", 3, 3)) == (True, False)
    assert not hunks.show("new", "large.py", 1, 1)


@pytest.mark.parametrize(
    ("viewer", "broken", "author"),
    [
        pytest.param({"id": 41898282, "type": "Bot"}, "", 41898282, id="the token of a job"),
        pytest.param({"id": 77, "type": "Bot"}, "", 77, id="the token of an app"),
        pytest.param({"id": 12, "type": "User"}, "", 12, id="a person's token"),
        pytest.param({"id": 12, "type": "User"}, "/graphql", 12, id="no GraphQL"),
        pytest.param({"id": 77, "type": "Bot"}, "/graphql", WORKFLOW_BOT, id="nobody says"),
    ],
)
def test_whose_the_token_is(repo: Lab, viewer: dict[str, Any], broken: str, author: int) -> None:
    with GitHubStandIn(repo.root / ".git").listening() as there:
        assert isinstance(there, GitHubStandIn)
        there.viewer = viewer
        if broken:
            there.fail("POST", broken, 404, times=9)
        assert GitHub(githubwire.opened(there.url, TOKEN, pace=0), "acme/shop", wait=lambda _: None).author() == author


def test_graphql_of_a_server_of_ones_own_is_beside_its_api(repo: Lab) -> None:
    with GitHubStandIn(repo.root / ".git").listening() as there:
        forge = GitHub(githubwire.opened(f"{there.url}/api/v3", TOKEN, pace=0), "acme/shop", wait=lambda _: None)
        forge.author()
        assert [row["path"] for row in there.requests] == ["/api/graphql", "/api/v3/user"]


def test_what_an_account_may_do(repo: Lab) -> None:
    with GitHubStandIn(repo.root / ".git").listening() as there:
        assert isinstance(there, GitHubStandIn)
        there.permissions = {"ada": "write", "eve": "read"}
        forge = GitHub(githubwire.opened(there.url, TOKEN, pace=0), "acme/shop", wait=lambda _: None)
        assert [forge.permission(name) for name in ("ada", "eve", "mallory/../ada")] == ["write", "read", "none"]
        there.fail("GET", "permission", 403)
        assert forge.permission("ada") is None


def test_the_one_open_pull_request_of_a_commit(repo: Lab) -> None:
    head = repo.git("rev-parse", "HEAD")
    with GitHubStandIn(repo.root / ".git").listening() as there:
        assert isinstance(there, GitHubStandIn)
        forge = GitHub(githubwire.opened(there.url, TOKEN, pace=0), "acme/shop", wait=lambda _: None)
        assert forge.find(head) == 0
        there.open(1, head, head)
        assert forge.find(head) == 1
        there.open(2, head, head)
        assert forge.find(head) == 0
