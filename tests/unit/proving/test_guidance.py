"""AGENTS.md and skills name what exists, and fit into what Codex reads."""

import subprocess
from pathlib import Path

import pytest

from proposer.errors import UsageError
from proposer.proving import guidance

TASKS = ("codex.review", "codex.lock")
FILES = {
    ".gitignore": ".env\n/build/\n",
    "tasks.py": "@task\ndef serve(c): pass\n@task(name='go')\ndef x(c): pass\n@task()\ndef make_it(c): pass\n",
    "noxfile.py": "@nox.session\ndef lint(s): pass\n@nox.session(python=['3.11'], name='unit')\ndef t(s): pass\n",
    "src/app/__init__.py": "VERSION = 1\n",
    "src/app/core/__init__.py": "",
    "src/app/core/api.py": "def post(): ...\n",
    "docs/money.md": "",
    ".agents/skills/fix/references/list.md": "",
}
EXISTING = (
    "inv serve", "inv go", "inv make-it", "inv codex.review", "nox -s lint unit", "nox -s unit-3.11",
    "docs/money.md", "money.md", "core/api.py", "api.py", "src/app/", "src/app/core", "core/", "docs/*.md",
    ".env", "build/x.txt", "provenance/", ".proposer/runs/", "origin/main", "text/html",
    "app.core", "app.core.api", "app.core.api.post", "app.VERSION", "os.environ.x", "python -m app.core",
)  # fmt: skip
ABSENT = {
    "no task": ("inv sever", "inv codex.reviews", "inv x"),
    "no nox session": ("nox -s lind",),
    "no file or folder": ("docs/monny.md", "monny.md", "docs/gone", "source/", "docs/*.rst"),
    "no module": ("app.cor.api", "app.core.apis", "python -m app.cli"),
    "not in that module": ("app.core.api.get",),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small repository; nothing of it is committed."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    return tmp_path


@pytest.mark.parametrize("name", EXISTING)
def test_what_exists_may_be_named(root: Path, name: str) -> None:
    assert guidance.missing(root, {"AGENTS.md": f"`{name}`".encode()}, TASKS) == []


@pytest.mark.parametrize(("name", "what"), [(name, what) for what, names in ABSENT.items() for name in names])
def test_what_does_not_exist_is_named_with_its_place(root: Path, name: str, what: str) -> None:
    (row,) = guidance.missing(root, {"AGENTS.md": f"# x\n\n`{name}`".encode()}, TASKS)
    assert row.startswith("AGENTS.md:3 names ")
    assert f", which is {what}" in row


def test_modules_that_are_enumerated_must_exist(root: Path) -> None:
    rows = guidance.missing(root, {"src/AGENTS.md": b"the modules `core`, `api` and `gone`"}, TASKS)
    assert rows == ["src/AGENTS.md:1 names gone, which is no module here"]


def test_skills_and_overrides_are_read_and_other_files_are_not(root: Path) -> None:
    names = (".agents/skills/fix/SKILL.md", "a/AGENTS.override.md", "prompts/x.md", "t/{{x}}/AGENTS.md", "AGENTS.txt")
    rows = guidance.missing(root, dict.fromkeys(names, b"`gone.md`"), TASKS)
    assert [row.partition(":")[0] for row in rows] == [".agents/skills/fix/SKILL.md", "a/AGENTS.override.md"]
    assert guidance.missing(root, {".agents/skills/fix/SKILL.md": b"`references/list.md`"}, TASKS) == []


def test_a_path_is_looked_for_beside_the_file_first_and_a_deleted_one_is_gone(root: Path) -> None:
    (root / "docs" / "money.md").unlink()
    assert guidance.missing(root, {"docs/AGENTS.md": b"`money.md`"}, TASKS) != []


@pytest.mark.parametrize(
    ("sizes", "config", "fits"),
    [
        pytest.param({"AGENTS.md": 32_768}, b"", True, id="just-fits"),
        pytest.param({"AGENTS.md": 32_769}, b"", False, id="one-byte-more"),
        pytest.param({"AGENTS.md": 20_000, "a/AGENTS.md": 12_769}, b"", False, id="a-chain"),
        pytest.param({"a/AGENTS.md": 20_000, "b/AGENTS.md": 20_000}, b"", True, id="two-chains"),
        pytest.param({"AGENTS.md": 40_000, "AGENTS.override.md": 10}, b"", True, id="an-override-replaces"),
        pytest.param({"AGENTS.md": 40_000}, b"project_doc_max_bytes = 50000", True, id="a-larger-budget"),
        pytest.param({"AGENTS.md": 400}, b"project_doc_max_bytes = 300", False, id="a-smaller-budget"),
        pytest.param({"AGENTS.md": 400}, b"not toml", True, id="a-config-that-is-none"),
        pytest.param({}, b"", True, id="nothing"),
    ],
)
def test_the_longest_chain_fits_the_budget(sizes: dict[str, int], config: bytes, fits: bool) -> None:
    files = {path: b"x" * size for path, size in sizes.items()} | {".codex/config.toml": config}
    if fits:
        assert "bytes" in guidance.fits(files)
        return
    with pytest.raises(UsageError, match="cuts the rest"):
        guidance.fits(files)
