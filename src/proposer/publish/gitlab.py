"""A project on GitLab: notes, discussions at lines, and draft merge requests made by one call, not by a push."""

import base64
from collections.abc import Callable, Iterable, Sequence
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

__all__ = ["GitLab"]

_DEVELOPER = 30
"""Access level from which on an account may push (docs.gitlab.com, "Members API")."""


class GitLab:
    """One project (docs.gitlab.com, REST API)."""

    def __init__(self, wire: Wire, project: str, *, wait: Callable[[float], None]) -> None:
        self._wire = wire
        self._at = f"/projects/{quote(project, safe='')}"
        self._wait = wait

    def _get(self, path: str) -> Any:
        return self._wire.send(Request(method="GET", path=path))

    def _post(self, path: str, body: dict[str, Any], look: Callable[[], Any]) -> Any:
        return created(self._wire, Request(method="POST", path=path, body=body), look, self._wait)

    def find(self, head: str) -> int:
        """Return the number of the one open merge request of a commit; 0 where there is none, or more than one."""
        rows = pages(self._wire, f"{self._at}/repository/commits/{head}/merge_requests")
        still = [row for row in rows if row.get("state") == "opened"]
        return int(whole(still[0], "iid") or 0) if len(still) == 1 else 0

    def live(self, number: int) -> Live:
        """Return a merge request as it is now."""
        row = self._get(f"{self._at}/merge_requests/{number}")
        if not row:
            return Live()
        return Live(
            head=str(row.get("sha") or ""),
            base=str(whole(row, "diff_refs", "start_sha") or ""),
            start=str(whole(row, "diff_refs", "base_sha") or ""),
            head_ref=str(row.get("source_branch") or ""),
            closed=row.get("state") in ("closed", "merged", "locked"),
            labels=frozenset(map(str, row.get("labels") or ())),
            text=(str(row.get("title") or ""), str(row.get("description") or "")),
        )

    def permission(self, login: str) -> str | None:
        """Return what an account may do; None where GitLab does not say."""
        for row in pages(self._wire, f"{self._at}/members/all?query={quote(login, safe='')}"):
            if row.get("username") == login:
                return "write" if int(row.get("access_level") or 0) >= _DEVELOPER else "read"
        return "none"

    def author(self) -> int:
        """Return the account that the token posts as; 0 where GitLab does not say, and then no note is ours."""
        try:
            found = whole(self._get("/user"), "id")
        except ForgeError:
            return 0
        return found if isinstance(found, int) else 0

    def comments(self, number: int) -> list[Comment]:
        """Return all notes of a merge request but GitLab's own."""
        rows = pages(self._wire, f"{self._at}/merge_requests/{number}/notes?order_by=created_at&sort=asc")
        return [
            Comment(id=row["id"], author=whole(row, "author", "id") or 0, body=str(row.get("body") or ""))
            for row in rows
            if isinstance(row.get("id"), int) and not row.get("system")
        ]

    def comment(self, number: int, body: str) -> int:
        """Post a note and return the account that it was posted as; 0 where nothing was sent."""

        def look() -> dict[str, Any] | None:
            same = [one for one in self.comments(number) if one.body == body]
            return {"author": {"id": same[-1].author}} if same else None

        found = self._post(f"{self._at}/merge_requests/{number}/notes", {"body": body}, look)
        return int(whole(found, "author", "id") or 0)

    def edit(self, number: int, comment: int, body: str) -> None:
        """Replace a note."""
        path = f"{self._at}/merge_requests/{number}/notes/{comment}"
        self._wire.send(Request(method="PUT", path=path, body={"body": body}))

    def hunks(self, number: int) -> Hunks:
        """Return which lines the diff of a merge request shows."""
        rows = pages(self._wire, f"{self._at}/merge_requests/{number}/diffs")
        return Hunks((str(row.get("old_path")), str(row.get("new_path")), str(row.get("diff") or "")) for row in rows)

    def remarked(self, number: int) -> Iterable[tuple[int, str]]:
        """Yield author and body of all notes, those at lines among them."""
        return ((one.author, one.body) for one in self.comments(number))

    def remark(self, number: int, live: Live, head: str, remarks: Sequence[Remark]) -> None:
        """Post one discussion for each remark, at the last of its lines."""
        for one in remarks:
            line = {"new_line": one.end} if one.side == "new" else {"old_line": one.end}
            place = {
                "position_type": "text", "base_sha": live.start, "start_sha": live.base, "head_sha": head,
                "new_path": one.path, "old_path": one.path, **line,
            }  # fmt: skip

            def look(body: str = one.body) -> dict[str, Any] | None:
                return {} if any(known == body for _, known in self.remarked(number)) else None

            path = f"{self._at}/merge_requests/{number}/discussions"
            self._post(path, {"body": one.body, "position": place}, look)

    def pulls(self, *, target: str = "") -> tuple[int, int]:
        """Return how many merge requests from proposals are open, and how many there ever were to a branch."""
        still = self._count(f"{self._at}/merge_requests?state=opened")
        return still, self._count(f"{self._at}/merge_requests?target_branch={quote(target, safe='')}") if target else 0

    def _count(self, path: str) -> int:
        rows = pages(self._wire, path)
        own = (row for row in rows if row.get("source_project_id") == row.get("target_project_id"))
        return sum(1 for row in own if str(row.get("source_branch") or "").startswith(BRANCHES))

    def opened(self, branch: str) -> Opened | None:
        """Return what was opened from a branch, open or not; None where there is none."""
        there = self._there(branch)
        return None if there is None else self._opened(there, new=False)

    def propose(self, proposal: Proposal, change: Change) -> Opened:
        """Make branch and commit by one call and open a draft.

        Raises:
            StopError: the branch is there, and is not on top of what the run looked at.
        """
        commit = {
            "branch": proposal.branch, "start_sha": proposal.parent, "commit_message": proposal.message,
            "actions": [row for path, pair in sorted(change.files.items()) for row in _actions(path, *pair)],
        }  # fmt: skip
        path = f"{self._at}/repository/commits"
        made = self._post(path, commit, lambda: self._tip(proposal.branch))
        parents = whole(made, "parent_ids")
        if parents is not None and list(parents) != [proposal.parent]:
            hint = f"look at the branch, then delete it: {proposal.branch}"
            raise StopError(Outcome.UNAVAILABLE, f"{proposal.branch} is not on top of {proposal.parent[:12]}", hint)
        body = {
            "source_branch": proposal.branch, "target_branch": proposal.target, "title": f"Draft: {proposal.title}",
            "description": proposal.body, "remove_source_branch": True,
        }  # fmt: skip
        asked = f"{self._at}/merge_requests"
        return self._opened(self._post(asked, body, lambda: self._there(proposal.branch)), new=True)

    def _there(self, branch: str) -> dict[str, Any] | None:
        rows = pages(self._wire, f"{self._at}/merge_requests?source_branch={quote(branch, safe='')}")
        return next((row for row in rows if row.get("source_branch") == branch), None)

    def _tip(self, branch: str) -> Any:
        try:
            return whole(self._get(f"{self._at}/repository/branches/{quote(branch, safe='')}"), "commit")
        except ForgeError as error:
            if error.status == 404:  # noqa: PLR2004 - no such branch
                return None
            raise

    @staticmethod
    def _opened(row: Any, *, new: bool) -> Opened:
        return Opened(number=int(whole(row, "iid") or 0), url=str(whole(row, "web_url") or ""), starts_ci=True, new=new)


def _actions(path: str, before: File | None, after: File | None) -> list[dict[str, Any]]:
    """Return what GitLab is to do with one file; the right to execute is an action of its own."""
    name = shown(path)
    if after is None:
        return [{"action": "delete", "file_path": name}]
    what = "create" if before is None else "update"
    content = base64.b64encode(after.data).decode()
    rows: list[dict[str, Any]] = [{"action": what, "file_path": name, "encoding": "base64", "content": content}]
    if (before.executable if before else False) != after.executable:
        rows.append({"action": "chmod", "file_path": name, "execute_filemode": after.executable})
    return rows
