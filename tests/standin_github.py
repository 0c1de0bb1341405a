"""A stand-in for GitHub's REST API: one repository whose git objects are real."""

import base64
from pathlib import Path
from typing import Any

from standin import RefusalError, StandIn, page

WORKFLOW_BOT = {"id": 41898282, "login": "github-actions[bot]", "type": "Bot"}
STRANGER = {"id": 7, "login": "stranger", "type": "User"}


class GitHub(StandIn):
    """One repository, `acme/shop`; the token is a job's unless `user` is set."""

    def __init__(self, git_dir: Path) -> None:
        super().__init__(git_dir)
        self.viewer: dict[str, Any] = WORKFLOW_BOT
        self.comments: list[dict[str, Any]] = []
        self.remarks: list[dict[str, Any]] = []
        self.pulls: dict[int, dict[str, Any]] = {}
        self.files: list[dict[str, Any]] = []
        self.permissions: dict[str, str] = {}
        at = "/repos/acme/shop"
        self.route("GET", "/user", self._user)
        self.route("POST", "/graphql", lambda **_: {"data": {"viewer": {"databaseId": self.viewer["id"]}}})
        self.route("GET", f"{at}/pulls/{{n}}", self._pull)
        self.route("GET", f"{at}/pulls", self._pulls)
        self.route("POST", f"{at}/pulls", self._open)
        self.route("GET", f"{at}/commits/{{x}}/pulls", self._of_commit)
        self.route("GET", f"{at}/collaborators/{{x}}/permission", self._permission)
        self.route("GET", f"{at}/issues/{{n}}/comments", lambda _, **more: page(self.comments, **more))
        self.route("POST", f"{at}/issues/{{n}}/comments", self._comment)
        self.route("PATCH", f"{at}/issues/comments/{{n}}", self._edit)
        self.route("GET", f"{at}/pulls/{{n}}/files", lambda _, **more: page(self.files, **more))
        self.route("GET", f"{at}/pulls/{{n}}/comments", lambda _, **more: page(self.remarks, **more))
        self.route("POST", f"{at}/pulls/{{n}}/reviews", self._review)
        self.route("GET", f"{at}/git/commits/{{x}}", self._commit)
        self.route("POST", f"{at}/git/blobs", lambda body, **_: {"sha": self.blob(base64.b64decode(body["content"]))})
        self.route("POST", f"{at}/git/trees", self._tree)
        self.route("POST", f"{at}/git/commits", self._make)
        self.route("POST", f"{at}/git/refs", self._refer)
        self.route("GET", f"{at}/git/ref/heads/(.+)", self._ref)

    def open(self, number: int, head: str, base: str, **more: Any) -> dict[str, Any]:
        """Put a pull request there, as its author does."""
        repo = {"id": 1, "full_name": "acme/shop"}
        row = {
            "number": number, "title": "Add totals", "body": "Please look.", "state": "open", "draft": False,
            "user": {"id": 11, "login": "ada", "type": "User"}, "author_association": "MEMBER", "labels": [],
            "head": {"ref": "totals", "sha": head, "repo": repo}, "base": {"ref": "main", "sha": base, "repo": repo},
            "html_url": f"https://github.com/acme/shop/pull/{number}",
        }  # fmt: skip
        self.pulls[number] = row | more
        return self.pulls[number]

    def _user(self, **_: Any) -> Any:
        if self.viewer["type"] == "Bot":
            raise RefusalError(403, "Resource not accessible by integration")
        return self.viewer

    def _pull(self, number: str, **_: Any) -> Any:
        if int(number) not in self.pulls:
            raise RefusalError(404, "Not Found")
        return self.pulls[int(number)]

    def _pulls(self, query: dict[str, str], **more: Any) -> Any:
        rows = [row for row in self.pulls.values() if query.get("state") == "all" or row["state"] == "open"]
        if head := query.get("head"):
            rows = [row for row in rows if f"acme:{row['head']['ref']}" == head]
        if base := query.get("base"):
            rows = [row for row in rows if row["base"]["ref"] == base]
        return page(rows, query=query, **more)

    def _of_commit(self, sha: str, **more: Any) -> Any:
        return page([row for row in self.pulls.values() if row["head"]["sha"] == sha], **more)

    def _permission(self, login: str, **_: Any) -> Any:
        if login not in self.permissions:
            raise RefusalError(404, "Not Found")
        return {"permission": self.permissions[login]}

    def _comment(self, _: str, body: dict[str, Any], **__: Any) -> Any:
        if len(body["body"]) > 65_536:
            raise RefusalError(422, "body is too long")
        self.comments.append({"id": next(self.ids), "user": self.viewer, "body": body["body"]})
        return self.comments[-1]

    def _edit(self, number: str, body: dict[str, Any], **_: Any) -> Any:
        row = next((row for row in self.comments if row["id"] == int(number)), None)
        if row is None or row["user"]["id"] != self.viewer["id"]:
            raise RefusalError(403, "Resource not accessible by integration")
        row["body"] = body["body"]
        return row

    def _review(self, _: str, body: dict[str, Any], **__: Any) -> Any:
        for row in body["comments"]:
            shown = [one for one in self.files if one["filename"] == row["path"]]
            if not shown or row["line"] > shown[0]["patch"].count("\n"):
                raise RefusalError(422, "Pull request review thread line must be part of the diff")
            self.remarks.append({"id": next(self.ids), "user": self.viewer, **row})
        return {"id": next(self.ids)}

    def _commit(self, sha: str, **_: Any) -> Any:
        return {"sha": sha, "tree": {"sha": self.git("rev-parse", f"{sha}^{{tree}}")}}

    def _tree(self, body: dict[str, Any], **_: Any) -> Any:
        rows = []
        for entry in body["tree"]:
            oid = entry["sha"] if "sha" in entry else self.blob(entry["content"].encode())
            rows.append(f"{entry['mode']} {oid}\t{entry['path']}" if oid else f"0 {'0' * 40}\t{entry['path']}")
        return {"sha": self.tree_with(body["base_tree"], rows)}

    def _make(self, body: dict[str, Any], **_: Any) -> Any:
        parents = [word for parent in body["parents"] for word in ("-p", parent)]
        return {"sha": self.git("commit-tree", body["tree"], *parents, "-F", "-", stdin=body["message"])}

    def _refer(self, body: dict[str, Any], **_: Any) -> Any:
        if self.git("for-each-ref", body["ref"]):
            raise RefusalError(422, "Reference already exists")
        self.git("update-ref", body["ref"], body["sha"])
        return {"ref": body["ref"], "object": {"sha": body["sha"]}}

    def _ref(self, name: str, **_: Any) -> Any:
        if not self.git("for-each-ref", f"refs/heads/{name}"):
            raise RefusalError(404, "Not Found")
        return {"object": {"sha": self.git("rev-parse", f"refs/heads/{name}")}}

    def _open(self, body: dict[str, Any], **_: Any) -> Any:
        number = max(self.pulls, default=0) + 1
        row = self.open(number, self.git("rev-parse", f"refs/heads/{body['head']}"), "", user=self.viewer)
        row |= {"title": body["title"], "body": body["body"], "draft": body["draft"]}
        row["head"]["ref"], row["base"]["ref"] = body["head"], body["base"]
        return row
