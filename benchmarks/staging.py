"""Row 3: staging a repository of 7,000 files, against bare `git clone --shared` and checkout."""

import shutil
import subprocess
from pathlib import Path

import rounds as timing

from proposer.inputs import stage, subject, workspace

__all__ = ["FILES", "measure"]

FILES = 7_000


def repository(root: Path) -> None:
    """Make a repository of `FILES` files with two commits."""
    for number in range(FILES):
        path = root / f"package{number % 70:02}" / f"module{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"VALUE = {number}\n" * 40, encoding="utf-8")
    git(root, "init", "-q", "-b", "main")
    for text in ("one\n", "two\n"):
        (root / "note.txt").write_text(text, encoding="utf-8")
        git(root, "add", "-A")
        git(root, "-c", "user.name=b", "-c", "user.email=b@localhost", "commit", "-q", "-m", text.strip())
    git(root, "gc", "-q")


def git(root: Path, *argv: str) -> None:
    """Run git."""
    subprocess.run(
        ["git", "-c", "gc.auto=0", "-c", "maintenance.auto=false", *argv],
        cwd=root,
        check=True,
        stdin=subprocess.DEVNULL,
    )


def measure(scratch: Path, rounds: int) -> tuple[float, float]:
    """Return the seconds of ours and of the peer."""
    root, target = scratch / "repository", scratch / "clone"
    root.mkdir()
    repository(root)

    def ours() -> None:
        with workspace.opened(root) as opened:
            found = subject.resolve(opened, base="HEAD~1", head="HEAD")
            stage.prepare(opened, found, instruction=stage.is_instruction)

    def peer() -> None:
        git(scratch, "clone", "-q", "--shared", "--no-checkout", str(root), str(target))
        git(target, "checkout", "-q", "HEAD")
        shutil.rmtree(target)

    found = timing.interleaved({"ours": ours, "peer": peer}, rounds)
    return found["ours"], found["peer"]
