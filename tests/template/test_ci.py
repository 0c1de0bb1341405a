"""What is generated for CI, by level, key broker and platform: what a level does not allow is absent."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from bench import clean, tree
from proposer.config import settings
from proposer.config.answers import CHOICES, LEVELS
from proposer.tasks import codex
from proposer.upkeep.workflows import faults

Baker = Callable[..., Path]
BROKERS = CHOICES["key_broker"]
MATRIX = [
    {"automation": level, "key_broker": broker, "ci": "both" if (place + turn) % 2 else "github"}
    | ({"frontend": "nextjs"} if place % 2 else {}) | ({"stack": "django"} if turn else {})
    for (place, level), (turn, broker) in product(enumerate(LEVELS), enumerate(BROKERS))
]  # fmt: skip
IDS = ["-".join((row["automation"], row["key_broker"], row["ci"])) for row in MATRIX]
GITLAB = [{"automation": level, "ci": "gitlab", "key_broker": "builtin"} for level in LEVELS]
ALWAYS = {"ci.yml", "codex-drill.yml", "codex-pin.yml", "codex-release.yml"}
FILES = {
    "analyse": ALWAYS,
    "comment": ALWAYS | {"codex-collect.yml"},
    "propose": ALWAYS | {"codex-collect.yml", "codex-propose.yml"},
    "branch": ALWAYS | {"codex-collect.yml", "codex-propose.yml"},
}
ASKING = {"tests", "pass", "propose"}
JOBS = {
    "analyse": ASKING,
    "comment": ASKING | {"publish"},
    "propose": ASKING | {"publish"},
    "branch": ASKING | {"publish", "autofix", "verify", "publish-proposal", "attest"},
}
STEPS = {"tests", "propose", "drill", "pin", "evidence", "release"}
GITLAB_JOBS = {
    "analyse": STEPS,
    "comment": STEPS | {"publish", "collect"},
    "propose": STEPS | {"publish", "collect", "autofix", "draft", "verify", "publish-proposal"},
    "branch": STEPS | {"publish", "collect", "autofix", "draft", "verify", "publish-proposal"},
}
WRITES = {
    "analyse": set[tuple[str, str]](),
    "comment": {("ci.yml", "publish"), ("codex-collect.yml", "collect")},
    "propose": {
        ("ci.yml", "publish"), ("codex-collect.yml", "collect"), ("codex-propose.yml", "publish"),
        ("codex-propose.yml", "attest"),
    },
    "branch": {
        ("ci.yml", "publish"), ("ci.yml", "publish-proposal"), ("codex-collect.yml", "collect"),
        ("codex-propose.yml", "publish"), ("ci.yml", "attest"), ("codex-propose.yml", "attest"),
    },
}  # fmt: skip
"""Jobs whose token may write something, by level; each level has one more."""


def workflows(root: Path) -> dict[str, Any]:
    folder = root / ".github" / "workflows"
    return {path.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*"))}


def tool(name: str, *argv: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    program = str(Path(sys.executable).with_name(name))
    return subprocess.run([program, *argv], cwd=cwd, env=clean(cwd), capture_output=True, text=True, check=False)


def gitlab_jobs(root: Path) -> dict[str, Any]:
    document = yaml.safe_load((root / ".gitlab-ci.yml").read_text(encoding="utf-8"))
    return {name: job for name, job in document.items() if isinstance(job, dict) and "stage" in job}


@pytest.mark.parametrize("answers", MATRIX, ids=IDS)
def test_a_level_brings_its_own_files_and_jobs_and_no_other(baked: Baker, answers: dict[str, str]) -> None:
    root, level = baked(**answers), answers["automation"]
    found = workflows(root)
    assert set(found) == FILES[level]
    assert set(found["ci.yml"]["jobs"]) - {"frontend"} == JOBS[level]
    writing = {
        (name, job)
        for name, workflow in found.items()
        for job, data in workflow["jobs"].items()
        if "write" in data["permissions"].values()
    }
    assert writing == WRITES[level]
    text = "\n".join(path.read_text(encoding="utf-8") for path in (root / ".github" / "workflows").iterdir())
    assert ("openai/codex-action" in text) == (answers["key_broker"] == "codex-action")
    assert ("PROPOSER_BROKER" in text) == (answers["key_broker"] == "codex-action")
    assert (root / ".gitlab-ci.yml").exists() == (answers["ci"] == "both")


@pytest.mark.parametrize("answers", MATRIX, ids=IDS)
def test_workflows_keep_the_contract(baked: Baker, answers: dict[str, str]) -> None:
    assert faults(baked(**answers) / ".github" / "workflows") == []


def test_workflows_of_every_level_pass_real_linters(baked: Baker, tmp_path: Path) -> None:
    roots = []
    for row, name in zip(MATRIX, IDS, strict=True):  # in one tree, so that each linter starts once
        root = tmp_path / name
        (root / ".github").mkdir(parents=True)
        (root / ".github" / "workflows").symlink_to(baked(**row) / ".github" / "workflows")
        roots.append(root)
    files = [str(path) for root in roots for path in sorted((root / ".github" / "workflows").iterdir())]
    assert len(files) > 30
    for argv in (
        ["zizmor", "--offline", "--persona=pedantic", "--quiet", *files],
        ["actionlint", *files],
        ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", *files],
        ["check-jsonschema", "--builtin-schema", "custom.github-workflows-require-timeout", *files],
    ):
        done = tool(argv[0], *argv[1:], cwd=tmp_path)
        assert done.returncode == 0, f"{argv[0]}: {done.stdout}{done.stderr}"
    for root in roots:
        done = tool("act", "--validate", "--strict", "-W", str(root / ".github" / "workflows"), cwd=root)
        assert done.returncode == 0, f"{root.name}: {done.stdout}{done.stderr}"


@pytest.mark.parametrize("answers", GITLAB, ids=LEVELS)
def test_gitlab_alone_has_its_own_files_and_the_same_shape(baked: Baker, answers: dict[str, str]) -> None:
    root = baked(**answers)
    assert {name.split("/")[1] for name in tree(root) if name.startswith(".github/")} == {"codex"}
    assert {".gitlab/CODEOWNERS", ".gitlab/merge_request_templates/Default.md"} <= set(tree(root))
    jobs = gitlab_jobs(root)
    assert set(jobs) == GITLAB_JOBS[answers["automation"]]
    for name, job in jobs.items():
        script, scope = "\n".join(job["script"]), job.get("environment", {}).get("name")
        assert (scope == "codex") == (name in ("propose", "autofix", "draft", "release")), name
        assert (scope == "codex-publish") == (name in ("publish", "publish-proposal")), name
        assert (scope == "codex-ledger") == (name == "collect"), name
        # What asks or writes is the base's, or the default branch's; what runs the change has neither key nor token.
        trusted = job["extends"] == ".base" or name == "collect" or "--detach \"$since\"" in str(job.get("before_script"))
        assert trusted == (scope is not None), name
        assert not (scope and re.search(r"\bnox\b|git checkout", script)), name
        if scope == "codex":
            assert job["allow_failure"] == {"exit_codes": [4, 5]}
            assert job["artifacts"]["when"] == "always"
            assert ".proposer/runs/" in job["artifacts"]["paths"]
            assert _minutes(job["timeout"]) * 60 > _wall(root) + 300
        if scope == "codex-publish":
            assert '--target gitlab --digest "$CODEX_DIGEST"' in script
            assert "codex.publish" in script
    automatic = not any("codex-fix" in str(rule) for rule in jobs.get("autofix", {}).get("rules", ()))
    assert automatic == (answers["automation"] in ("analyse", "comment", "branch"))


def test_gitlab_files_fit_the_schema(baked: Baker) -> None:
    rows = [*GITLAB, *(row for row in MATRIX if row["ci"] == "both")]
    files = [str(baked(**row) / ".gitlab-ci.yml") for row in rows]
    argv = ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", *files]
    done = tool("check-jsonschema", *argv, cwd=Path(files[0]).parent)
    assert done.returncode == 0, done.stdout + done.stderr


def test_gitlab_names_only_stages_and_jobs_that_there_are(baked: Baker) -> None:
    for answers in GITLAB:
        document = yaml.safe_load((baked(**answers) / ".gitlab-ci.yml").read_text(encoding="utf-8"))
        jobs = gitlab_jobs(baked(**answers))
        for name, job in jobs.items():
            assert job["stage"] in document["stages"], name
            assert job["extends"] in document, name
            needed = [row if isinstance(row, str) else row["job"] for row in job.get("needs", ())]
            assert set(needed) <= set(jobs), name
            stages = document["stages"]
            assert all(stages.index(jobs[other]["stage"]) <= stages.index(job["stage"]) for other in needed), name


def scripts(root: Path) -> Iterator[str]:
    for workflow in workflows(root).values():
        for job in workflow["jobs"].values():
            yield from (step["run"] for step in job["steps"] if "run" in step)
    if (root / ".gitlab-ci.yml").exists():
        document = yaml.safe_load((root / ".gitlab-ci.yml").read_text(encoding="utf-8"))
        for job in document.values():
            if isinstance(job, dict):
                yield from (*job.get("before_script", ()), *job.get("script", ()))


@pytest.mark.parametrize("answers", [*MATRIX, *GITLAB], ids=[*IDS, *(f"{level}-gitlab" for level in LEVELS)])
def test_jobs_call_tasks_and_options_that_there_are(baked: Baker, answers: dict[str, str]) -> None:
    seen = set()
    for script in scripts(baked(**answers)):
        for name, rest in re.findall(r"inv codex\.([a-z-]+)((?:[^\n|;&]|\\\n)*)", script):
            seen.add(name)
            known = {flag for argument in codex[name].get_arguments() for flag in _flags(argument.names)}
            assert set(re.findall(r"(?<= )--[a-z-]+", rest)) <= known, f"codex.{name}{rest}"
    assert {"admit", "review", "conclude", "lock", "doctor", "rules", "drill"} <= seen


def _flags(names: tuple[str, ...]) -> Iterator[str]:
    yield from (f"--{name.replace('_', '-')}" for name in names)


def test_every_script_is_valid_for_the_shell(baked: Baker, tmp_path: Path) -> None:
    answers = {"automation": "branch", "ci": "both", "frontend": "nextjs"}
    for number, script in enumerate(scripts(baked(**answers))):
        path = tmp_path / f"{number}.sh"
        path.write_text(script, encoding="utf-8")
        done = subprocess.run(["bash", "-n", str(path)], capture_output=True, text=True, check=False, env=os.environ)
        assert done.returncode == 0, f"{script}\n{done.stderr}"


def _minutes(text: str) -> int:
    found = re.fullmatch(r"(\d+) minutes", text)
    assert found, text
    return int(found[1])


def _wall(root: Path) -> float:
    return settings.parse((root / "proposer.toml").read_bytes()).limits.wall_seconds
