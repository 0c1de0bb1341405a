"""The hash-locked requirement files fit pyproject.toml, name no index, and carry a hash for every pin."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
GROUPS = PROJECT["dependency-groups"]
FILES = {
    "run": None,
    "nox": "nox",
    "test": "test",
    "lint": "lint",
    "docs": "docs",
    "looks": "looks",
    "template": "template",
    "oldest": "oldest",
    "measure": "measure",
    "dist": "dist",
}
ALONE = {"nox", "dist"}


def wanted(group: str | None) -> list[Requirement]:
    """Return the requirements of a group, those of groups it includes, and the project's own where it needs them."""
    rows = [] if group in ALONE else [Requirement(row) for row in PROJECT["project"]["dependencies"]]
    for row in GROUPS[group] if group else []:
        rows += wanted(row["include-group"]) if isinstance(row, dict) else [Requirement(row)]
    return rows


def pins(text: str) -> dict[str, Version]:
    return {
        canonicalize_name(name): Version(version) for name, version in re.findall(r"(?m)^([\w.-]+)==([^\s;]+)", text)
    }


def unhashed(text: str) -> list[str]:
    """Return the pins that carry no hash."""
    rows = re.split(r"(?m)^(?=[\w.-]+==)", text)
    return [row.split()[0] for row in rows if "==" in row and "--hash=sha256:" not in row]


def unmet(text: str, requirements: list[Requirement]) -> list[str]:
    """Return the requirements that no pin meets."""
    found = pins(text)
    return [
        str(row)
        for row in requirements
        if canonicalize_name(row.name) not in found or found[canonicalize_name(row.name)] not in row.specifier
    ]


@pytest.mark.parametrize("name", FILES)
def test_every_requirement_is_pinned_with_hashes_and_no_index(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert unmet(text, wanted(FILES[name])) == []
    assert unhashed(text) == []
    assert "://" not in text
    assert "index" not in text


def test_there_is_no_requirement_file_that_nobody_checks() -> None:
    assert {path.stem for path in (ROOT / "requirements").glob("*.txt")} == set(FILES)


def test_a_missing_pin_a_low_pin_and_a_missing_hash_are_seen() -> None:
    text = "a==1.0 \\\n    --hash=sha256:00\nb==2.0\n"
    assert unmet(text, [Requirement("a>=1"), Requirement("a>=2"), Requirement("c")]) == ["a>=2", "c"]
    assert unhashed(text) == ["b==2.0"]
