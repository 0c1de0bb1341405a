"""A stand-in for GitLab's REST API: one project whose git objects are real."""

import base64
from pathlib import Path
from typing import Any

from standin import RefusalError, StandIn, page


class GitLab(StandIn):
    """One project, number 5, `acme/shop`."""

    prefix = "/api/v4"

    def __init__(self, git_dir: Path) -> None:
        super().__init__(git_dir)
        self.user = {"id": 70, "username": "project_5_bot"}
        self.notes: list[dict[str, Any]] = []
        self.requests_to_merge: dict[int, dict[str, Any]] = {}
        self.diffs: list[dict[str, Any]] = []
        self.jobs: list[dict[str, Any]] = []
        self.archives: dict[int, bytes] = {}
        at = "/projects/5"
        self.route("GET", "/user", lambda **_: self.user)
        self.route("GET", f"{at}/merge_requests/{{n}}", lambda number, **_: self.requests_to_merge[int(number)])
        self.route("GET", f"{at}/merge_requests", self._list)
        self.route("POST", f"{at}/merge_requests", self._open)
        self.route("GET", f"{at}/merge_requests/{{n}}/notes", lambda _, **more: page(self.notes, **more))
        self.route("POST", f"{at}/merge_requests/{{n}}/notes", self._note)
        self.route("PUT", f"{at}/merge_requests/{{n}}/notes/{{n}}", self._edit)
        self.route("GET", f"{at}/merge_requests/{{n}}/diffs", lambda _, **more: page(self.diffs, **more))
        self.route("POST", f"{at}/merge_requests/{{n}}/discussions", self._discuss)
        self.route("GET", f"{at}/jobs", lambda **more: page(self.jobs, **more))
        self.route("GET", f"{at}/jobs/{{n}}/artifacts", self._archive)
        self.route("POST", f"{at}/repository/commits", self._commit)
        self.route("GET", f"{at}/repository/branches/{{x}}", self._branch)

    def open(self, number: int, head: str, base: str, **more: Any) -> dict[str, Any]:
        """Put a merge request there, as its author does."""
        row = {
            "iid": number, "title": "Add totals", "description": "Please look.", "state": "opened", "sha": head,
            "source_branch": "totals", "target_branch": "main", "source_project_id": 5, "target_project_id": 5,
            "diff_refs": {"base_sha": base, "start_sha": base, "head_sha": head},
            "web_url": f"https://gitlab.com/acme/shop/-/merge_requests/{number}",
        }  # fmt: skip
        self.requests_to_merge[number] = row | more
        return self.requests_to_merge[number]

    def keep(self, number: int, name: str, archive: bytes, made: str = "2999-01-01T00:00:00.000Z") -> None:
        """Let a job keep an archive; the newest comes first."""
        self.jobs.insert(0, {"id": number, "name": name, "created_at": made, "artifacts_file": {"filename": "a.zip"}})
        self.archives[number] = archive

    def _archive(self, number: str, **_: Any) -> Any:
        if int(number) not in self.archives:
            raise RefusalError(404, "404 Not Found")
        return self.archives[int(number)]

    def _list(self, query: dict[str, str], **more: Any) -> Any:
        rows = list(self.requests_to_merge.values())
        for key in ("state", "source_branch", "target_branch"):
            rows = [row for row in rows if key not in query or row[key] == query[key]]
        return page(rows, query=query, **more)

    def _note(self, _: str, body: dict[str, Any], **__: Any) -> Any:
        self.notes.append({"id": next(self.ids), "author": self.user, "body": body["body"], "system": False})
        return self.notes[-1]

    def _edit(self, _: str, number: str, body: dict[str, Any], **__: Any) -> Any:
        row = next(row for row in self.notes if row["id"] == int(number))
        row["body"] = body["body"]
        return row

    def _discuss(self, _: str, body: dict[str, Any], **__: Any) -> Any:
        self.notes.append({"id": next(self.ids), "author": self.user, "system": False, **body})
        return {"id": "d"}

    def _commit(self, body: dict[str, Any], **_: Any) -> Any:
        ref = f"refs/heads/{body['branch']}"
        if self.git("for-each-ref", ref):
            raise RefusalError(400, "A branch called that already exists")
        known = {row.split("\t")[1]: row[:6] for row in self.git("ls-tree", "-r", body["start_sha"]).splitlines()}
        data: dict[str, bytes] = {}
        rows = []
        for action in body["actions"]:
            path = action["file_path"]
            if action["action"] == "delete":
                rows.append(f"0 {'0' * 40}\t{path}")
                continue
            if action["action"] == "chmod":
                known[path] = "100755" if action["execute_filemode"] else "100644"
            else:
                data[path] = base64.b64decode(action["content"])
        rows += [f"{known.get(path, '100644')} {self.blob(content)}\t{path}" for path, content in data.items()]
        tree = self.tree_with(body["start_sha"], rows)
        sha = self.git("commit-tree", tree, "-p", body["start_sha"], "-F", "-", stdin=body["commit_message"])
        self.git("update-ref", ref, sha)
        return {"id": sha, "parent_ids": [body["start_sha"]]}

    def _branch(self, name: str, **_: Any) -> Any:
        if not self.git("for-each-ref", f"refs/heads/{name}"):
            raise RefusalError(404, "404 Branch Not Found")
        sha = self.git("rev-parse", f"refs/heads/{name}")
        return {"commit": {"id": sha, "parent_ids": self.git("log", "-1", "--format=%P", sha).split()}}

    def _open(self, body: dict[str, Any], **_: Any) -> Any:
        number = max(self.requests_to_merge, default=0) + 1
        row = self.open(number, self.git("rev-parse", f"refs/heads/{body['source_branch']}"), "")
        row |= {"title": body["title"], "description": body["description"],
                "source_branch": body["source_branch"], "target_branch": body["target_branch"]}  # fmt: skip
        return row
