"""Runs every fenced `sh` block of the documentation, page by page, as a reader would type it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"(?P<before>[^\n]*)\n+(?P<indent> *)```sh\n(?P<body>.*?)\n(?P=indent)```", re.DOTALL)
NOT_RUN = re.compile(r"<!-- not run: (?P<why>.+?) -->")
OWN_TESTS = {"README.md": "the entry point of CI runs both commands as they stand"}
PREPARED = """
proposer new ledger --no-input >/dev/null
cd ledger
git init -q -b main && git add -A && git commit -q -m "Start"
printf 'def fee(amount: float) -> float:\\n    return amount * 0.1\\n' > fee.py
git add fee.py && git commit -q -m "Add a fee"
cat > ../script.json <<'JSON'
{"schema": "proposer/rehearsal/v1", "turns": [
  {"answer": {"summary": "nothing to report", "verdict": "approve", "findings": []}}]}
JSON
inv codex.review --base HEAD~1 --head HEAD --provider rehearsal:../script.json >/dev/null 2>&1
"""
"""What the how-to pages start from: a generated repository with one change and one record."""


def pages() -> list[Path]:
    found = [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]
    return sorted(path for path in found if path.name not in OWN_TESTS and "```sh" in path.read_text(encoding="utf-8"))


def blocks(text: str) -> tuple[list[str], list[str]]:
    """Return the blocks to run and the reasons of those that are exempt."""
    run, exempt = [], []
    for match in FENCE.finditer("\n" + text):
        if why := NOT_RUN.search(match["before"]):
            exempt.append(why["why"])
            continue
        size = len(match["indent"])
        run.append("\n".join(line[size:] for line in match["body"].split("\n")))
    return run, exempt


def typed(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    home = folder / "home"
    home.mkdir(exist_ok=True)
    (home / ".gitconfig").write_text("[user]\nname = Reader\nemail = reader@localhost\n", encoding="utf-8")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=folder, text=True, capture_output=True, timeout=300,
        env={"PATH": path, "HOME": str(home), "LANG": "C.UTF-8"}, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("page", pages(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_page_does_what_it_says(page: Path, tmp_path: Path) -> None:
    run, _ = blocks(page.read_text(encoding="utf-8"))
    start = PREPARED if "how-to" in page.parts else ""
    done = typed("\n".join([start, *run]), tmp_path)
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"


def test_a_block_that_fails_and_an_exempt_one_are_told_apart(tmp_path: Path) -> None:
    text = "x\n```sh\nfalse\n```\n<!-- not run: needs a key -->\n```sh\nexit 9\n```\n"
    run, exempt = blocks(text)
    assert (run, exempt) == (["false"], ["needs a key"])
    assert typed(run[0], tmp_path).returncode == 1


def test_the_exemptions_are_few_and_have_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    found = {page.name: why for page in pages() if (why := blocks(page.read_text(encoding="utf-8"))[1])}
    with capsys.disabled():
        sys.stdout.write(f"\nblocks that are not run: {sum(map(len, found.values()))} {found}\n")
    assert sum(map(len, found.values())) <= 3
