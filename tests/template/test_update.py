"""An update of the whole template: two wheels, built from two commits, over a repository that somebody worked on."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench import clean, tree
from matrix import SUPPORTED

ROOT = Path(__file__).parents[2]
TEMPLATE = "template/{{cookiecutter.project_slug}}"
COMBINATIONS = [next(name for name in SUPPORTED if name.startswith(stack)) for stack in ("django", "fastapi")]
LOCK = "codex.lock"


@dataclass(frozen=True)
class Release:
    """A wheel of proposer, and the folder it is unpacked in."""

    wheel: Path
    folder: Path

    def run(self, *argv: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run this release's own program, not the one that is installed."""
        env = clean(cwd.parent, PYTHONPATH=str(self.folder), PIP_NO_INDEX="1", UV_OFFLINE="1")
        return subprocess.run(
            [sys.executable, "-m", "proposer", *argv], cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, check=False,
        )  # fmt: skip

    def new(self, target: Path, combination: str) -> Path:
        """Generate a repository."""
        answers = [f"--set={name}={value}" for name, value in SUPPORTED[combination].items()]
        done = self.run("new", "--no-input", *answers, str(target), cwd=target.parent)
        assert done.returncode == 0, done.stderr
        return target


def _git(folder: Path, *argv: str) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    subprocess.run(["git", *who, *argv], cwd=folder, env=clean(folder.parent), check=True, capture_output=True)


def _released(clone: Path, folder: Path) -> Release:
    """Build the wheel of what is committed, and unpack it."""
    folder.mkdir()
    code = "import sys, hatchling.build as b; print(b.build_wheel(sys.argv[1]))"
    argv = [sys.executable, "-c", code, str(folder)]
    done = subprocess.run(argv, cwd=clone, env=clean(folder), capture_output=True, text=True, check=True)
    wheel = folder / done.stdout.strip().splitlines()[-1]
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "unpacked")
    return Release(wheel=wheel, folder=folder / "unpacked")


def _changed(path: Path, change: Callable[[str], str]) -> None:
    text = path.read_text(encoding="utf-8")
    assert change(text) != text
    path.write_text(change(text), encoding="utf-8")


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Release, Release]:
    """Return an older release, whose template and prompt say other things, and that of today."""
    folder = tmp_path_factory.mktemp("releases")
    clone = folder / "proposer"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    for name in ("pyproject.toml", "src/proposer/__init__.py"):
        _changed(clone / name, lambda text: re.sub(r'(?m)^(__)?version(__)? = ".*"', r'\1version\2 = "0.0.1"', text))
    _changed(clone / "template/cookiecutter.json", lambda text: re.sub(r"proposer==[0-9.]+", "proposer==0.0.1", text))
    _changed(clone / TEMPLATE / "SECURITY.md", lambda text: text.replace("# Security\n", "# Safety\n"))
    _changed(clone / TEMPLATE / "docs/governance.md", lambda text: text.replace("## Checklist", "## List"))
    _changed(clone / "prompts/review.md", lambda text: f"Look well.\n\n{text}")
    (clone / TEMPLATE / "docs/codex.md").unlink()
    (clone / TEMPLATE / "docs/earlier.md").write_text("# Earlier\n", encoding="utf-8")
    _git(clone, "add", "--all")
    _git(clone, "commit", "-qm", "As it was")
    older = _released(clone, folder / "older")
    _git(clone, "revert", "--no-edit", "HEAD")
    return older, _released(clone, folder / "newer")


@pytest.fixture(params=COMBINATIONS)
def books(request: pytest.FixtureRequest, releases: tuple[Release, Release], tmp_path: Path) -> Path:
    """Return a repository that the older release made; its own first commit is made."""
    repository = releases[0].new(tmp_path / "books", request.param)
    assert (repository / "SECURITY.md").read_text(encoding="utf-8").startswith("# Safety\n")
    _committed(repository, "Start")
    return repository


def _committed(repository: Path, message: str) -> None:
    if not (repository / ".git").is_dir():
        _git(repository, "init", "-q", "-b", "main", "--template=")
    _git(repository, "add", "--all")
    _git(repository, "commit", "-qm", message)


def _worked_on(repository: Path) -> None:
    """Do to a repository what its owner does: edit what the template made, add and delete."""
    _changed(repository / "SECURITY.md", lambda text: f"{text}\nOur own words.\n")
    _changed(repository / "docs/governance.md", lambda text: f"{text}\n- [ ] **Ours.** We say so.\n")
    _changed(repository / "README.md", lambda text: f"{text}\nOur own part.\n")
    (repository / "docs/ours.md").write_text("# Ours\n", encoding="utf-8")
    (repository / "CLAUDE.md").unlink()


def test_the_merged_tree_is_what_today_generates_with_the_owners_edits(
    books: Path, releases: tuple[Release, Release], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    older, newer = releases
    _worked_on(books)
    _committed(books, "Our work")
    assert newer.run("update", "--check", cwd=books).returncode == 1
    done = newer.run("update", "--from", str(older.wheel), cwd=books)
    assert done.returncode == 0, done.stderr
    assert "CLAUDE.md" in done.stdout + done.stderr
    expected = newer.new(tmp_path / "expected", request.node.callspec.params["books"])
    _worked_on(expected)
    merged, wanted = tree(books), tree(expected)
    assert merged.keys() == wanted.keys()
    assert [name for name in wanted if merged[name] != wanted[name]] == []
    _committed(books, "Update")
    assert newer.run("update", "--check", cwd=books).returncode == 0


def test_what_both_changed_is_a_conflict_and_no_success(books: Path, releases: tuple[Release, Release]) -> None:
    older, newer = releases
    _changed(books / "SECURITY.md", lambda text: text.replace("# Safety\n", "# How safe we are\n"))
    _committed(books, "Our work")
    done = newer.run("update", "--from", str(older.wheel), cwd=books)
    assert done.returncode == 1, done.stderr
    assert "SECURITY.md" in done.stdout + done.stderr
    text = (books / "SECURITY.md").read_text(encoding="utf-8")
    assert re.match(r"<<<<<<< .*\n# How safe we are\n\|{7} .*\n# Safety\n=======\n# Security\n>>>>>>> ", text)


def test_a_release_that_would_weaken_it_is_refused_and_changes_nothing(
    books: Path, releases: tuple[Release, Release], tmp_path: Path
) -> None:
    older, newer = releases
    before = tree(books)
    weaker = Release(wheel=newer.wheel, folder=tmp_path / "weaker")
    with zipfile.ZipFile(newer.wheel) as archive:
        archive.extractall(weaker.folder)
    rules = next((weaker.folder / "proposer/_assets" / TEMPLATE / ".codex/rules").glob("*.rules"))
    _changed(rules, lambda text: re.sub(r'"forbidden"', '"allow"', text, count=1))
    done = weaker.run("update", "--from", str(older.wheel), cwd=books)
    assert done.returncode == 7, done.stdout + done.stderr
    assert tree(books) == before
