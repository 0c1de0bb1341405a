"""The running application keeps to its OpenAPI document, whatever it is sent."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench import Bench, clean

Benches = Callable[..., Bench]
TOKEN = "token-of-the-tests-" + "0" * 24
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
SERVERS = {
    "fastapi": ("uvicorn", "PKG.app:create", "--factory", "--port", "0"),
    "django": ("gunicorn", "PKG.app.wsgi", "--bind", "127.0.0.1:0", "--threads", "4"),
}
LISTENS = re.compile(r"(?:running on|Listening at:) (http://127\.0\.0\.1:[0-9]+)")
SECONDS = 120


@contextmanager
def running(repository: Bench, stack: str) -> Iterator[tuple[str, Path]]:
    """Serve the application on a port that the system chooses; gives its address and the server's log."""
    database, log = repository.root.parent / "served.sqlite3", repository.root.parent / "served.log"
    settings = {"APP_DATABASE_URL": f"sqlite:///{database}", "APP_TOKENS": f"tests={TOKEN}"}
    done = repository.run("inv", "migrate", **settings)
    assert done.returncode == 0, done.stdout + done.stderr
    program, *argv = (word.replace("PKG", repository.package) for word in SERVERS[stack])
    paths = os.pathsep.join((str(repository.root / "src"), str(repository.site)))
    with log.open("wb") as stream:
        server = subprocess.Popen(
            [str(Path(sys.executable).with_name(program)), *argv], cwd=repository.root, stdin=subprocess.DEVNULL,
            stdout=stream, stderr=stream, env=clean(repository.root.parent, PYTHONPATH=paths, **settings),
        )  # fmt: skip
    try:
        yield _address(server, log), log
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def _address(server: subprocess.Popen[bytes], log: Path) -> str:
    end = time.monotonic() + SECONDS
    while server.poll() is None and time.monotonic() < end:
        if found := LISTENS.search(log.read_text(encoding="utf-8")):
            return found[1]
        time.sleep(0.1)
    raise AssertionError(f"the server does not listen: {log.read_text(encoding='utf-8')}")


def probe(repository: Bench, address: str) -> subprocess.CompletedProcess[str]:
    """Send what the document allows and what it does not; the same requests each time."""
    return repository.run(
        "schemathesis", "run", f"{address}/openapi.json", "--header", f"Authorization: Bearer {TOKEN}",
        "--checks", CHECKS, "--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "25",
        "--generation-deterministic", "--suppress-health-check", "all",
        "--warnings", "off", "--no-color", "--wait-for-schema", "60",
    )  # fmt: skip


@pytest.mark.parametrize("domain", ["finance", "generic"])
@pytest.mark.parametrize("stack", SERVERS)
def test_no_request_gets_a_server_error_or_an_undocumented_answer(bench: Benches, stack: str, domain: str) -> None:
    repository = bench(stack=stack, domain=domain)
    with running(repository, stack) as (address, log):
        done = probe(repository, address)
    assert done.returncode == 0, done.stdout + done.stderr + log.read_text(encoding="utf-8")[-3000:]


@pytest.mark.parametrize("stack", SERVERS)
def test_an_answer_that_is_not_documented_is_noticed(bench: Benches, stack: str) -> None:
    repository = bench(stack=stack)
    statuses = {"fastapi": "answers(404, 422)", "django": "answers(401, 404, 422)"}[stack]
    repository.edit("src/PKG/finance/routes.py", statuses, statuses.replace("404, ", ""))
    with running(repository, stack) as (address, _log):
        done = probe(repository, address)
    assert done.returncode == 1
    assert "Undocumented" in done.stdout
    assert "404" in done.stdout
