"""Starts an architecture decision record, or checks all of them. Standard library only."""
# ruff: noqa: INP001

import argparse
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

TEMPLATE = Path(__file__).resolve().parent.parent / "assets" / "decision.md.tmpl"
FOLDER = Path("docs/adr")
SECTIONS = ["Context", "Decision", "Alternatives", "Consequences", "Migration plan"]
NAMED = re.compile(r"(\d{4})-[a-z0-9]+(?:-[a-z0-9]+)*\.md")
STATUS = re.compile(r"(?m)^Status: (?:proposed|accepted|rejected|superseded by (\d+))\.$")
FENCE = re.compile(r"(?ms)^(`{3,}|~{3,}).*?^\1")


def main(argv: list[str] | None = None) -> int:
    """Return the exit code: 0 good, 1 a record is not, 2 it cannot be started."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=Path(), help="top of the repository")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("new", help="write a record from the template").add_argument("title")
    commands.add_parser("check", help="check numbers, statuses and sections of all records")
    given = parser.parse_args(argv)
    folder = given.root / FOLDER
    if given.command == "check":
        rows = list(faults(folder))
        sys.stdout.writelines(f"{row}\n" for row in rows)
        return 1 if rows else 0
    title = " ".join(given.title.split())
    slug = slug_of(title)
    if not slug:
        sys.stderr.write("refused: the title has no letter or digit to name a file after\n")
        return 2
    number = 1 + max((int(path.name[:4]) for path in records(folder)), default=0)
    path = folder / f"{number:04}-{slug}.md"
    folder.mkdir(parents=True, exist_ok=True)
    text = TEMPLATE.read_text(encoding="utf-8").replace("@number@", str(number)).replace("@title@", title)
    with path.open("x", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
    sys.stdout.write(f"new {path.relative_to(given.root).as_posix()}\n")
    return 0


def slug_of(title: str) -> str:
    """Return lower-case ASCII words joined by dashes, at most 60 characters."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].rstrip("-")


def records(folder: Path) -> list[Path]:
    """Return the records by number."""
    return sorted(path for path in folder.glob("*.md") if NAMED.fullmatch(path.name))


def faults(folder: Path) -> Iterator[str]:
    """Yield one sentence for each thing that is wrong."""
    for path in sorted(folder.glob("[0-9]*.md")):
        if not NAMED.fullmatch(path.name):
            yield f"{path.name}: a record is named NNNN-lower-case-words.md"
    paths = records(folder)
    numbers = [int(path.name[:4]) for path in paths]
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    yield from (f"{number:04}: the number is used twice" for number in twice)
    for path in paths:
        text = FENCE.sub("", path.read_text(encoding="utf-8"))
        number = int(path.name[:4])
        if not re.match(rf"# {number}\. \S", text):
            yield f"{path.name}: the first line is not `# {number}. Title`"
        status = STATUS.search(text)
        if status is None:
            yield f"{path.name}: no line `Status: proposed.` (or accepted, rejected, superseded by N)"
        elif status[1] and int(status[1]) not in numbers:
            yield f"{path.name}: superseded by {status[1]}, which does not exist"
        yield from (f"{path.name}: {fault}" for fault in _sections(text))


def _sections(text: str) -> Iterator[str]:
    found = dict(re.findall(r"(?ms)^## ([^\n]+)\n(.*?)(?=^## |\Z)", text))
    for name in SECTIONS:
        if name not in found:
            yield f"no section `{name}`"
        elif not found[name].strip():
            yield f"the section `{name}` is empty"
    if [name for name in found if name in SECTIONS] != [name for name in SECTIONS if name in found]:
        yield f"the sections are not in the order {', '.join(SECTIONS)}"


if __name__ == "__main__":
    sys.exit(main())
