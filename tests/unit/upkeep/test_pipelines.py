# ruff: noqa: E501 - each mutation stands on one line
"""CI files of any shape: what jobs may do and see, and which checks still run."""

import pytest

from proposer.upkeep import commands
from proposer.upkeep.pipeline import is_pipeline, read
from proposer.upkeep.pipelines import compare
from proposer.upkeep.weakening import CODES

FILE = ".github/workflows/codex.yml"
SHA = "a" * 40
WORKFLOW = f"""
on: pull_request
permissions: {{}}
jobs:
  tests:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions: {{contents: read}}
    steps:
      - uses: actions/checkout@{SHA}
        with: {{persist-credentials: false}}
      - run: |
          pip install .
          pytest -q
      - uses: github/codeql-action/analyze@{SHA}
  propose:
    needs: tests
    if: github.event.pull_request.draft == false && github.actor != 'bot'
    environment: codex
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions: {{contents: read}}
    container: python:3.13@sha256:{"b" * 64}
    steps:
      - run: inv codex.admit
      - uses: openai/codex-action@{SHA}
        with: {{openai-api-key: "${{{{ secrets.OPENAI_API_KEY }}}}", safety-strategy: drop-sudo}}
      - run: inv codex.review
  verify:
    needs: [propose]
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions: {{contents: read}}
    steps: [run: inv codex.apply "$RUN" --check]
  publish:
    needs: [propose, verify]
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions: {{contents: read, pull-requests: write}}
    steps: [run: inv codex.publish "$RUN"]
"""

WEAKER = {
    "a condition is gone": ("condition", " && github.actor != 'bot'", ""),
    "a condition is another": ("condition", "draft == false &&", "draft == true &&"),
    "a way around a condition": ("condition", "github.actor != 'bot'", "github.actor != 'bot' || true"),
    "no environment": ("condition", "    environment: codex\n", ""),
    "another environment": ("condition", "environment: codex", "environment: {name: open}"),
    "published without verification": ("needs", "[propose, verify]", "[propose]"),
    "the secret in every step": ("secret", "    environment: codex\n", "    environment: codex\n    env: {K: '${{ secrets.OPENAI_API_KEY }}'}\n"),
    "the secret in every job": ("secret", "permissions: {}\n", "permissions: {}\nenv: {K: '${{ secrets.OPENAI_API_KEY }}'}\n"),
    "the secret in another job": ("secret", 'steps: [run: inv codex.publish "$RUN"]', 'steps: [{run: inv codex.publish "$RUN", env: {K: "${{ secrets.openai_api_key }}"}}]'),
    "a secret by a computed name": ("secret", "run: inv codex.review", "run: inv codex.review ${{ secrets[format('A{0}', 1)] }}"),
    "a secret in a condition": ("secret", "      - run: inv codex.review", "      - if: secrets.OTHER != ''\n        run: inv codex.review"),
    "all secrets for a called workflow": ("secret", "  publish:\n", f"  called:\n    uses: a/b/.github/workflows/c.yml@{SHA}\n    permissions: {{}}\n    secrets: inherit\n  publish:\n"),
    "a called workflow by branch": ("unpinned", "  publish:\n", "  called:\n    uses: a/b/.github/workflows/c.yml@main\n    permissions: {}\n  publish:\n"),
    "an image by tag": ("unpinned", f"python:3.13@sha256:{'b' * 64}", "python:3.14"),
    "an image of a service": ("unpinned", "    container:", "    services: {db: {image: 'postgres:16'}}\n    container:"),
    "a short commit": ("unpinned", f"codex-action@{SHA}", "codex-action@aaaaaaa"),
    "the action drops its guard": ("action-input", "drop-sudo", "unsafe"),
    "everybody may start the action": ("action-input", "safety-strategy: drop-sudo", "safety-strategy: drop-sudo, allow-users: '*'"),
    "bots may start the action": ("action-input", "safety-strategy: drop-sudo", "safety-strategy: drop-sudo, allow-bots: true"),
    "Codex writes everywhere": ("action-input", "safety-strategy: drop-sudo", "sandbox: danger-full-access"),
    "a scanner is gone": ("check-removed", f"      - uses: github/codeql-action/analyze@{SHA}\n", ""),
    "nobody is kept out": ("check-removed", "      - run: inv codex.admit\n", ""),
    "the proposal is not verified": ("check-removed", 'inv codex.apply "$RUN" --check', "true"),
    "a pipe hides failures": ("check-removed", "          pytest -q", "          pytest -q 2>&1 | tee log"),
    "a check is a comment": ("check-removed", "          pytest -q", "          # pytest -q"),
    "a shell that ignores failures": ("check-removed", "      - run: |", "      - shell: bash {0}\n        run: |"),
    "a job that may fail": ("check-removed", "  tests:\n", "  tests:\n    continue-on-error: true\n"),
    "a job by another event": ("check-removed", "on: pull_request", "on: workflow_dispatch"),
    "a new job that writes": ("permissions", "  publish:\n", "  more:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 1\n    permissions: {contents: write}\n    steps: []\n  publish:\n"),
    "a new job with an identity": ("permissions", "  publish:\n", "  more:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 1\n    permissions: {id-token: write}\n    steps: []\n  publish:\n"),
    "a comment starts it": ("trigger", "on: pull_request", "on: [pull_request, issue_comment]"),
    "twice the same key": ("permissions", "  verify:\n", "  verify:\n    permissions: write-all\n"),
    "too deep": ("unreadable", "jobs:\n", "x: " + "[" * 3000 + "\njobs:\n"),
    "aliases without end": ("unreadable", "jobs:\n", "x1: &x1 [a, a, a, a, a, a, a, a]\n" + "".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 8)}]\n" for n in range(2, 9)) + "jobs:\n"),
}  # fmt: skip


def changed(old: str, new: str) -> bytes:
    assert old in WORKFLOW
    return WORKFLOW.replace(old, new, 1).encode()


@pytest.mark.parametrize("name", WEAKER)
def test_a_weakening_is_found(name: str) -> None:
    code, old, new = WEAKER[name]
    if name == "twice the same key":  # the last one counts for YAML; GitHub refuses the file
        new = "  verify:\n"
        text = WORKFLOW.replace(
            'steps: [run: inv codex.apply "$RUN" --check]',
            'steps: [run: inv codex.apply "$RUN" --check]\n    permissions: write-all',
        ).encode()
    else:
        text = changed(old, new)
    found = list(compare({FILE: WORKFLOW.encode()}, {FILE: text}))
    assert code in {one.code for one in found}, found
    assert {one.code for one in found} <= CODES.keys()


HONEST = {
    "one more condition": ("  publish:\n", "  publish:\n    if: vars.PUBLISH == 'yes'\n", "x", "x"),
    "the same in other words": ("needs: tests", "needs: [tests]", "on: pull_request", "on:\n  pull_request:"),
    "waits through another": ("needs: [propose, verify]", "needs: [verify]", "on: pull_request", "on: pull_request"),
    "an action moved": (f"actions/checkout@{SHA}", f"actions/checkout@{'c' * 40}", "pytest -q", "python -m pytest -q"),
    "a new job that reads": ("  publish:\n", "  more:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 1\n    permissions: {contents: read}\n    steps: [run: echo]\n  publish:\n", "x", "x"),
    "a pipe that hides none": ("      - run: |\n          pip install .\n          pytest -q", "      - shell: bash\n        run: pytest -q 2>&1 | tee log", "x", "x"),
    "a job that proposes is gone with its gates": (WORKFLOW[WORKFLOW.index("  verify:"):WORKFLOW.index("  publish:")], "", "[propose, verify]", "[propose]"),
    "its own token": ("      - run: inv codex.review", "      - env: {T: '${{ secrets.GITHUB_TOKEN }}'}\n        run: inv codex.review", "x", "x"),
    "a local action": ("      - run: inv codex.review", "      - uses: ./.github/actions/mine\n      - run: inv codex.review", "x", "x"),
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_change_is_no_weakening(name: str) -> None:
    first, second, third, fourth = HONEST[name]
    assert first in WORKFLOW
    text = WORKFLOW.replace(first, second).replace(third, fourth).encode()
    assert list(compare({FILE: WORKFLOW.encode()}, {FILE: text})) == []


def test_a_file_and_its_jobs_may_get_other_names() -> None:
    text = WORKFLOW.replace("  publish:", "  post:").replace("  propose:", "  ask:")
    text = text.replace("[propose", "[ask").encode()
    assert list(compare({FILE: WORKFLOW.encode()}, {".github/workflows/other.yml": text})) == []


def test_a_new_file_must_be_careful_from_the_start() -> None:
    new = "on: push\njobs:\n  a:\n    runs-on: x\n    steps: [uses: a/b@v1]\n"
    found = {one.code for one in compare({}, {FILE: new.encode()})}
    assert found == {"permissions", "unpinned", "timeout", "runner"}


@pytest.mark.parametrize("text", [b"", b"- a\n", b"jobs: 3\n", b"\xff", b"jobs: {a: 1", b"!!python/object:os.system x"])
def test_what_is_no_workflow_cannot_be_read(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"^(is|has|holds) "):
        read(FILE, text)


def test_odd_values_do_no_harm() -> None:
    odd = b"on: {push: }\njobs:\n  a:\n  b: {steps: x, needs: {c: d}, permissions: [x], container: [], env: 3, runs-on: {labels: x}}\n"
    assert set(read(FILE, odd).jobs) == {"a", "b"}


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("python -m nox -s lint", ["nox -s lint"]),
        ("inv codex.report && nox", ["inv codex.report && nox"]),
        ("inv codex.publish x", []),
        ("# nox\necho nox-report\n./nox", []),
        ("pytest \\\n  -q", ["pytest -q"]),
        ("inv codex.lock --check\ninv codex.admit --job x", ["inv codex.lock --check"]),
    ],
    ids=["session", "with a report", "publishing", "no command", "two lines", "a gate"],
)
def test_a_script_is_read_for_what_judges(script: str, expected: list[str]) -> None:
    assert list(commands.checks(script)) == expected


COMPOSITE = f"runs:\n  using: composite\n  steps:\n    - uses: actions/checkout@{SHA}\n"


def test_a_composite_action_is_looked_into() -> None:
    path = ".github/actions/mine/action.yml"
    found = list(compare({path: COMPOSITE.encode()}, {path: COMPOSITE.replace(SHA, "v7").encode()}))
    assert "unpinned" in {one.code for one in found}


GITLAB = f"""
image: python:3.13@sha256:{"b" * 64}
.job:
  timeout: 20 minutes
tests:
  extends: .job
  script: [pip install ., python -m nox]
ask:
  extends: .job
  needs: [{{job: tests, artifacts: false}}]
  environment: {{name: codex, action: access}}
  allow_failure: {{exit_codes: [4, 5]}}
  rules: [{{if: $CI_PIPELINE_SOURCE == "merge_request_event"}}]
  script: [inv codex.admit --job propose, inv codex.review]
publish:
  needs: [tests, ask]
  script: inv codex.publish "$RUN"
  rules: [{{if: $CI_PIPELINE_SOURCE == "merge_request_event"}}]
"""
GITLAB_WEAKER = {
    "may fail": ("  script: [pip install ., python -m nox]", "  allow_failure: true\n  script: [pip install ., python -m nox]", "check-removed"),
    "all may fail": ("  timeout: 20 minutes\n", "  timeout: 20 minutes\n  allow_failure: true\n", "check-removed"),
    "may fail in more ways": ("[4, 5]", "[4, 5, 7]", "check-removed"),
    "no check": ("python -m nox", "true", "check-removed"),
    "nobody is kept out": ("inv codex.admit --job propose, ", "", "check-removed"),
    "does not wait": ("[tests, ask]", "[ask]", "needs"),
    "by hand": ("tests:\n", "tests:\n  when: manual\n", "check-removed"),
    "a machine of one's own": ("  timeout: 20 minutes\n", "  timeout: 20 minutes\n  tags: [ours]\n", "runner"),
    "image": (f"@sha256:{'b' * 64}", "", "unpinned"),
    "the key on other events": ('  rules: [{if: $CI_PIPELINE_SOURCE == "merge_request_event"}]\n  script: [inv codex.admit', "  script: [inv codex.admit", "condition"),
    "another job has the key": ("publish:\n", "publish:\n  environment: codex\n", "secret"),
}  # fmt: skip


@pytest.mark.parametrize("name", GITLAB_WEAKER)
def test_gitlab_is_held_to_the_same(name: str) -> None:
    old, new, code = GITLAB_WEAKER[name]
    path = ".gitlab-ci.yml"
    assert old in GITLAB
    text = GITLAB.replace(old, new, 1)
    if name == "does not wait":
        text = text.replace("  needs: [{job: tests, artifacts: false}]\n", "")
    assert code in {one.code for one in compare({path: GITLAB.encode()}, {path: text.encode()})}
    assert list(compare({path: GITLAB.encode()}, {path: GITLAB.encode()})) == []


def test_jobs_of_gitlab_that_extend_each_other_end() -> None:
    text = "a:\n  extends: b\n  script: nox\nb:\n  extends: [a, a]\n"
    assert set(read(".gitlab-ci.yml", text.encode()).jobs) == {"a", "b"}


@pytest.mark.parametrize(
    ("path", "expected"),
    [(FILE, True), (".github/workflows/x.yaml", True), (".gitlab-ci.yml", True), (".github/actions/a/action.yml", True),
     ("docs/ci.yml", False), (".github/workflows/a/b.yml", False), (".github/dependabot.yml", False)],
    ids=str,
)  # fmt: skip
def test_ci_files_are_known_by_their_place(path: str, expected: bool) -> None:
    assert is_pipeline(path) is expected
