"""`dto` in a generated repository: models, route and tests in one module, and no break of the API without its name."""

import importlib.util
import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from bench import Bench, clean

Benches = Callable[..., Bench]
GONE = {"operation": "GET /finance/accounts", "change": "is gone"}
DESCRIBED = "python -m proposer_openapi > /dev/null && echo the document was printed"
SCRIPT = ".agents/skills/dto-and-route/scripts/stub.py"
STUB = "STUB"
"""Stands for a step that writes what the skill's stub makes."""
MOVE = 'sed -i \'s#get("/accounts"#get("/all-accounts"#\' src/PKG/finance/routes.py'
pytestmark = pytest.mark.sandbox


def answer(*breaking: dict[str, str]) -> dict[str, Any]:
    said = {"summary": "s", "operations": ["POST /finance/preview-booking"], "breaking": [*breaking], "remaining": []}
    return {"answer": said}


def committed(bench: Bench) -> Bench:
    """Commit a baked repository; its tests leave out what asks for its own installed metadata, which a bench lacks."""
    ignored = '"--ignore", "tests/test_codex.py", "--ignore-glob", "tests/test_*_openapi.py"]'
    bench.edit("proposer.toml", f'"-q", {ignored}', '"-q", "-k", "test_domain", "src"]')
    assert bench.run("inv", "codex.lock").returncode == 0
    identity = ["-c", "user.name=a", "-c", "user.email=a@localhost"]
    for argv in (["add", "-A"], ["commit", "-q", "-m", "start"]):
        subprocess.run(["git", *identity, *argv], cwd=bench.root, env=clean(bench.root.parent), check=True)
    return bench


def stub(bench: Bench) -> str:
    """Return the shell command of a model that writes the files which the skill's stub makes."""
    spec = importlib.util.spec_from_file_location("stub", bench.root / SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    files = script.plan(bench.root, "finance", "preview_booking")
    return "\n".join(f"cat > {path} <<'END'\n{text}END" for path, text in files.items())


def asked(bench: Bench, *turns: Any) -> dict[str, Any]:
    script = bench.root.parent / "script.json"
    steps = [{"shell": stub(bench)} if turn == STUB else turn for turn in turns]
    text = json.dumps({"schema": "proposer/rehearsal/v1", "turns": steps}).replace("PKG", bench.package)
    script.write_text(text, encoding="utf-8")
    done = bench.run("inv", "codex.dto", "finance", "PreviewBooking", "--provider", f"rehearsal:{script}", "--json")
    document: dict[str, Any] = json.loads(done.stdout)
    assert document.get("exit") == done.returncode, done.stderr
    return document


@pytest.mark.parametrize("stack", ["fastapi", "django"])
def test_an_operation_that_is_added_passes_and_a_break_needs_its_name(bench: Benches, stack: str) -> None:
    place = committed(bench(stack=stack))
    steps = [{"shell": "git push origin main"}, {"shell": DESCRIBED}, STUB]
    document = asked(place, *steps, answer())
    log = place.root / document["record"] / "checks.log"
    assert document["outcome"] == "clean", log.read_text(encoding="utf-8")[-3000:] if log.exists() else document
    assert document["refused_commands"] == 1
    assert "the document was printed" in (place.root / document["record"] / "events.jsonl").read_text(encoding="utf-8")

    broken = asked(place, *steps, {"shell": MOVE}, answer())
    assert (broken["outcome"], broken["exit"]) == ("blocked", 7)
    assert "does not name it: GET /finance/accounts: is gone" in broken["message"]

    named = asked(place, *steps, {"shell": MOVE}, answer(GONE))
    assert (named["outcome"], named["exit"]) == ("findings", 0), named["message"]
    assert "as the answer says: GET /finance/accounts: is gone" in named["message"]
    assert place.run("inv", "codex.apply", broken["run"]).returncode != 0

    applied = place.run("inv", "codex.apply", document["run"])
    assert applied.returncode == 0, applied.stderr
    own = ["tests/test_finance_preview_booking_http.py", "tests/test_http.py"]
    done = place.run("pytest", "-q", *own)
    assert done.returncode == 0, done.stdout


def test_a_page_is_told_to_follow_and_its_copy_of_the_document_can(bench: Benches) -> None:
    place = committed(bench(frontend="nextjs"))
    document = asked(place, STUB, answer())
    assert document["outcome"] == "clean", document["message"]
    follow = "nox -s frontend -- --write"
    report = (place.root / document["record"] / "answer.md").read_text(encoding="utf-8")
    assert f"once the proposal is applied, run: {follow}" in report
    assert "frontend/" not in (place.root / document["record"] / "proposal.patch").read_text(encoding="utf-8")
    applied = place.run("inv", "codex.apply", document["run"])
    assert f"note: now run: {follow}" in applied.stdout
    # What that session starts with; the rest of it is npm's.
    check = ["-q", "-p", "no:cacheprovider", "tests/test_frontend_openapi.py"]
    stale = place.run("pytest", *check)
    assert (stale.returncode, follow in stale.stdout) == (1, True), stale.stdout
    assert place.run("pytest", *check, APP_WRITE_OPENAPI="1").returncode == 0
    copy = json.loads((place.root / "frontend/openapi.json").read_text(encoding="utf-8"))
    assert "/finance/preview-booking" in copy["paths"]
    assert place.run("pytest", *check).returncode == 0


def does(script: str) -> dict[str, str]:
    return {"shell": script}


BROKEN = does("echo 'raise RuntimeError(__name__)' > src/PKG/finance/routes.py")
ELSEWHERE = does("echo 'X = 1' > src/PKG/core/more.py")
OTHERS: list[tuple[str, list[Any], int, str]] = [
    ("an answer without its fields", [STUB, {"answer": {"summary": "s"}}], 6, "schema"),
    ("another module", [STUB, ELSEWHERE, answer()], 7, "outside"),
    ("an application that does not load", [STUB, BROKEN, answer()], 7, "the proposal fails"),
    ("nothing", [answer()], 5, "nothing was proposed"),
]


@pytest.mark.parametrize(("turns", "code", "words"), [row[1:] for row in OTHERS], ids=[row[0] for row in OTHERS])
def test_what_is_not_asked_for_does_not_pass(bench: Benches, turns: list[Any], code: int, words: str) -> None:
    document = asked(committed(bench()), *turns)
    assert document["exit"] == code, document["message"]
    assert words in document["message"]


def test_arguments_that_name_nothing_stop_before_anything_is_asked(bench: Benches) -> None:
    place = committed(bench())
    for argv, told in (
        (["nowhere", "PreviewBooking"], "no module 'nowhere'"),
        (["core", "PreviewBooking"], "there are: dev, finance"),
        (["../finance", "PreviewBooking"], "no module '../finance'"),
        (["finance", "preview_booking"], "PascalCase"),
        (["finance", "Preview/Booking"], "cannot be used as name"),
        (["finance", "None"], "cannot be used as name"),
    ):
        done = place.run("inv", "codex.dto", *argv, "--provider", "rehearsal:none.json")
        assert done.returncode == 2, done.stdout
        assert told in done.stderr, done.stderr
