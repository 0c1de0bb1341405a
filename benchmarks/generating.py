"""Row 4: `proposer new` as a whole process, against copier on a template that gives the same files."""

import filecmp
import os
import shutil
import subprocess
import sys
from pathlib import Path

import rounds as timing
import yaml

from proposer.config import assets
from proposer.generation import generate

__all__ = ["measure"]

OURS_ALONE = {"codex.lock", ".proposer-template.json"}
"""What the hook computes; a copier template has no such step, so the peer is spared it."""


def template(target: Path, tree: Path) -> None:
    """Turn a generated tree into a copier template with the same files, each with something to render."""
    (target / "files").mkdir(parents=True)
    slug = tree.name
    for path in sorted(tree.rglob("*")):
        name = path.relative_to(tree).as_posix()
        if path.is_file() and name not in OURS_ALONE:
            place = target / "files" / name
            place.parent.mkdir(parents=True, exist_ok=True)
            text = path.read_text(encoding="utf-8")
            parts = [f"{{% raw %}}{part}{{% endraw %}}" if part else "" for part in text.split(slug)]
            place.write_text("{{ slug }}".join(parts), encoding="utf-8")
    settings = {"_subdirectory": "files", "_templates_suffix": "", "slug": {"type": "str", "default": slug}}
    (target / "copier.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")


def measure(scratch: Path, rounds: int) -> tuple[float, float]:
    """Return the seconds of ours and of the peer."""
    tree, source = scratch / "ledger", scratch / "source"
    assets.root()
    generate(tree, {}, no_input=True)
    template(source, tree)
    ours, peer = scratch / "ours", scratch / "peer"
    environment = {"PATH": os.environ["PATH"], "HOME": str(scratch), "LANG": "C.UTF-8"}

    def run(target: Path, *call: str) -> None:
        shutil.rmtree(target, ignore_errors=True)
        done = subprocess.run(
            [sys.executable, "-m", *call], cwd=scratch, env=environment, check=False, capture_output=True,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        if done.returncode:
            sys.exit(done.stderr.decode())

    cases = {
        "ours": lambda: run(ours, "proposer", "new", str(ours), "--no-input"),
        "peer": lambda: run(peer, "copier", "copy", "--defaults", "--quiet", str(source), str(peer)),
    }
    found = timing.interleaved(cases, rounds)
    _same(ours, peer)
    return found["ours"], found["peer"]


def _same(ours: Path, peer: Path) -> None:
    """Stop where the two trees differ: then the comparison would be worth nothing."""
    names = [path.relative_to(ours).as_posix() for path in ours.rglob("*") if path.is_file()]
    names = [name for name in names if name not in OURS_ALONE]
    _, mismatch, errors = filecmp.cmpfiles(ours, peer, names, shallow=False)
    if mismatch or errors:
        sys.exit(f"copier made other files: {[*mismatch, *errors][:5]}")
