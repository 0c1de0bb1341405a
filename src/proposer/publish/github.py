"""A repository on GitHub: comments, remarks at lines, and draft pull requests made of git objects, not of a push."""

import base64
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

from proposer.errors import Outcome, StopError
from proposer.git import shown
from proposer.publish.admission import BRANCHES
from proposer.publish.dossier import Change
from proposer.publish.forge import Live, Opened, Proposal, Remark
from proposer.publish.hunks import Hunks
from proposer.publish.sticky import Comment
from proposer.publish.wire import ForgeError, Request, Wire, created, pages, whole
from proposer.worktree import File

__all__ = ["WORKFLOW_BOT", "GitHub"]

WORKFLOW_BOT = 41898282
"""The account of `github-actions[bot]`, as which the token of a job posts; what it opens starts no workflow."""
_VIEWER = "query { viewer { databaseId } }"
_SIDES = {"new": "RIGHT", "old": "LEFT"}


class GitHub:
    """One repository (docs.github.com, REST API)."""

    def __init__(self, wire: Wire, repository: str, *, wait: Callable[[float], None]) -> None:
        self._wire = wire
        self._at = f"/repos/{repository}"
        self._repository = repository
        self._wait = wait

    def _get(self, path: str) -> Any:
        return self._wire.send(Request(method="GET", path=path))

    def _post(self, path: str, body: dict[str, Any], look: Callable[[], Any] = lambda: None) -> Any:
        return created(self._wire, Request(method="POST", path=path, body=body), look, self._wait)

    def find(self, head: str) -> int:
        """Return the number of the one open pull request of a commit; 0 where there is none, or more than one."""
        rows = [row for row in pages(self._wire, f"{self._at}/commits/{head}/pulls") if row.get("state") == "open"]
        return int(whole(rows[0], "number") or 0) if len(rows) == 1 else 0

    def live(self, number: int) -> Live:
        """Return a pull request as it is now."""
        row = self._get(f"{self._at}/pulls/{number}")
        if not row:
            return Live()
        return Live(
            head=str(whole(row, "head", "sha") or ""),
            base=str(whole(row, "base", "sha") or ""),
            head_ref=str(whole(row, "head", "ref") or ""),
            closed=whole(row, "state") == "closed",
            labels=frozenset(str(whole(label, "name")) for label in row.get("labels") or ()),
            text=(str(row.get("title") or ""), str(row.get("body") or "")),
        )

    def permission(self, login: str) -> str | None:
        """Return what an account may do; a role that GitHub's table does not know counts as reading."""
        try:
            found = self._get(f"{self._at}/collaborators/{quote(login, safe='')}/permission")
        except ForgeError as error:
            return "none" if error.status == 404 else None  # noqa: PLR2004 - no collaborator
        return str(whole(found, "permission") or "none")

    def author(self) -> int:
        """Return the account that the token posts as.

        GraphQL knows whose every kind of token is; REST does not for those of jobs and apps. Where neither answers it
        is taken for a job's.
        """
        for ask in (self._viewer, self._user):
            try:
                found = ask()
            except ForgeError:
                continue
            if isinstance(found, int) and found > 0:
                return found
        return WORKFLOW_BOT

    def _user(self) -> Any:
        return whole(self._get("/user"), "id")

    def _viewer(self) -> Any:
        found = self._wire.send(Request(method="POST", path="/graphql", body={"query": _VIEWER}))
        return whole(found, "data", "viewer", "databaseId")

    def comments(self, number: int) -> list[Comment]:
        """Return all comments of a pull request."""
        rows = pages(self._wire, f"{self._at}/issues/{number}/comments")
        return [
            Comment(id=row["id"], author=whole(row, "user", "id") or 0, body=str(row.get("body") or ""))
            for row in rows
            if isinstance(row.get("id"), int)
        ]

    def comment(self, number: int, body: str) -> int:
        """Post a comment and return the account that it was posted as; 0 where nothing was sent."""

        def look() -> dict[str, Any] | None:
            same = [one for one in self.comments(number) if one.body.replace("\r\n", "\n") == body]
            return {"user": {"id": same[-1].author}} if same else None

        found = self._post(f"{self._at}/issues/{number}/comments", {"body": body}, look)
        return int(whole(found, "user", "id") or 0)

    def edit(self, number: int, comment: int, body: str) -> None:  # noqa: ARG002 - GitHub's comments have ids of their own
        """Replace a comment."""
        path = f"{self._at}/issues/comments/{comment}"
        self._wire.send(Request(method="PATCH", path=path, body={"body": body}))

    def hunks(self, number: int) -> Hunks:
        """Return which lines the diff of a pull request shows; a file too large for GitHub shows none."""
        rows = pages(self._wire, f"{self._at}/pulls/{number}/files")
        return Hunks(
            (str(row.get("previous_filename") or row.get("filename")), str(row.get("filename")), str(row["patch"]))
            for row in rows
            if row.get("patch")
        )

    def remarked(self, number: int) -> Iterable[tuple[int, str]]:
        """Yield author and body of the comments at lines."""
        for row in pages(self._wire, f"{self._at}/pulls/{number}/comments"):
            yield whole(row, "user", "id") or 0, str(row.get("body") or "")

    def remark(self, number: int, live: Live, head: str, remarks: Sequence[Remark]) -> None:  # noqa: ARG002 - GitLab's need
        """Post comments at lines, as one review that approves and requests nothing."""
        rows = []
        for one in remarks:
            side = _SIDES[one.side]
            start = {"start_line": one.start, "start_side": side} if one.start < one.end else {}
            rows.append({"path": one.path, "side": side, "line": one.end, "body": one.body, **start})
        body = {"commit_id": head, "event": "COMMENT", "comments": rows}

        def look() -> dict[str, Any] | None:
            known = [body for _, body in self.remarked(number)]
            return {} if all(one.body in known for one in remarks) else None

        self._post(f"{self._at}/pulls/{number}/reviews", body, look)

    def pulls(self, *, target: str = "") -> tuple[int, int]:
        """Return how many pull requests from proposals are open, and how many there ever were to a branch."""
        still = sum(1 for _ in self._proposals(f"{self._at}/pulls?state=open"))
        ever = f"{self._at}/pulls?state=all&base={quote(target, safe='')}"
        return still, sum(1 for _ in self._proposals(ever)) if target else 0

    def _proposals(self, path: str) -> Iterator[dict[str, Any]]:
        for row in pages(self._wire, path):
            own = str(whole(row, "head", "repo", "full_name") or "").casefold() == self._repository.casefold()
            if own and str(whole(row, "head", "ref") or "").startswith(BRANCHES):
                yield row

    def opened(self, branch: str) -> Opened | None:
        """Return what was opened from a branch, open or not; None where there is none."""
        there = self._there(branch)
        return None if there is None else self._opened(there, new=False)

    def propose(self, proposal: Proposal, change: Change) -> Opened:
        """Make branch and commit and open a draft pull request.

        The tree that GitHub makes must be the one that was computed here, or nothing is opened.

        Raises:
            StopError: GitHub made another tree, or the branch is there and is not ours.
        """
        base = whole(self._get(f"{self._at}/git/commits/{proposal.parent}"), "tree", "sha") or "TREE-OF-THE-PARENT"
        entries = [self._entry(path, after) for path, (_, after) in sorted(change.files.items())]
        tree = whole(self._post(f"{self._at}/git/trees", {"base_tree": base, "tree": entries}), "sha")
        if tree not in (None, change.tree):
            raise StopError(
                Outcome.UNAVAILABLE, f"GitHub made the tree {str(tree)[:12]} of the proposal {change.tree[:12]}",
                "look at the files of the proposal: inv codex.show",
            )  # fmt: skip
        made = {"message": proposal.message, "tree": change.tree, "parents": [proposal.parent]}
        commit = whole(self._post(f"{self._at}/git/commits", made), "sha") or "COMMIT-JUST-MADE"
        self._branch(proposal.branch, str(commit))
        body = {
            "title": proposal.title, "body": proposal.body, "head": proposal.branch, "base": proposal.target,
            "draft": True,
        }  # fmt: skip
        return self._opened(self._post(f"{self._at}/pulls", body, lambda: self._there(proposal.branch)), new=True)

    def _there(self, branch: str) -> dict[str, Any] | None:
        owner = self._repository.partition("/")[0]
        rows = pages(self._wire, f"{self._at}/pulls?state=all&head={owner}:{branch}")
        return next((row for row in rows if whole(row, "head", "ref") == branch), None)

    def _branch(self, branch: str, commit: str) -> None:
        """Make the branch; one of that name that points elsewhere is not moved."""
        path = f"{self._at}/git/ref/heads/{branch}"

        def points() -> str | None:
            try:
                found: str | None = whole(self._get(path), "object", "sha")
            except ForgeError as error:
                if error.status == 404:  # noqa: PLR2004 - no such branch
                    return None
                raise
            return found

        body = {"ref": f"refs/heads/{branch}", "sha": commit}
        try:
            self._post(f"{self._at}/git/refs", body, points)
        except ForgeError as error:
            if error.status != 422 or points() is None:  # noqa: PLR2004 - the reference is there already
                raise
            found = points()
            made = whole(self._get(f"{self._at}/git/commits/{found}"), "tree", "sha")
            wanted = whole(self._get(f"{self._at}/git/commits/{commit}"), "tree", "sha")
            if made != wanted:
                hint = f"look at the branch, then delete it: {branch}"
                raise StopError(Outcome.UNAVAILABLE, f"{branch} is there and holds something else", hint) from error

    def _entry(self, path: str, after: File | None) -> dict[str, Any]:
        """Return one entry of a tree; text travels in it, other bytes as a blob."""
        name = shown(path)
        if after is None:
            return {"path": name, "mode": "100644", "type": "blob", "sha": None}
        entry = {"path": name, "mode": "100755" if after.executable else "100644", "type": "blob"}
        try:
            return {**entry, "content": after.data.decode("utf-8")}
        except UnicodeDecodeError:
            blob = {"content": base64.b64encode(after.data).decode(), "encoding": "base64"}
            return {**entry, "sha": whole(self._post(f"{self._at}/git/blobs", blob), "sha") or "BLOB-JUST-MADE"}

    @staticmethod
    def _opened(row: Any, *, new: bool) -> Opened:
        return Opened(
            number=int(whole(row, "number") or 0),
            url=str(whole(row, "html_url") or ""),
            starts_ci=whole(row, "user", "id") != WORKFLOW_BOT,
            new=new,
        )
