"""What the stand-ins for forges have in common: a server on loopback that keeps state and writes down all requests."""

import json
import os
import re
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

PATH = {"PATH": os.environ["PATH"]}


@dataclass
class Failure:
    """What goes wrong: `status` instead of an answer (0: the line is cut); `late`: after the thing was done."""

    method: str
    path: str
    status: int
    times: int = 1
    late: bool = False
    headers: dict[str, str] = field(default_factory=dict)


class RefusalError(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


Answer = Callable[..., Any]


class StandIn:
    """What both have in common: routes, state, requests, failures."""

    prefix = ""

    def __init__(self, git_dir: Path) -> None:
        self.git_dir = git_dir
        self.requests: list[dict[str, Any]] = []
        self.failures: list[Failure] = []
        self.ids = iter(range(1001, 10_000))
        self.routes: list[tuple[str, re.Pattern[str], Answer]] = []
        self.url = ""

    def route(self, method: str, path: str, answer: Answer) -> None:
        self.routes.append((method, re.compile(path.replace("{n}", "([0-9]+)").replace("{x}", "([^/?]+)")), answer))

    def fail(self, method: str, path: str, status: int, **more: Any) -> None:
        self.failures.append(Failure(method, path, status, **more))

    def git(self, *argv: str, stdin: str = "", **env: str) -> str:
        base = {"PATH": os.environ["PATH"], "HOME": str(self.git_dir), "GIT_CONFIG_NOSYSTEM": "1"}
        who = {f"GIT_{role}_{what}": text for role in ("AUTHOR", "COMMITTER")
               for what, text in (("NAME", "forge"), ("EMAIL", "forge@localhost"), ("DATE", "@0 +0000"))}  # fmt: skip
        done = subprocess.run(
            ["git", *argv],
            cwd=self.git_dir,
            env=base | who | env,
            input=stdin.encode(),
            capture_output=True,
            check=True,
        )
        return done.stdout.decode().strip()

    def tree_with(self, base: str, rows: list[str]) -> str:
        with tempfile.TemporaryDirectory() as scratch:
            index = {"GIT_INDEX_FILE": f"{scratch}/index"}
            self.git("read-tree", base, **index)
            self.git("update-index", "--index-info", stdin="".join(f"{row}\n" for row in rows), **index)
            return self.git("write-tree", **index)

    def blob(self, data: bytes) -> str:
        git = ["git", "hash-object", "-w", "--stdin"]
        done = subprocess.run(git, cwd=self.git_dir, input=data, capture_output=True, check=True, env=PATH)
        return done.stdout.decode().strip()

    def answer(self, method: str, target: str, body: Any, token: str) -> tuple[int, Any, dict[str, str]]:
        parts = urlsplit(target)
        path, query = parts.path.removeprefix(self.prefix), {k: v[0] for k, v in parse_qs(parts.query).items()}
        row = {"method": method, "path": target.removeprefix(self.prefix), "body": body, "token": token}
        self.requests.append(row)
        wrong = next(
            (one for one in self.failures if one.times and one.method == method and re.search(one.path, path)), None
        )
        if wrong is not None:
            wrong.times -= 1
            if not wrong.late:
                return wrong.status, {"message": "the stand-in fails here"}, wrong.headers
        try:
            for verb, pattern, answer in self.routes:
                if verb == method and (match := pattern.fullmatch(path)):
                    found = answer(*(unquote(group) for group in match.groups()), query=query, body=body)
                    if wrong is not None:
                        return wrong.status, {"message": "the answer got lost"}, wrong.headers
                    return 201 if method == "POST" else 200, found, {}
        except RefusalError as refusal:
            return refusal.status, {"message": refusal.message}, {}
        return 404, {"message": "Not Found"}, {}

    def writes(self) -> list[dict[str, Any]]:
        """Return the requests that change something."""
        return [row for row in self.requests if row["method"] != "GET" and row["path"] != "/graphql"]

    @contextmanager
    def listening(self) -> Iterator["StandIn"]:
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _reply(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                raw = self.rfile.read(size)
                token = self.headers.get("Authorization") or self.headers.get("PRIVATE-TOKEN") or ""
                status, found, headers = stand_in.answer(
                    self.command, self.path, json.loads(raw) if raw else None, token
                )
                if status == 0:
                    self.close_connection = True
                    return
                data = found if isinstance(found, bytes) else json.dumps(found).encode()
                self.send_response(status)
                for key, value in {
                    "Content-Type": "application/json",
                    "Connection": "close",
                    "Content-Length": str(len(data)),
                    **headers,
                }.items():
                    self.send_header(key, value)
                self.end_headers()
                self.wfile.write(data)

            def __getattr__(self, name: str) -> Any:
                if name.startswith("do_"):
                    return self._reply
                raise AttributeError(name)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def page(rows: list[dict[str, Any]], query: dict[str, str], **_: Any) -> list[dict[str, Any]]:
    """Return one page of a list, as both forges cut it."""
    size, number = int(query.get("per_page", "30")), int(query.get("page", "1"))
    return rows[size * (number - 1) : size * number]
