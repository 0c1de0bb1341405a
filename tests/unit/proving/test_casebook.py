"""Reading the cases of a repository."""

from pathlib import Path

import pytest

from proposer.errors import UsageError
from proposer.proving.casebook import casebook


def write(root: Path, name: str) -> None:
    folder = root / "evals" / name
    folder.mkdir(parents=True)
    (folder / "case.toml").write_text('title = "t"\nshows = "s"\nclean = true\n', encoding="utf-8")
    (folder / "change.patch").write_bytes(b"diff\n")


@pytest.mark.parametrize(
    ("asked", "found"),
    [("", ["clean-a", "clean-b", "float"]), ("clean-*", ["clean-a", "clean-b"]), ("float", ["float"])],
)
def test_cases_are_found_by_name_and_pattern(tmp_path: Path, asked: str, found: list[str]) -> None:
    for name in ("float", "clean-b", "clean-a", ".hidden", "__pycache__"):
        write(tmp_path, name)
    (tmp_path / "evals" / "README.md").write_text("not a case\n", encoding="utf-8")
    entries = casebook(tmp_path, asked)
    assert [entry.name for entry in entries] == found
    assert entries[0].where == f"evals/{found[0]}"


def test_a_typo_names_what_comes_near(tmp_path: Path) -> None:
    write(tmp_path, "money-as-float")
    with pytest.raises(UsageError, match=r"no eval 'money-as-floats' \(near: money-as-float"):
        casebook(tmp_path, "money-as-floats")


def test_a_repository_without_cases_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no evals/NAME"):
        casebook(tmp_path)


@pytest.mark.parametrize("name", ["case.toml", "change.patch"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    write(tmp_path, "float")
    (tmp_path / "evals" / "float" / name).unlink()
    with pytest.raises(UsageError, match=f"evals/float/{name} cannot be read"):
        casebook(tmp_path)
