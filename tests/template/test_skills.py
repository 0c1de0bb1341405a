"""What the skills make in a generated repository passes all of its checks."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bench import Bench

Benches = Callable[..., Bench]
CHECKS = (["ruff", "check"], ["ruff", "format", "--check"], ["mypy"], ["lint-imports"], ["pytest", "-q"])
SKILLS = ".agents/skills"
SCAFFOLD = f"{SKILLS}/scaffold-module/scripts/scaffold.py"
STUB = f"{SKILLS}/dto-and-route/scripts/stub.py"
LONGEST = ("m" * 24, "--entity", "e" * 24, "--plural", "p" * 24)
STACKS: list[dict[str, str]] = [
    {},
    {"stack": "django"},
    {"domain": "generic"},
    {"database": "postgresql"},
    {"stack": "django", "domain": "generic", "database": "postgresql"},
]
IDS = ["fastapi", "django", "generic", "postgresql", "django-generic-postgresql"]


@pytest.mark.parametrize("answers", STACKS[:3], ids=IDS[:3])
def test_what_the_skills_make_passes_every_check_and_arrives_at_codex(bench: Benches, answers: dict[str, str]) -> None:
    repository = bench(package_name="p" * 40, **answers)
    before = contents(repository.root)
    dry = repository.run("python", SCAFFOLD, "billing", "--entity", "invoice", "--dry-run")
    assert contents(repository.root) == before
    for argv in (["billing", "--entity", "invoice"], ["a", "--entity", "b"], [*LONGEST]):
        done = repository.run("python", SCAFFOLD, *argv)
        assert done.returncode == 0, done.stderr
        assert argv[0] != "billing" or done.stdout == dry.stdout
        said = [line.split(maxsplit=1)[1] for line in done.stdout.splitlines()]
        assert all((repository.root / path).is_file() for path in said)
    modules = [path.parent.name for path in sorted((repository.root / "src").glob("*/*/dto.py"))]
    assert len(modules) == 5
    for module in modules:
        done = repository.run("python", STUB, module, "n" * 28)
        assert done.returncode == 0, done.stderr
    for checked in (["inv", "codex.lock"], *CHECKS):
        done = repository.run(*checked)
        assert done.returncode == 0, f"{checked}: {done.stdout}{done.stderr}"
    for argv in (["codex.lock", "--check"], ["codex.doctor"]):
        done = repository.run("inv", *argv)
        assert done.returncode == 0, done.stdout + done.stderr
    chain = len(list(repository.root.rglob("AGENTS.md")))
    assert f"{chain} AGENTS.md and 5 skill(s) arrive in a request" in done.stdout


@pytest.mark.parametrize("answers", STACKS[3:], ids=IDS[3:])
def test_a_module_keeps_its_rows_in_a_real_server_too(bench: Benches, answers: dict[str, str]) -> None:
    repository = bench(**answers)
    done = repository.run("python", SCAFFOLD, "shipping", "--entity", "parcel")
    assert done.returncode == 0, done.stderr
    own = f"src/{repository.package}/shipping"
    done = repository.run("pytest", "-q", own, "tests/test_shipping_http.py", "tests/test_migrations.py")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "argv",
    [
        [SCAFFOLD, "dev"],
        [SCAFFOLD, "app"],
        [SCAFFOLD, "two_words"],
        [SCAFFOLD, "Upper"],
        [SCAFFOLD, "class"],
        [SCAFFOLD, "../x"],
        [SCAFFOLD, "x" * 25],
        [SCAFFOLD, "fine", "--entity", "x;y"],
        [SCAFFOLD, "fine", "--root", "src"],
        [STUB, "nowhere", "x"],
        [STUB, "core", "x"],
        [STUB, "dev", "X"],
        [STUB, "dev", "../x"],
        [STUB, "dev", "run_dto"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_made_is_refused_and_changes_nothing(bench: Benches, argv: list[str]) -> None:
    repository = bench()
    before = contents(repository.root)
    done = repository.run("python", *argv)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("refused: ")
    assert "Traceback" not in done.stderr
    assert contents(repository.root) == before


def contents(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("stack", "name", "old", "new", "words"),
    [
        ("django", "src/PKG/app/urls.py", "_api.add_router", "_it.add_router", "urls.py is not as it was generated"),
        ("django", "src/PKG/app/settings.py", "INSTALLED_APPS", "APPS", "settings.py is not as it was generated"),
        ("fastapi", "src/PKG/app.py", "for module in (", "for part in (", "app.py is not as it was generated"),
        ("fastapi", "pyproject.toml", 'layers = ["app",', 'layers = ["main", "app",', "wire the module in by hand"),
    ],
)
def test_an_application_that_was_rebuilt_is_not_guessed_at(
    bench: Benches, stack: str, name: str, old: str, new: str, words: str
) -> None:
    repository = bench(stack=stack)
    repository.edit(name, old, new)
    before = contents(repository.root)
    done = repository.run("python", SCAFFOLD, "billing")
    assert done.returncode == 2
    assert words in done.stderr
    assert contents(repository.root) == before


@pytest.mark.parametrize("answers", STACKS, ids=IDS)
def test_the_skills_find_nothing_to_say_about_what_is_generated(bench: Benches, answers: dict[str, str]) -> None:
    repository = bench(**answers)
    migrations = [*repository.root.glob("migrations/versions/*.py"), *repository.root.glob("src/*/*/migrations/0*.py")]
    assert migrations
    done = repository.run("python", f"{SKILLS}/safe-migration/scripts/risks.py", *map(str, migrations))
    assert (done.returncode, done.stdout) == (0, "")
    done = repository.run("python", f"{SKILLS}/adr/scripts/adr.py", "check")
    assert (done.returncode, done.stdout) == (0, "")
    done = repository.run("python", f"{SKILLS}/security-triage/scripts/surface.py", "src")
    assert done.returncode == 0, done.stderr
    assert "secret" not in done.stdout
