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
    return node("npm", "run", script, cwd=repository.root / "frontend")


def node(name: str, *argv: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    program = shutil.which(name)
    assert program is not None
    return subprocess.run(
        [program, *argv], cwd=cwd, env=clean(cwd.parent, **REAL), stdin=subprocess.DEVNULL, capture_output=True,
        text=True, check=False,
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


PARSE = """
import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";

const { window } = new JSDOM("");
Object.assign(globalThis, { window, document: window.document });
const { default: mermaid } = await import("mermaid");
for (const file of process.argv.slice(2)) {
  for (const [, text] of readFileSync(file, "utf8").matchAll(/```mermaid\\n(.*?)```/gs)) {
    console.log((await mermaid.parse(text)).diagramType);
  }
}
"""


def test_mermaid_itself_reads_the_diagrams_and_refuses_a_broken_one(baked: Callable[..., Path], tmp_path: Path) -> None:
    folder = tmp_path / "mermaid"
    folder.mkdir()
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (folder / "parse.mjs").write_text(PARSE, encoding="utf-8")
    packages = ("mermaid@11.17.2", "jsdom@26.1.0")
    done = node("npm", "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", *packages, cwd=folder)
    assert done.returncode == 0, done.stderr
    done = node("node", "parse.mjs", str(baked() / "docs" / "codex.md"), cwd=folder)
    assert done.stdout.split() == ["flowchart-v2", "flowchart-v2"], done.stderr
    (folder / "broken.md").write_text("```mermaid\nflowchart LR\n  a[x (y)] --> b\n```\n", encoding="utf-8")
    assert node("node", "parse.mjs", "broken.md", cwd=folder).returncode != 0
