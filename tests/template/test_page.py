"""The page's own checks pass with real Node.js: lint, types, tests, build; and they fail when the API moves on."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bench import Bench, clean

Benches = Callable[..., Bench]
SETTINGS = {name: value for name, value in os.environ.items() if name.lower().startswith(("npm_", "ssl_", "node_"))}
REAL = {**SETTINGS, "NPM_CONFIG_USERCONFIG": str(Path.home() / ".npmrc")}
"""Where this machine gets packages of npm from."""


def npm(repository: Bench, script: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("npm")
    assert program is not None
    return subprocess.run(
        [program, "run", script], cwd=repository.root / "frontend", env=clean(repository.root.parent / "home", **REAL),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("domain", ["finance", "generic"])
def test_the_session_passes_as_generated_and_notices_types_that_differ(bench: Benches, domain: str) -> None:
    repository = bench(frontend="nextjs", domain=domain)
    done = repository.run("nox", "-s", "frontend", **REAL)
    assert done.returncode == 0, done.stdout + done.stderr
    schema = repository.root / "frontend" / "src" / "api" / "schema.d.ts"
    schema.write_text(schema.read_text(encoding="utf-8").replace("workflow: string", "flow: string"), encoding="utf-8")
    assert npm(repository, "schema:check").returncode != 0
    done = npm(repository, "types")
    assert done.returncode != 0
    assert "workflow" in done.stdout
