"""The page over the API: chosen, it is complete and wired; not chosen, it leaves no trace."""

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from bench import SOURCE, Bench, tree

Baker = Callable[..., Path]
Benches = Callable[..., Bench]
PAGE = {"frontend": "nextjs"}
STACKS = [{}, {"stack": "django"}, {"domain": "generic"}]
IDS = ["fastapi", "django", "generic"]
TRACE = re.compile(r"(?i)next\.?js|\bnpm\b|node_modules|node\.js|frontend|package-lock|openapi-typescript")


@pytest.mark.parametrize("answers", STACKS, ids=IDS)
def test_without_it_nothing_speaks_of_it(baked: Baker, answers: dict[str, str]) -> None:
    for name, data in tree(baked(**answers)).items():
        assert not TRACE.search(name), name
        if name != ".proposer-template.json":  # it holds the answer itself
            found = TRACE.search(data.decode("utf-8"))
            assert not found, f"{name}: {found}"


def test_with_it_the_rest_stays_as_it_was(baked: Baker) -> None:
    without, chosen = tree(baked()), tree(baked(**PAGE))
    assert set(without) < set(chosen)
    more = {name for name in set(chosen) - set(without) if not name.startswith("frontend/")}
    assert more == {"tests/test_frontend_openapi.py"}
    changed = {name for name, data in without.items() if chosen[name] != data}
    assert changed == {
        ".github/dependabot.yml", ".github/workflows/ci.yml", ".proposer-template.json", "README.md", "codex.lock",
        "SECURITY.md", "noxfile.py", "proposer.toml",
    }  # fmt: skip


def test_ci_requires_it_and_dependabot_follows_it(baked: Baker) -> None:
    root = baked(**PAGE)
    jobs = yaml.safe_load((root / ".github/workflows/ci.yml").read_text(encoding="utf-8"))["jobs"]
    assert jobs["pass"]["needs"] == ["tests", "frontend"]
    assert jobs["propose"]["needs"] == ["tests", "frontend"]
    assert jobs["frontend"]["steps"][-1]["run"] == "python -m nox -s frontend"
    rows = yaml.safe_load((root / ".github/dependabot.yml").read_text(encoding="utf-8"))["updates"]
    assert {row["package-ecosystem"]: row["directory"] for row in rows} == {
        "pip": "/", "github-actions": "/", "npm": "/frontend",
    }  # fmt: skip
    assert all(row["cooldown"]["default-days"] >= 7 for row in rows)


def test_the_lock_pins_bytes_and_names_no_registry() -> None:
    folder = SOURCE / ".overlays" / "nextjs" / "frontend"
    lock = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))
    wanted = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    assert lock["lockfileVersion"] == 3
    root = lock["packages"].pop("")
    assert {key: root[key] for key in ("dependencies", "devDependencies")} == {
        key: wanted[key] for key in ("dependencies", "devDependencies")
    }
    for name, package in lock["packages"].items():
        assert "resolved" not in package, name
        assert len(base64.b64decode(package["integrity"].removeprefix("sha512-"))) == 64, name
    for name, version in {**wanted["dependencies"], **wanted["devDependencies"]}.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{name} {version}"
        assert lock["packages"][f"node_modules/{name}"]["version"] == version
    assert set(wanted["dependencies"]) == {"next", "react", "react-dom"}
    assert "omit-lockfile-registry-resolved=true" in (folder / ".npmrc").read_text(encoding="utf-8")


@pytest.mark.parametrize("answers", STACKS, ids=IDS)
def test_the_types_are_made_of_the_api_of_every_stack(bench: Benches, answers: dict[str, str]) -> None:
    repository = bench(**PAGE, **answers)
    argv = ["-q", "-p", "no:cacheprovider", "tests/test_frontend_openapi.py"]
    done = repository.run("pytest", *argv)
    assert done.returncode == 0, done.stdout
    repository.edit("src/PKG/dev/dto.py", "    fault: str", "    remark: str | None = None\n    fault: str")
    done = repository.run("pytest", *argv)
    assert done.returncode == 1
    assert "nox -s frontend -- --write" in done.stdout
    before = (repository.root / "frontend/openapi.json").read_bytes()
    assert repository.run("pytest", *argv, APP_WRITE_OPENAPI="1").returncode == 0
    assert b'"remark"' in (repository.root / "frontend/openapi.json").read_bytes()
    assert b'"remark"' not in before


def test_the_generated_checks_pass_with_it(bench: Benches) -> None:
    repository = bench(**PAGE)
    for argv in (["ruff", "check"], ["ruff", "format", "--check"], ["mypy"], ["inv", "codex.lock", "--check"]):
        done = repository.run(*argv)
        assert done.returncode == 0, f"{argv}: {done.stdout}{done.stderr}"
    done = repository.run("nox", "--list")
    assert re.search(r"(?m)^- frontend ", done.stdout), done.stdout
    done = repository.run("inv", "codex.doctor")
    assert done.returncode == 0, done.stdout


def test_amounts_never_become_numbers_and_text_never_becomes_markup() -> None:
    sources = [path for path in SOURCE.rglob("frontend/src/**/*") if path.suffix in {".ts", ".tsx"}]
    assert len(sources) > 10
    for path in sources:
        text = path.read_text(encoding="utf-8")
        if not path.name.endswith("schema.d.ts"):
            assert not re.search(r"parseFloat|parseInt|Number\(|dangerouslySetInnerHTML|innerHTML|\beval\b", text), path
            assert not re.search(r"TOKEN|API_KEY|NEXT_PUBLIC_", text), path
