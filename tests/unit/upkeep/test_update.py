# ruff: noqa: E501 - calls stand on one line
"""Updates of a small template: an older edition makes the repository, a newer one is merged into it."""

import json
import re
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lab import Lab
from proposer import generation
from proposer.config import assets, lockfile
from proposer.config import lock as locks
from proposer.errors import RefusedError, UsageError
from proposer.upkeep import update as updating
from proposer.upkeep.edition import Edition
from proposer.upkeep.result import Result

MANIFEST = ".proposer-template.json"
Files = Mapping[str, str | None]

NEW: dict[str, str | None] = {
    "README.md": "# {{ cookiecutter.project_name }}\n\nunder {{ cookiecutter.license }}\n",
    "SECURITY.md": "# Security\n\nWrite to {{ cookiecutter.author_email }}.\n",
    "CLAUDE.md": "@AGENTS.md\n",
    "docs/modules.md": "# Modules\n\none\ntwo\nthree\nfour\nfive\nsix\nlast\n",
    "docs/rollback.md": "# Going back\n",
    ".env.example": "# newer\nA=1\nB=2\nC=3\nD=4\nE=5\nF=6\n",
    ".gitignore": "*.log\n",
    "proposer.toml": "version = 1\n\n[limits]\nturns = 60\n\n# ---\n\n[evals]\nrecall = 0.9\n",
    "pyproject.toml": "[project]\nname = 'x'\ndependencies = ['{{ cookiecutter.proposer_source }}']\n",
    ".github/workflows/ci.yml": "on: push\npermissions: {}\njobs:\n  a:\n    permissions: {contents: read}\n    steps: []\n",
    ".overlays/fastapi/stack.txt": "fastapi\n",
}
OLD = {
    **NEW,
    "SECURITY.md": "# Safety\n\nWrite to {{ cookiecutter.author_email }}.\n",
    "CLAUDE.md": None,
    "docs/modules.md": "# Parts\n\none\ntwo\nthree\nfour\nfive\nsix\nlast\n",
    "docs/rollback.md": "# Back\n",
    ".env.example": "# older\nA=1\nB=2\nC=3\nD=4\nE=5\nF=6\n",
    "proposer.toml": "version = 1\n\n[limits]\nturns = 60\n\n# ---\n\n[evals]\nrecall = 0.8\n",
}


def edition(folder: Path, files: Files, *, version: str, questions: Mapping[str, Any] | None = None) -> Edition:
    """Write an edition: the real hooks and questions over a few files."""
    root = assets.root()
    package = root / "src" / "proposer" if (root / "src").is_dir() else root.parent
    ignored = shutil.ignore_patterns("__pycache__", "{{*", "templates")
    shutil.copytree(root / "template", folder / "template", ignore=ignored)
    shutil.copytree(package / "config", folder / "src" / "proposer" / "config", ignore=ignored)
    (folder / "src" / "proposer" / "__init__.py").write_text(f'__version__ = "{version}"\n', encoding="utf-8")
    for kind in ("prompts", "skills", "schemas"):
        (folder / kind).mkdir()
    asked = json.loads((folder / "template" / "cookiecutter.json").read_text(encoding="utf-8"))
    asked |= {"proposer_source": f"proposer=={version}", **(questions or {})}
    (folder / "template" / "cookiecutter.json").write_text(json.dumps(asked), encoding="utf-8")
    for name, text in files.items():
        if text is not None:
            path = folder / "template" / "{{cookiecutter.project_slug}}" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return Edition(root=folder, library=folder / "src" / "proposer", version=version)


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    return edition(tmp_path_factory.mktemp("older") / "x", OLD, version="0.0.9")


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    return edition(tmp_path_factory.mktemp("newer") / "x", NEW, version="0.1.0")


def baked(made_by: Edition, folder: Path, **answers: str) -> Path:
    return generation.bake(made_by.template, {"project_name": "Books", **answers}, folder)


@pytest.fixture(scope="module")
def made(older: Edition, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return baked(older, tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="module")
def expected(newer: Edition, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return files(baked(newer, tmp_path_factory.mktemp("expected")))


@pytest.fixture
def books(repo: Lab, made: Path) -> Lab:
    shutil.copytree(made, repo.root, dirs_exist_ok=True)
    repo.commit("Start")
    return repo


def files(root: Path) -> dict[str, bytes]:
    found = {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if not name.startswith(".git/")}


def updated(
    books: Lab, source: Edition | Path | str, now: Edition, *, dry_run: bool = False, answer: str = ""
) -> Result:
    def ask(_: str, default: str) -> str:
        return answer or default

    where = str(source.root if isinstance(source, Edition) else source)
    return updating.update(books.root, now=now, source=where, environment={}, ask=ask, dry_run=dry_run)


def edit(books: Lab, path: str, old: str, new: str) -> None:
    text = (books.root / path).read_text(encoding="utf-8")
    assert old in text
    books.write(path, text.replace(old, new, 1))


def test_a_repository_nobody_touched_becomes_what_the_new_edition_generates(
    books: Lab, older: Edition, newer: Edition, expected: dict[str, bytes]
) -> None:
    assert updating.check(books.root, now=newer).exit_code == 1
    result = updated(books, older, newer)
    assert (result.exit_code, result.conflicts, result.gone) == (0, (), ())
    assert files(books.root) == {**expected, "note.txt": b"first\n"}
    assert ("A", "CLAUDE.md") in result.changes
    books.commit("Update")
    assert updating.check(books.root, now=newer).exit_code == 0
    assert updated(books, older, newer).kind == "current"


def test_edits_are_kept_deleted_files_stay_deleted_and_moved_ones_are_followed(
    books: Lab, older: Edition, newer: Edition, expected: dict[str, bytes]
) -> None:
    books.write("src/books/own/extra.py", "mine = 1\n")
    edit(books, "proposer.toml", "turns = 60", "turns = 30")
    edit(books, "docs/modules.md", "last", "the last line is mine")
    books.git("rm", "-q", "docs/rollback.md", "README.md")
    books.git("mv", ".env.example", "example.env")
    books.relock()
    result = updated(books, older, newer)
    assert (result.exit_code, result.conflicts) == (0, ())
    assert set(result.gone) == {"docs/rollback.md", "README.md", ".env.example"}
    now = files(books.root)
    assert set(now) == {*expected, "note.txt", "src/books/own/extra.py", "example.env"} - set(result.gone)
    assert now["src/books/own/extra.py"] == b"mine = 1\n"
    assert now["proposer.toml"] == expected["proposer.toml"].replace(b"60", b"30")
    assert now["docs/modules.md"] == expected["docs/modules.md"].replace(b"last", b"the last line is mine")
    assert now["example.env"] == expected[".env.example"]
    assert b"proposer==0.1.0" in now["pyproject.toml"]
    pinned = locks.of_worktree(books.root)
    assert lockfile.compare(locks.read(pinned.lock_text, "x"), pinned.digests()) == []


def test_a_conflict_is_no_success_and_leaves_markers(books: Lab, older: Edition, newer: Edition) -> None:
    edit(books, "SECURITY.md", "# Safety\n", "# Our safety\n")
    books.commit()
    before = (books.root / "codex.lock").read_bytes()
    result = updated(books, older, newer)
    assert (result.exit_code, result.conflicts) == (1, ("SECURITY.md",))
    text = (books.root / "SECURITY.md").read_text(encoding="utf-8")
    markers = r"<<<<<<< yours\n# Our safety\n\|{7} .*\n# Safety\n=======\n# Security\n>>>>>>> proposer-0\.1\.0\n"
    assert re.search(markers, text)
    assert (books.root / "CLAUDE.md").exists(), "the rest is merged"
    assert (books.root / "codex.lock").read_bytes() == before, "a lock of files with markers would pin nonsense"


def test_a_file_that_the_template_dropped_and_somebody_edited_is_for_a_person(
    repo: Lab, tmp_path: Path, newer: Edition
) -> None:
    more = edition(
        tmp_path / "more", {**OLD, "docs/dropped.md": "one\n" * 20, "docs/also.md": "x\n" * 9}, version="0.0.9"
    )
    shutil.copytree(baked(more, tmp_path / "made"), repo.root, dirs_exist_ok=True)
    edit(repo, "docs/dropped.md", "one\n", "mine\n")
    repo.commit()
    result = updated(repo, more, newer)
    assert (result.exit_code, result.conflicts) == (1, ("docs/dropped.md",))
    assert ("D", "docs/also.md") in result.changes
    assert (repo.root / "docs/dropped.md").read_text(encoding="utf-8").startswith("mine\n")
    assert not (repo.root / "docs/also.md").exists()


def test_a_file_of_ones_own_where_the_template_has_a_new_one_is_a_conflict(
    books: Lab, older: Edition, newer: Edition
) -> None:
    books.write("CLAUDE.md", "mine\n")
    books.commit()
    result = updated(books, older, newer)
    assert (result.exit_code, result.conflicts) == (1, ("CLAUDE.md",))
    assert "<<<<<<< yours\nmine\n" in (books.root / "CLAUDE.md").read_text(encoding="utf-8")


def test_a_dry_run_says_the_same_and_changes_nothing(books: Lab, older: Edition, newer: Edition) -> None:
    before = files(books.root)
    result = updated(books, older, newer, dry_run=True)
    assert (result.kind, result.exit_code) == ("dry-run", 0)
    assert ("M", "SECURITY.md") in result.changes
    assert files(books.root) == before
    assert updated(books, older, newer).changes == result.changes


@pytest.mark.parametrize("how", ["edited", "new", "staged"])
def test_a_tree_with_uncommitted_work_is_refused(books: Lab, older: Edition, newer: Edition, how: str) -> None:
    books.write("note.txt" if how == "edited" else "new.txt", "work\n")
    if how == "staged":
        books.git("add", "-A")
        (books.root / "new.txt").unlink()
    with pytest.raises(UsageError, match=r"(note|new)\.txt is not committed"):
        updated(books, older, newer)


def test_a_lock_that_does_not_fit_is_not_made_to_fit_in_passing(books: Lab, older: Edition, newer: Edition) -> None:
    edit(books, "proposer.toml", "turns = 60", "turns = 30")
    books.commit()
    with pytest.raises(UsageError, match=r"proposer\.toml is not the file that codex\.lock pins"):
        updated(books, older, newer)


def test_an_update_that_would_weaken_the_repository_is_refused_whole(
    books: Lab, older: Edition, tmp_path: Path
) -> None:
    weak = dict(NEW)
    weak[".github/workflows/ci.yml"] = str(NEW[".github/workflows/ci.yml"]).replace("contents: read", "contents: write")
    weaker = edition(tmp_path / "weak", weak, version="0.1.0")
    before = files(books.root)
    result = updated(books, older, weaker)
    assert result.exit_code == 7
    assert result.weakened is not None
    assert [one.code for one in result.weakened.weakened] == ["permissions"]
    assert files(books.root) == before
    wanted = result.weakened.weakened[0].id
    books.write("provenance/ratchet.toml", f'[[override]]\nid = "{wanted}"\nreason = "the job pushes tags"\n')
    assert updated(books, older, weaker).exit_code == 0


def test_another_edition_than_the_one_that_made_it_is_refused(books: Lab, newer: Edition, tmp_path: Path) -> None:
    other = edition(tmp_path / "other", {**OLD, ".gitignore": "x\n"}, version="0.0.9")
    with pytest.raises(UsageError, match="did not make this repository"):
        updated(books, other, newer)


def test_no_hook_of_another_edition_is_run(books: Lab, newer: Edition, tmp_path: Path) -> None:
    other = edition(tmp_path / "other", OLD, version="0.0.9")
    hook = other.template / "hooks" / "pre_gen_project.py"
    hook.write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n", encoding="utf-8")
    with pytest.raises(UsageError, match="did not make this repository"):
        updated(books, other, newer)
    assert not (tmp_path / "ran").exists()


def test_an_edition_that_makes_something_else_today_is_refused(books: Lab, older: Edition, newer: Edition) -> None:
    edit(books, MANIFEST, '".gitignore": "', '".gitignore": "00')
    books.commit()
    with pytest.raises(UsageError, match=r"makes another \.gitignore here"):
        updated(books, older, newer)


@pytest.mark.parametrize("source", ["", "/nonexistent/proposer.whl"])
def test_an_edition_that_is_not_to_be_had_is_a_usage_error(books: Lab, newer: Edition, source: str) -> None:
    environment = {"PIP_NO_INDEX": "1", "UV_OFFLINE": "1", "UV_NO_INDEX": "1", "HOME": str(books.home)}
    with pytest.raises(UsageError, match="is not to be had"):
        updating.update(
            books.root, now=newer, source=source, environment=environment, ask=lambda _, one: one, dry_run=False
        )


def test_a_wheel_is_as_good_as_a_checkout(books: Lab, older: Edition, newer: Edition, tmp_path: Path) -> None:
    wheel = tmp_path / "proposer-0.0.9-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path in sorted(older.root.rglob("*")):
            name = path.relative_to(older.root).as_posix()
            inside = name.removeprefix("src/") if name.startswith("src/") else f"proposer/_assets/{name}"
            archive.write(path, inside)
    assert updated(books, wheel, newer).exit_code == 0


def test_what_is_no_proposer_is_refused(books: Lab, newer: Edition, tmp_path: Path) -> None:
    bad = tmp_path / "x.whl"
    bad.write_bytes(b"no")
    with pytest.raises(UsageError, match="cannot be unpacked"):
        updated(books, bad, newer)
    with zipfile.ZipFile(bad, "w") as archive:
        archive.writestr("other/__init__.py", "")
    with pytest.raises(UsageError, match="is no proposer"):
        updated(books, bad, newer)


def test_a_newer_proposer_made_it(books: Lab, older: Edition) -> None:
    edit(books, MANIFEST, '"template_version": "0.0.9"', '"template_version": "0.0.10"')
    with pytest.raises(UsageError, match=r"made by proposer 0\.0\.10, and 0\.0\.9 is installed"):
        updating.check(books.root, now=older)


def test_a_new_question_is_asked_and_one_that_is_gone_is_forgotten(books: Lab, older: Edition, tmp_path: Path) -> None:
    more = edition(tmp_path / "more", {**NEW, "README.md": "{{ cookiecutter.colour }}\n"}, version="0.1.0",
                   questions={"colour": "red"})  # fmt: skip
    result = updated(books, older, more, answer="blue")
    assert result.answers == (("colour", "blue"), ("proposer_source", "proposer==0.1.0"))
    assert (books.root / "README.md").read_bytes() == b"blue\n"
    books.commit()
    again = edition(tmp_path / "again", NEW, version="0.2.0")
    assert updated(books, more, again).exit_code == 0
    assert "colour" not in json.loads((books.root / MANIFEST).read_bytes())["answers"]


def test_an_edited_answer_is_what_the_next_update_brings(repo: Lab, newer: Edition, tmp_path: Path) -> None:
    shutil.copytree(baked(newer, tmp_path / "made"), repo.root, dirs_exist_ok=True)
    repo.commit("Start")
    assert updating.check(repo.root, now=newer).exit_code == 0
    edit(repo, MANIFEST, '"license": "Apache-2.0"', '"license": "MIT"')
    repo.commit()
    assert updating.check(repo.root, now=newer).exit_code == 1
    assert updated(repo, "", newer).exit_code == 0
    assert (repo.root / "README.md").read_text(encoding="utf-8").endswith("under MIT\n")


def test_an_answer_that_is_no_longer_allowed_is_named(books: Lab, older: Edition, newer: Edition) -> None:
    edit(books, MANIFEST, '"license": "Apache-2.0"', '"license": "GPL"')
    books.commit()
    with pytest.raises(UsageError, match="license is 'GPL'; allowed"):
        updated(books, older, newer)


def test_what_is_no_generated_repository_is_named(repo: Lab, newer: Edition) -> None:
    with pytest.raises(UsageError, match=r"holds no \.proposer-template\.json"):
        updating.check(repo.root, now=newer)
    repo.write(MANIFEST, '{"schema": "proposer/template/v1"}')
    with pytest.raises(UsageError, match="cannot be read: field required"):
        updating.check(repo.root, now=newer)


def test_a_file_that_git_ignores_is_not_overwritten(books: Lab, older: Edition, newer: Edition) -> None:
    books.write(".git/info/exclude", "CLAUDE.md\n")
    books.write("CLAUDE.md", "private\n")
    before = files(books.root)
    with pytest.raises(RefusedError, match=r"CLAUDE\.md changed in the meantime"):
        updated(books, older, newer)
    assert files(books.root) == before


def test_only_the_top_folder_of_a_repository_is_updated(books: Lab, older: Edition, newer: Edition) -> None:
    below = books.root / "below"
    shutil.copytree(books.root, below, ignore=shutil.ignore_patterns(".git", "below"))
    books.commit()
    with pytest.raises(UsageError, match="is not the top folder"):
        updating.update(below, now=newer, source=str(older.root), environment={}, ask=lambda _, one: one, dry_run=False)
