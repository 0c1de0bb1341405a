"""Writes the software bill of materials of a release (CycloneDX 1.6, JSON), and holds it against what is locked.

`python tests/dist/sbom.py [FILE]`: made twice, the bytes must be equal; it must be valid by CycloneDX's own schema and
list exactly the packages and hashes of `requirements/run.txt`. Without a file nothing is left.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = Path(__file__).resolve().parents[2]
LOCKED = ROOT / "requirements" / "run.txt"


def made(target: Path) -> str:
    """Write the document and return it."""
    env = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    command = ["cyclonedx-py", "requirements", "--pyproject", str(ROOT / "pyproject.toml"), "--mc-type", "library"]
    options = ["--sv", "1.6", "--of", "JSON", "--short-PURLs", "--output-reproducible", "-o", str(target), str(LOCKED)]
    subprocess.run([*command, *options], check=True, env=env, capture_output=True)
    return target.read_text(encoding="utf-8")


def locked(text: str) -> dict[str, tuple[str, set[str]]]:
    """Return version and sha256 digests of each locked package."""
    found = {}
    for block in re.split(r"\n(?=\S)", text):
        name = re.match(r"([A-Za-z0-9._-]+)==([^\s;\\]+)", block)
        if name:
            found[name[1].lower()] = (name[2], set(re.findall(r"sha256:([0-9a-f]{64})", block)))
    return found


def wrong(document: dict[str, Any], wanted: dict[str, tuple[str, set[str]]]) -> list[str]:
    """Return what the document says otherwise than the lock, or leaves out."""
    invalid = JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(document))
    problems = [f"not CycloneDX 1.6: {str(invalid)[:200]}"] if invalid else []
    listed = {}
    for part in document.get("components", []):
        rows = [row for one in part.get("externalReferences", []) for row in one.get("hashes", [])]
        listed[part["name"].lower()] = (
            part.get("version"),
            {row["content"] for row in rows if row["alg"] == "SHA-256"},
        )
    problems += [f"{name} is not listed" for name in sorted(wanted.keys() - listed.keys())]
    problems += [f"{name} is listed and not locked" for name in sorted(listed.keys() - wanted.keys())]
    for name in sorted(wanted.keys() & listed.keys()):
        if listed[name] != wanted[name]:
            problems.append(f"{name} differs from the lock")
    return problems


def blind(document: dict[str, Any], wanted: dict[str, tuple[str, set[str]]]) -> list[str]:
    """Return which poison the comparison does not see."""
    poisons = {
        "a package left out": lambda copy: copy["components"].pop(),
        "a package too many": lambda copy: copy["components"].append({"type": "library", "name": "x", "version": "1"}),
        "another version": lambda copy: copy["components"][0].update(version="0"),
        "a hash left out": lambda copy: copy["components"][0].pop("externalReferences"),
        "no CycloneDX": lambda copy: copy.update(bomFormat="x"),
    }
    unseen = []
    for name, poison in poisons.items():
        copy = json.loads(json.dumps(document))
        poison(copy)
        if not wrong(copy, wanted):
            unseen.append(f"unseen: {name}")
    return unseen


def main() -> int:
    """Print what is wrong; 1 where something is."""
    with tempfile.TemporaryDirectory() as scratch:
        one, two = made(Path(scratch) / "one.json"), made(Path(scratch) / "two.json")
    document, wanted = json.loads(one), locked(LOCKED.read_text(encoding="utf-8"))
    problems = [*wrong(document, wanted), *blind(document, wanted), *(["two of them differ"] if one != two else [])]
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    if sys.argv[1:] and not problems:
        Path(sys.argv[1]).write_text(one, encoding="utf-8")
    sys.stdout.write(f"{len(document.get('components', []))} components in the bill of materials\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
