"""Canaries planted in every field that a run has: none is found in what is kept, shown or written afterwards."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from corpus.tokens import draw, seeded
from lab import FINDING, Lab

CHANCE = seeded(41)
PLACES = (
    "key",
    "environment",
    "text",
    "diff",
    "command",
    "output",
    "interim",
    "patch",
    "summary",
    "title",
    "body",
    "tool",
    "stderr",
    "file",
    "message",
    "log",
    "branch",
)
SHAPES = ("ghp_{a36}", "glpat-{b20}", "npm_{a36}", "hf_{a34}", "dop_v1_{h64}", "xoxb-{d12}-{d12}-{a24}", "figd_{b43}",
          "pul-{h40}", "shpat_{h32}", "sqp_{h40}", "glsa_{a32}_{h8}", "AKIA{k16}",
          "lin_api_{a40}", "glrt-{a20}", "rubygems_{h48}", "dckr_pat_{a27}", "sqp_{h40}")  # fmt: skip
CANARIES = {place: draw(shape, CHANCE) for place, shape in zip(PLACES, SHAPES, strict=True)}
# No pattern knows these two: they are found because the process has them in its environment.
VALUE = f'blue-heron/{draw("{a12}", CHANCE)}+&"x"'
CANARIES["environment"] = VALUE


def forms(secret: str, *, edges: bool = False) -> Iterator[str]:
    """Yield how a secret may be written; base64 without its edges, which depend on what stands beside it."""
    raw = secret.encode()
    yield from (secret, secret[::-1], raw.hex(), raw.hex().upper(), quote(secret, safe=""), json.dumps(secret)[1:-1])
    for shift in range(3):
        coded = base64.b64encode(b"x" * shift + raw).decode()
        coded = coded if edges else coded[4:-4]
        yield from (coded, coded.replace("+", "-").replace("/", "_"))


def leaks(texts: dict[str, str]) -> list[tuple[str, str, str]]:
    return [
        (where, place, form)
        for where, text in texts.items()
        for place, secret in CANARIES.items()
        for form in forms(secret)
        if form in text
    ]


def kept(lab: Lab, *more: Path) -> dict[str, str]:
    """Return the text of every file that the run left in the repository, and of some more."""
    found = {}
    for folder in (lab.root / ".proposer", *more):
        for path in [folder] if folder.is_file() else sorted(folder.rglob("*")):
            if path.is_file():
                found[path.name] = found.get(path.name, "") + path.read_text(encoding="utf-8", errors="replace")
            found["names"] = f"{found.get('names', '')}{path.name}\n"
    return found


def hostile_script() -> list[object]:
    """Return the turns of a model that says a secret wherever it can say anything."""
    written = " ".join(form for form in forms(VALUE, edges=True))
    halves = CANARIES["output"][:9], CANARIES["output"][9:]
    finding = FINDING | {"title": f"see {CANARIES['title']}", "body": f"key {CANARIES['body']}\nand {VALUE}"}
    answer = {"summary": f"found {CANARIES['summary']}", "verdict": "comment", "findings": [finding]}
    long = "x" * 80 + CANARIES["command"]
    return [
        {"say": f"I use {CANARIES['interim']} now"},
        [
            {"shell": f"echo {CANARIES['command']} # gitleaks:allow"},
            {"shell": f"echo {long}"},
            {"shell": f"ls {CANARIES['stderr']}"},
            {"shell": f"cat {CANARIES['file']}.txt; git log -2; git branch"},
            {"shell": f"printf '%s%s\\n' '{halves[0]}' '{halves[1]}'; printf '%s\\n%s\\n' '{halves[0]}' '{halves[1]}'"},
            {"shell": f"echo '{written}'; cat note.txt"},
        ],
        {"patch": f"*** Begin Patch\n*** Add File: x.py\n+KEY = '{CANARIES['patch']}'\n*** End Patch\n"},
        {"answer": answer},
    ]


def plant(lab: Lab) -> Path:
    """Commit a change that holds a secret, and write a text that does."""
    lab.write("note.txt", f"keep\na = 1\nTOKEN = '{CANARIES['diff']}'\n")
    lab.write(f"{CANARIES['file']}.txt", "a name that tells\n")
    lab.git("checkout", "-q", "-b", f"fix/{CANARIES['branch']}")
    lab.commit(f"rotate {CANARIES['message']}\n\nand {VALUE}")
    (lab.scratch / "build.log").write_text(f"::add-mask::{CANARIES['log']}\nuse {CANARIES['log']}\n", encoding="utf-8")
    text = lab.scratch / "ci.log"
    text.write_text(f"+ curl -H 'X: {CANARIES['text']}'\npassword = {VALUE}\n", encoding="utf-8")
    return text


@pytest.mark.sandbox
@pytest.mark.parametrize("suffix", [".md", ".json", ".sarif", ".html"])
def test_no_canary_is_found_after_a_run(lab: Lab, suffix: str) -> None:
    text, out, tape = plant(lab), lab.scratch / f"report{suffix}", lab.scratch / "tape"
    texts_in = ("--text", str(text), "--text", str(lab.scratch / "build.log"))
    argv = ("codex.review", "--base", "HEAD~1", "--head", "HEAD", *texts_in, "--out", str(out), "--record", str(tape))
    environment = {"OPENAI_API_KEY": CANARIES["key"], "CODEX_API_KEY": CANARIES["key"], "MY_SECRET": VALUE}
    done = lab.inv(*argv, "--provider", lab.script(*hostile_script()), **environment)
    assert done.returncode == 7, done.stderr
    texts = {"stdout": done.stdout, "stderr": done.stderr} | kept(lab, out, tape)
    assert leaks(texts) == []
    if suffix == ".json":
        again = lab.inv("codex.replay", str(tape), MY_SECRET=VALUE)
        # Commands that held a secret were recorded without it: they give something else, and that is shown.
        assert again.returncode == 3, again.stderr
        assert "[REDACTED:" in again.stdout + again.stderr
        assert leaks({"stdout": again.stdout, "stderr": again.stderr} | kept(lab)) == []
    # The canaries were really there: their markers are.
    marked = {name for name, content in texts.items() if "[REDACTED:" in content}
    assert marked >= {
        "stdout",
        "stderr",
        "events.jsonl",
        "requests.jsonl",
        "responses.jsonl",
        "answer.json",
        "answer.md",
        "prompt.md",
        out.name,
    }


def test_no_canary_is_found_after_a_run_that_fails(lab: Lab) -> None:
    text = plant(lab)
    script = lab.script(
        {"call": {"name": CANARIES["tool"], "arguments": {"x": CANARIES["command"], "y": VALUE}}},
        {"answer_text": CANARIES["body"]},
    )
    argv = ("codex.review", "--base", "HEAD~1", "--head", "HEAD", "--text", str(text), "--provider", script)
    done = lab.inv(*argv, "--json", MY_SECRET=VALUE)
    assert done.returncode == 8, done.stderr
    assert leaks({"stdout": done.stdout, "stderr": done.stderr} | kept(lab)) == []


def test_the_search_of_this_test_finds_what_is_there() -> None:
    """The guard of the guard: a leak in any form is seen."""
    for form in forms(VALUE):
        assert leaks({"x": f"..{form}.."})
