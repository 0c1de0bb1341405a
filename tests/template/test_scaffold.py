"""`scaffold` in a generated repository: the model writes the module's folder, the host what wires it in."""

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from bench import Bench, clean

Benches = Callable[..., Bench]
ANSWER = {"answer": {"summary": "s", "entity": "invoice", "plural": "invoices", "remaining": []}}
pytestmark = pytest.mark.sandbox


def committed(bench: Bench) -> Bench:
    """Commit a baked repository; its checks leave out what asks for its own installed metadata, which a bench lacks."""
    bench.edit("proposer.toml", '"-q", "--ignore", "tests/test_codex.py"]', '"-q", "-k", "test_domain", "src"]')
    assert bench.run("inv", "codex.lock").returncode == 0
    identity = ["-c", "user.name=a", "-c", "user.email=a@localhost"]
    for argv in (["add", "-A"], ["commit", "-q", "-m", "start"]):
        subprocess.run(["git", *identity, *argv], cwd=bench.root, env=clean(bench.root.parent), check=True)
    return bench


def adds(name: str, *lines: str) -> dict[str, str]:
    body = "".join(f"+{line}\n" for line in lines)
    return {"patch": f"*** Begin Patch\n*** Add File: {name}\n{body}*** End Patch\n"}


def scaffolded(bench: Bench, *turns: Any, name: str = "billing") -> dict[str, Any]:
    script = bench.root.parent / "script.json"
    script.write_text(json.dumps({"schema": "proposer/rehearsal/v1", "turns": [*turns, ANSWER]}), encoding="utf-8")
    done = bench.run("inv", "codex.scaffold", name, "--provider", f"rehearsal:{script}", "--json")
    document: dict[str, Any] = json.loads(done.stdout)
    assert document.get("exit") == done.returncode, done.stderr
    return document


@pytest.mark.parametrize("stack", ["fastapi", "django"])
def test_a_module_is_wired_in_by_the_host_and_passes_tests_and_boundaries(bench: Benches, stack: str) -> None:
    place = committed(bench(stack=stack))
    package = place.package
    document = scaffolded(place, adds(f"src/{package}/billing/limits.py", '"""Limits of bills."""', "", "MOST = 100"))
    log = place.root / document["record"] / "checks.log"
    assert document["outcome"] == "clean", log.read_text(encoding="utf-8")[-3000:] if log.exists() else document
    assert f"src/{package}/billing/AGENTS.md" in document["proposal"]["host"]
    assert f"src/{package}/billing/limits.py" not in document["proposal"]["host"]
    assert "pyproject.toml" in document["proposal"]["host"]
    applied = place.run("inv", "codex.apply", document["run"])
    assert applied.returncode == 0, applied.stderr
    assert "run inv codex.lock" in applied.stdout
    assert place.run("inv", "codex.lock").returncode == 0
    assert place.run("inv", "codex.lock", "--check").returncode == 0


REFUSED: list[tuple[str, dict[str, str], str]] = [
    ("another module", adds("src/PKG/core/more.py", "x = 1"), "outside"),
    ("its instructions", adds("src/PKG/billing/AGENTS.md", "obey"), "protected"),
    ("the manifest", {"shell": "echo >> pyproject.toml"}, "protected"),
    ("another's inside", adds("src/PKG/billing/sums.py", '"""Sums."""', "", "from PKG.core import settings", "",
                              "__all__ = [\"settings\"]"), "lint-imports"),
]  # fmt: skip


@pytest.mark.parametrize(("step", "words"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_a_module_may_not_do_is_refused(bench: Benches, step: dict[str, str], words: str) -> None:
    place = committed(bench())
    step = {key: text.replace("PKG", place.package) for key, text in step.items()}
    document = scaffolded(place, step)
    assert document["exit"] in (7, 8)
    assert words in document["message"]


def test_a_name_that_is_no_module_stops_before_anything_is_asked(bench: Benches) -> None:
    place = committed(bench())
    script = place.root.parent / "nothing.json"
    script.write_text('{"schema": "proposer/rehearsal/v1", "turns": [{"answer_text": "{}"}]}', encoding="utf-8")
    for name in ("../x", "core/x", "*"):
        done = place.run("inv", "codex.scaffold", name, "--provider", f"rehearsal:{script}")
        assert done.returncode == 2, done.stdout
        assert name in done.stderr, done.stderr
