"""Prints a command of README.md: the fenced block under `<!-- command: NAME -->`, exactly as readers read it."""

import sys
from pathlib import Path


def block(text: str, name: str) -> str:
    """Return the lines of the fenced block that follows the mark.

    Raises:
        SystemExit: README.md has no such mark, or no fenced block after it.
    """
    mark = f"<!-- command: {name} -->"
    lines = iter(text.split("\n"))
    if not any(line.strip() == mark for line in lines) or not next(lines, "").startswith("```"):
        sys.exit(f"README.md has no fenced block under {mark}")
    kept: list[str] = []
    for line in lines:
        if line.startswith("```"):
            return "\n".join(kept) + "\n"
        kept.append(line)
    sys.exit(f"README.md: the fenced block under {mark} is not closed")


if __name__ == "__main__":
    sys.stdout.write(block((Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8"), sys.argv[1]))
