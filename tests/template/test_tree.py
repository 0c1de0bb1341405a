"""What is generated: the same bytes by every way, nothing of the template left in it, every file well formed."""

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from jinja2 import Environment, StrictUndefined

from bench import HOSTILE, TEMPLATE, answers_of, bake, clean, source_of, tree
from matrix import LONG, SUPPORTED
from proposer.config.assets import KINDS

Baker = Callable[..., Path]
BAKES = [{}, HOSTILE, *SUPPORTED.values()]
IDS = ["default", "hostile", *SUPPORTED]
LEFT = re.compile(
    r"cookiecutter\.|\{%-? ?(?:if|endif|raw|endraw|for|import|set)|\{\{ ?words|\.overlays|\.unused|\[\[ ?cookiecutter"
)
PAGES = re.compile(r"/pages/.*\.html$")
_EXPRESSION = "<expression>"


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a clone of this repository holds, as one commit."""
    root = tmp_path_factory.mktemp("checkout") / "proposer"
    for name in (*KINDS, "src/proposer"):
        source = TEMPLATE.parent / name
        shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__", "_assets"))
    for argv in (["init", "-q", "-b", "main", "--template="], ["add", "-A", "-f"], ["commit", "-q", "-m", "all"]):
        identity = ["-c", "user.name=lab", "-c", "user.email=lab@localhost"]
        subprocess.run(["git", *identity, *argv], cwd=root, env=clean(root.parent), check=True)
    return root


def cookiecutter(scratch: Path, *argv: str) -> Path:
    """Run plain cookiecutter as a user does; returns the repository."""
    out, home = scratch / "out", scratch / "home"
    home.mkdir()
    program = str(Path(sys.executable).with_name("cookiecutter"))
    command = [program, *argv, "-o", str(out)]
    done = subprocess.run(command, env=clean(home), cwd=scratch, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    [made] = out.iterdir()
    return made


@pytest.mark.parametrize("answers", BAKES, ids=IDS)
def test_two_bakes_are_byte_identical(tmp_path: Path, baked: Baker, answers: dict[str, str]) -> None:
    assert tree(bake(tmp_path / "again", answers)) == tree(baked(**answers))


def test_cookiecutter_from_a_folder_gives_the_same_tree(tmp_path: Path, baked: Baker, checkout: Path) -> None:
    made = cookiecutter(tmp_path, str(checkout), "--directory", "template", "--no-input")
    assert tree(made) == tree(baked())


def test_cookiecutter_from_a_zip_gives_the_same_tree(tmp_path: Path, baked: Baker, checkout: Path) -> None:
    archive = tmp_path / "proposer.zip"
    with zipfile.ZipFile(archive, "w") as stream:
        for path in [checkout, *sorted(checkout.rglob("*"))]:
            if ".git" not in path.relative_to(checkout).parts:
                stream.write(path, path.relative_to(checkout.parent).as_posix())
    made = cookiecutter(tmp_path, str(archive), "--directory", "template", "--no-input")
    assert tree(made) == tree(baked())


def test_a_replay_file_gives_the_same_tree(tmp_path: Path, baked: Baker, checkout: Path) -> None:
    cookiecutter(tmp_path, str(checkout), "--directory", "template", "--no-input", "license=MIT")
    [replay] = (tmp_path / "home" / ".cookiecutter_replay").glob("*.json")
    second = tmp_path / "second"
    second.mkdir()
    made = cookiecutter(second, str(checkout), "--directory", "template", "--replay-file", str(replay))
    assert tree(made) == tree(baked(license="MIT"))


def test_cruft_gives_the_same_tree(tmp_path: Path, baked: Baker, checkout: Path) -> None:
    program = str(Path(sys.executable).with_name("cruft"))
    argv = ["create", str(checkout), "--directory", "template", "--no-input", "--output-dir", str(tmp_path / "out")]
    done = subprocess.run([program, *argv], env=clean(tmp_path), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    [made] = (tmp_path / "out").iterdir()
    (made / ".cruft.json").unlink()
    assert tree(made) == tree(baked())


@pytest.mark.parametrize("answers", BAKES, ids=IDS)
def test_nothing_of_the_template_is_left(baked: Baker, answers: dict[str, str]) -> None:
    spoken = list(HOSTILE.values())
    for name, data in tree(baked(**answers)).items():
        text = data.decode("utf-8")
        for value in spoken:
            text = text.replace(value, "").replace(json.dumps(value, ensure_ascii=False)[1:-1], "")
        found = LEFT.search(re.sub(r"\{%-? ?(?:if|endif|for|endfor)[^%]*%\}", "", text) if _holds_jinja(name) else text)
        assert not found, f"{name}: {found}"
        assert "{{" not in name
        assert text.endswith("\n") or not text, f"{name} does not end with a newline"
        assert not text.endswith("\n\n"), f"{name} ends with an empty line"
        assert "\r" not in text


def _holds_jinja(name: str) -> bool:
    """Tell whether a generated file is itself a template of Jinja."""
    return bool(PAGES.search(name)) or name.startswith(".github/codex/prompts/")


@pytest.mark.parametrize("answers", BAKES, ids=IDS)
def test_expressions_of_workflows_survive_and_answers_add_none(baked: Baker, answers: dict[str, str]) -> None:
    root, seen = baked(**answers), 0
    context = {"cookiecutter": answers_of(root)}
    for path in sorted((root / ".github").rglob("*.yml")):
        source = source_of(path.relative_to(root).as_posix(), root)
        assert source is not None
        # What a choice leaves out is left out of the count; what stands in raw blocks is text to Jinja.
        template = source.read_text(encoding="utf-8").replace("${{", _EXPRESSION)
        wanted = Environment(autoescape=False, undefined=StrictUndefined).from_string(template).render(context)  # noqa: S701
        assert path.read_text(encoding="utf-8").count("${{") == wanted.count(_EXPRESSION), path.name
        seen += wanted.count(_EXPRESSION)
    assert seen or answers["ci"] == "gitlab"


@pytest.mark.parametrize("answers", BAKES, ids=IDS)
def test_every_file_parses(baked: Baker, answers: dict[str, str]) -> None:
    parsers: dict[str, Callable[[str], object]] = {
        ".toml": tomllib.loads, ".json": json.loads, ".py": ast.parse, ".yml": yaml.safe_load, ".yaml": yaml.safe_load,
        ".lock": tomllib.loads,
    }  # fmt: skip
    seen = set()
    for name, data in tree(baked(**answers)).items():
        suffix = Path(name).suffix
        if suffix in parsers:
            seen.add(suffix)
            parsers[suffix](data.decode("utf-8"))
    assert seen == set(parsers)


def test_hostile_names_arrive_as_they_are(baked: Baker) -> None:
    root = baked(**HOSTILE)
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["description"] == HOSTILE["project_name"]
    assert project["authors"][0]["name"] == HOSTILE["author_name"]
    assert answers_of(root).items() >= HOSTILE.items()
    heading = (root / "README.md").read_text(encoding="utf-8").splitlines()[0]
    assert re.sub(r"\\([^\w\s])", r"\1", heading) == f"# {HOSTILE['project_name']}"


def test_a_name_that_is_also_an_answer_chooses_nothing(tmp_path: Path, baked: Baker) -> None:
    made = tree(bake(tmp_path / "repo", {"project_name": "django", "project_slug": "shop", "author_name": "generic"}))
    plain = tree(baked())
    assert {name.replace("/shop/", "/ledger/") for name in made} == set(plain)


def test_bad_answers_are_refused_at_once_and_leave_nothing(tmp_path: Path, checkout: Path) -> None:
    given = ["license=GPL", "package_name=import", "author_email=nobody", "project_name= ", "proposer_source=./here"]
    program = str(Path(sys.executable).with_name("cookiecutter"))
    argv = [program, str(checkout), "--directory", "template", "--no-input", "-o", str(tmp_path / "out"), *given[1:]]
    done = subprocess.run(argv, env=clean(tmp_path), capture_output=True, text=True, check=False)
    assert done.returncode != 0
    for words in ("package_name is 'import'", "author_email is 'nobody'", "project_name must", "proposer_source is"):
        assert words in done.stderr
    assert not list((tmp_path / "out").glob("*"))


RULES = {
    "Safety and security": ("secret", "sensitive", "network", "dependency"),
    "Architecture: a modular monolith": ("Respect the modules", "`api` alone", "DTOs"),
    "Quality gates": ("run the tests", "nothing else", "migration"),
    "Review guidelines": ("P0 or P1", "perimeter", "twice"),
}


def test_the_agents_file_carries_its_rules_under_four_headings(baked: Baker) -> None:
    sections = dict(re.findall(r"(?ms)^## ([^\n]+)\n(.*?)(?=^## |\Z)", (baked() / "AGENTS.md").read_text("utf-8")))
    for heading, words in RULES.items():
        assert [word for word in words if word not in sections[heading]] == []


@pytest.mark.parametrize("answers", [{}, LONG], ids=["default", "long"])
def test_agents_files_are_short_and_name_what_exists(baked: Baker, answers: dict[str, str]) -> None:
    root = baked(**answers)
    files = sorted(root.rglob("AGENTS.md"))
    package = root / "src" / answers_of(root)["package_name"]
    assert {path.parent for path in files} == {root, *(path.parent for path in package.glob("*/api.py"))}
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") < 120
        for name in re.findall(r"`([\w./-]+\.(?:py|md|toml|css|lock)|[\w./-]+/)`", text):
            places = (root / name, path.parent / name, package / name, *package.glob(f"*/{name}"))
            assert any(place.exists() for place in places) or name == "provenance/", f"{path.name} names {name}"
    assert (root / "CLAUDE.md").read_text(encoding="utf-8") == "@AGENTS.md\n"
