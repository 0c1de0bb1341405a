# ruff: noqa: E501 - each mutation stands on one line
"""The ratchet over a generated repository: each weakening is refused, and honest changes are not."""

import pytest

from proposer import generation
from proposer.errors import UsageError
from proposer.upkeep.ratchet import compare

Files = dict[str, bytes]

CI, SETTINGS, RULES, CASES = (
    ".github/workflows/ci.yml",
    "proposer.toml",
    ".codex/rules/default.rules",
    ".codex/rules/cases.toml",
)
CODEX, LOCK, OWNERS, TEMPLATE = ".codex/config.toml", "codex.lock", ".github/CODEOWNERS", ".proposer-template.json"
PUSH = """prefix_rule(
    pattern = ["git", "push"],
    decision = "forbidden","""
CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
DRILL, DEPENDABOT = "drills/own.toml", ".github/dependabot.yml"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Return a generated repository, with a drill of its own and a pinned requirement."""
    root = tmp_path_factory.mktemp("generated") / "ledger"
    generation.generate(root, {"proposer_source": "proposer==0.1.0"}, no_input=True)
    found = {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    found[DRILL] = b'tried = "x"\nescaped = [{ look = "output", has = "x" }]\n'
    found["requirements/dev.txt"] = f"nox==1.0 \\\n    --hash=sha256:{'a' * 64}\n".encode()
    return found


def edited(files: Files, path: str, old: str, new: str) -> Files:
    text = files[path].decode()
    assert old in text, f"{path} lacks {old!r}"
    return {**files, path: text.replace(old, new).encode()}


def without(files: Files, path: str) -> Files:
    return {name: data for name, data in files.items() if name != path}


WEAKER: dict[str, tuple[str, str, str, str]] = {
    "a job may write": ("permissions", CI, "contents: read", "contents: write"),
    "a job gets another scope": ("permissions", CI, "contents: read # to", "contents: read\n      id-token: write # to"),
    "a job may do everything": ("permissions", CI, "    permissions:\n      contents: read # to check the repository out\n    strategy", "    permissions: write-all\n    strategy"),
    "the file's permissions are gone": ("permissions", CI, "permissions: {}\n\nconcurrency", "concurrency"),
    "the file may read all": ("permissions", CI, "permissions: {}\n\nconcurrency", "permissions: read-all\n\nconcurrency"),
    "a secret in a step": ("secret", CI, "run: python -m nox\n", "run: python -m nox\n        env:\n          KEY: ${{ secrets.OPENAI_API_KEY }}\n"),
    "all secrets at once": ("secret", CI, "run: python -m nox\n", "run: python -m nox\n        env:\n          ALL: ${{ toJSON(secrets) }}\n"),
    "a trigger of outsiders": ("trigger", CI, "on:\n  push:\n", "on:\n  pull_request_target:\n  push:\n"),
    "a trigger after another workflow": ("trigger", CI, "on:\n  push:\n", "on:\n  workflow_run:\n    workflows: [x]\n  push:\n"),
    "an action by tag": ("unpinned", CI, CHECKOUT, "actions/checkout@v7"),
    "an action by branch": ("unpinned", CI, CHECKOUT, "actions/checkout@main"),
    "another action by tag": ("unpinned", CI, "      - name: Install\n", "      - uses: someone/thing@v1\n      - name: Install\n"),
    "the token is kept": ("credentials", CI, "persist-credentials: false", "persist-credentials: true"),
    "no time limit": ("timeout", CI, "    timeout-minutes: 20\n", ""),
    "a machine of one's own": ("runner", CI, "runs-on: ubuntu-24.04", "runs-on: [self-hosted, linux]"),
    "a machine by another label": ("runner", CI, "runs-on: ubuntu-24.04", "runs-on: [our-box]"),
    "a machine called like a hosted one": ("runner", CI, "runs-on: ubuntu-24.04", "runs-on: ubuntu-ours"),
    "a group of machines": ("runner", CI, "runs-on: ubuntu-24.04", "runs-on: {group: ours}"),
    "a machine that a variable names": ("runner", CI, "runs-on: ubuntu-24.04", "runs-on: ${{ vars.BOX }}"),
    "the checks are gone": ("check-removed", CI, "run: python -m nox\n", "run: echo done\n"),
    "the checks may fail": ("check-removed", CI, "run: python -m nox\n", "run: python -m nox || true\n"),
    "the checks are some of them": ("check-removed", CI, "run: python -m nox\n", "run: python -m nox -s lint\n"),
    "a failing step is fine": ("check-removed", CI, "      - name: Check\n", "      - name: Check\n        continue-on-error: true\n"),
    "a job never runs": ("check-removed", CI, "    name: tests on", "    if: false\n    name: tests on"),
    "not on changes": ("check-removed", CI, "  pull_request:\n", "  workflow_dispatch:\n"),
    "not on every change": ("check-removed", CI, "  pull_request:\n", "  pull_request:\n    paths-ignore: ['src/**']\n"),
    "not for every branch": ("check-removed", CI, "  pull_request:\n", "  pull_request:\n    branches: [release]\n"),
    "nobody waits": ("needs", CI, "needs: [tests]", "needs: []"),
    "not YAML": ("unreadable", CI, "jobs:\n", "jobs: [\n"),
    "a rule is gone": ("rule", RULES, PUSH, PUSH.replace('"push"', '"pull-nothing"')),
    "a rule allows": ("rule", RULES, PUSH, PUSH.replace("forbidden", "allow")),
    "a rule only asks": ("rule", RULES, PUSH, PUSH.replace("forbidden", "prompt")),
    "a rule is narrower": ("rule", RULES, PUSH, PUSH.replace('"push"', '"push", "--force"')),
    "one of the alternatives": ("rule", RULES, '"-rf", "-fr"', '"-rf"'),
    "a rule without a decision": ("rule", RULES, PUSH, PUSH.replace('    decision = "forbidden",', "")),
    "rules that are not read": ("unreadable", RULES, 'prefix_rule(\n    pattern = ["rm"', 'prefix_rule((\n    pattern = ["rm"'),
    "a rule that is not tried": ("rule-tested", CASES, '  { command = "git push", execpolicy = "forbidden", run = "rules" },\n', ""),
    "the sandbox writes all": ("profile", CODEX, 'sandbox_mode = "workspace-write"', 'sandbox_mode = "danger-full-access"'),
    "nobody is asked": ("profile", CODEX, 'approval_policy = "on-request"', 'approval_policy = "never"'),
    "the network is open": ("profile", CODEX, "network_access = false", "network_access = true"),
    "the web is read": ("profile", CODEX, 'web_search = "disabled"\n', ""),
    "the environment is seen": ("profile", CODEX, 'inherit = "core"', 'inherit = "all"'),
    "a variable is seen": ("profile", CODEX, ', "DATABASE_URL"', ""),
    "a server of tools": ("profile", CODEX, "[sandbox_workspace_write]", '[mcp_servers.x]\ncommand = "x"\n\n[sandbox_workspace_write]'),
    "a key that nobody knows": ("profile", CODEX, "allow_login_shell = false", "allow_login_shell = false\nnotify = ['x']"),
    "a digest is gone": ("pin", LOCK, '"linux-x86_64" = ', '"plan9-x86_64" = '),
    "another binary": ("pin", LOCK, '"399ff69c', '"000ff69c'),
    "an older Codex": ("pin", LOCK, 'version = "0.163.0"', 'version = "0.162.9"'),
    "a file is not pinned": ("pin", LOCK, '"proposer.toml" = ', '"other.toml" = '),
    "no lock": ("unreadable", LOCK, "[files]", "[files"),
    "hashes are gone": ("unpinned", "requirements/dev.txt", " \\\n    --hash=sha256:" + "a" * 64, ""),
    "any proposer": ("unpinned", "pyproject.toml", '"proposer==0.1.0"', '"proposer>=0.1.0"'),
    "a limit is raised": ("setting", SETTINGS, "turns = 60", "turns = 61"),
    "no limit of calls": ("setting", SETTINGS, "calls_a_day = 100", "calls_a_day = 0"),
    "a severity blocks no more": ("setting", SETTINGS, 'block = ["P0", "P1"]', 'block = ["P0"]'),
    "an instruction path": ("setting", SETTINGS, '["evals/*", "drills/*"]', '["evals/*"]'),
    "files are not reviewed": ("setting", SETTINGS, '["requirements/*.txt"]', '["requirements/*.txt", "src/*"]'),
    "a sensitive path": ("setting", SETTINGS, '["src/*/finance/*"]', "[]"),
    "a workflow may write": ("setting", SETTINGS, 'sandbox = "read-only"\nblock', 'sandbox = "workspace-write"\nblock'),
    "a gate of an answer": ("setting", SETTINGS, 'gates = ["verified", "risk"]', 'gates = ["verified"]'),
    "a threshold": ("setting", SETTINGS, "risk = 8", "risk = 9"),
    "worse reviews pass": ("setting", SETTINGS, "recall = 0.8", "recall = 0.7"),
    "personal data is sent": ("setting", SETTINGS, "personal_data = true", "personal_data = false"),
    "a fix may touch more": ("setting", SETTINGS, 'allowed = ["src/**"', 'allowed = ["**", "src/**"'),
    "a workflow is gone": ("workflow", SETTINGS, "[workflows.review]", "[workflows.other]"),
    "settings that are not read": ("unreadable", SETTINGS, "[limits]", "[limits"),
    "an attack looks for less": ("drill", DRILL, 'escaped = [{ look = "output", has = "x" }]', "escaped = []"),
    "an eval expects less": ("eval", "evals/money-as-float/case.toml", "[[expect]]", "[[other]]"),
    "dependencies are not watched": ("updates", DEPENDABOT, "package-ecosystem: pip", "package-ecosystem: npm"),
    "releases are taken at once": ("updates", DEPENDABOT, "      default-days: 14\n", "      default-days: 0\n"),
    "Codex does more by a setting": ("automation", SETTINGS, "[limits]", '[publish]\nautomation = "propose"\n\n[limits]'),
    "a bot may ask": ("setting", SETTINGS, "[limits]", "[publish]\nbots = [41898282]\n\n[limits]"),
    "fewer kinds of change are checked": ("check-removed", CI, "types: [opened, reopened, synchronize,", "types: [opened,"),
    "Codex does more by itself": ("automation", TEMPLATE, '"automation": "comment"', '"automation": "branch"'),
    "an owner is gone": ("owner", OWNERS, "/.codex/ team@example.com\n", ""),
    "nobody owns": ("owner", OWNERS, "/.codex/ team@example.com\n", "/.codex/\n"),
    "nobody owns a part": ("owner", OWNERS, "/.codex/ team@example.com\n", "/.codex/ team@example.com\n/.codex/rules/\n"),
    "a hook is gone": ("check-removed", ".pre-commit-config.yaml", "id: codex-lock", "id: other"),
    "a hook by hand only": ("check-removed", ".pre-commit-config.yaml", "        name: codex.lock fits", "        stages: [manual]\n        name: codex.lock fits"),
    "a session runs less": ("check-removed", "noxfile.py", '    ("codex.rules",),\n', ""),
    "a session is gone": ("tool", "noxfile.py", "def types(", "def other("),
    "a session checks nothing": ("tool", "noxfile.py", 'session.run(_tool("mypy"))', "session.log()"),
    "a session passes always": ("tool", "noxfile.py", 'session.run(_tool("mypy"))', 'session.run(_tool("mypy"), success_codes=[0, 1])'),
    "types are not strict": ("tool", "pyproject.toml", "[tool.mypy]\nstrict = true", "[tool.mypy]\nstrict = false"),
    "a layer is gone": ("tool", "pyproject.toml", '"dev | finance", ', ""),
    "a boundary is gone": ("tool", "pyproject.toml", 'id = "core-api"', 'id = "other"'),
}  # fmt: skip


@pytest.mark.parametrize("name", WEAKER)
def test_a_weakening_is_refused(files: Files, name: str) -> None:
    code, path, old, new = WEAKER[name]
    report = compare(files, edited(files, path, old, new), base="x")
    assert report.exit_code == 7
    assert code in {one.code for one in report.weakened}, [one.line() for one in report.weakened]
    assert {one.path for one in report.weakened} == {path}
    assert all(one.why and one.was != one.now for one in report.weakened)


GONE = {
    DRILL: "drill", RULES: "rule", CASES: "rule-tested", LOCK: "unreadable", SETTINGS: "unreadable", OWNERS: "owner",
    CI: "check-removed", CODEX: "profile", "evals/money-as-float/case.toml": "eval", ".pre-commit-config.yaml":
    "check-removed",
}  # fmt: skip


@pytest.mark.parametrize("path", GONE)
def test_a_guard_that_is_deleted_is_missed(files: Files, path: str) -> None:
    report = compare(files, without(files, path), base="x")
    assert GONE[path] in {one.code for one in report.weakened}


SWAPPED = frozenset({
    "a digest is gone", "another binary", "a file is not pinned", "a workflow is gone", "a hook is gone", "a boundary is gone",
    "a rule is gone", "the checks are gone", "an eval expects less", "a session is gone", "dependencies are not watched", "the checks are some of them",
})  # fmt: skip
"""Mutations that put something else in the place, which the way back takes away in turn."""
UNORDERED = frozenset({"a server of tools", "a key that nobody knows", "not YAML", "settings that are not read"})
"""Mutations that have no stricter side: either way a person must look."""


@pytest.mark.parametrize("name", sorted(WEAKER.keys() - SWAPPED - UNORDERED))
def test_the_way_back_is_not_refused(files: Files, name: str) -> None:
    _, path, old, new = WEAKER[name]
    report = compare(edited(files, path, old, new), files, base="x")
    assert report.weakened == (), [one.line() for one in report.weakened]


HONEST: dict[str, tuple[str, str, str]] = {
    "a comment": (CI, "jobs:\n", "jobs:\n  # more\n"),
    "a newer action, pinned": (CI, CHECKOUT, f"actions/checkout@{'a' * 40} # v8"),
    "another job that only reads": (CI, "  pass:\n", "  more:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 5\n    permissions:\n      contents: read\n    steps:\n      - run: echo\n\n  pass:\n"),
    "a job under another name": (CI, "  pass:\n", "  passed:\n"),
    "one more version": (CI, '["3.11", "3.13"]', '["3.11", "3.12", "3.13"]'),
    "a step under another name": (CI, "- name: Check\n", "- name: Check it\n"),
    "a newer machine": (CI, "runs-on: ubuntu-24.04", "runs-on: ubuntu-26.04-arm"),
    "a shorter limit": (CI, "timeout-minutes: 20", "timeout-minutes: 10"),
    "one more event": (CI, "on:\n  push:\n", "on:\n  merge_group:\n  push:\n"),
    "less permission": (CI, "    permissions:\n      contents: read # to check the repository out\n    strategy", "    permissions: {}\n    strategy"),
    "a rule for more": (RULES, PUSH, PUSH.replace('"git", "push"', '"git"')),
    "one more rule": (RULES, PUSH, f'prefix_rule(pattern = ["x"], decision = "prompt", match = ["x"], not_match = ["y"])\n{PUSH}'),
    "words of a rule": (RULES, "A person pushes, after reading the proposal.", "A person pushes."),
    "one more command tried": (CASES, "case = [\n", 'case = [\n  { command = "rm -rf x", execpolicy = "forbidden", run = "rules" },\n'),
    "read only": (CODEX, 'sandbox_mode = "workspace-write"', 'sandbox_mode = "read-only"'),
    "another model": (CODEX, 'model = "gpt-5.5"', 'model = "gpt-6-astra"'),
    "one more variable hidden": (CODEX, '"DATABASE_URL"', '"DATABASE_URL", "DSN"'),
    "a feature off": (CODEX, "[sandbox_workspace_write]", "[features]\nhooks = false\n\n[sandbox_workspace_write]"),
    "a newer Codex": (LOCK, 'version = "0.163.0"', 'version = "0.164.0"'),
    "another model in the lock": (LOCK, 'model = "gpt-5.5"', 'model = "gpt-6-astra"'),
    "a lower limit": (SETTINGS, "turns = 60", "turns = 30"),
    "fewer calls": (SETTINGS, "calls_a_day = 100", "calls_a_day = 1"),
    "one more severity": (SETTINGS, 'block = ["P0", "P1"]', 'block = ["P0", "P1", "P2"]'),
    "prices": (SETTINGS, "[paths]", '[prices]\nas_of = 2026-01-31\n[prices.models."gpt-5.5"]\ninput = 1\ncached_input = 1\noutput = 1\n\n[paths]'),
    "a workflow of one's own": (SETTINGS, "[workflows.review]", '[workflows.mine]\nsummary = "x"\nprompt = "p"\nschema = "s"\n\n[workflows.review]'),
    "less by itself": (TEMPLATE, '"automation": "comment"', '"automation": "analyse"'),
    "one more owner": (OWNERS, "/.codex/ team@example.com", "/.codex/ team@example.com second@example.com"),
    "a file of the application": ("README.md", "#", "##"),
    "a newer requirement": ("requirements/dev.txt", "nox==1.0", "nox==1.1"),
    "a newer proposer": ("pyproject.toml", '"proposer==0.1.0"', '"proposer==0.2.0"'),
    "one more module in a layer": ("pyproject.toml", '"dev | finance"', '"dev | finance | billing"'),
    "one more session": ("noxfile.py", "@nox.session\ndef lint", '@nox.session\ndef more(session: nox.Session) -> None:\n    """More."""\n    session.run("true")\n\n\n@nox.session\ndef lint'),
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_change_is_not_refused(files: Files, name: str) -> None:
    path, old, new = HONEST[name]
    report = compare(files, edited(files, path, old, new), base="x")
    assert report.weakened == (), [one.line() for one in report.weakened]


def weakened(files: Files) -> Files:
    return edited(files, SETTINGS, "turns = 60", "turns = 61")


def with_override(files: Files, *ids: str, reason: str = "longer runs were asked for") -> Files:
    rows = "".join(f'[[override]]\nid = "{one}"\nreason = "{reason}"\n' for one in ids)
    return {**files, "provenance/ratchet.toml": rows.encode()}


def test_a_person_may_want_a_weakening_and_says_why(files: Files) -> None:
    found = compare(files, weakened(files), base="x").weakened[0]
    report = compare(files, with_override(weakened(files), found.id), base="x")
    assert report.exit_code == 0
    assert [reason for _, reason in report.overridden] == ["longer runs were asked for"]
    assert report.document()["overridden"][0]["id"] == found.id


def test_an_override_is_for_one_weakening_alone(files: Files) -> None:
    found = compare(files, weakened(files), base="x").weakened[0]
    more = edited(files, SETTINGS, "turns = 60", "turns = 62")
    assert compare(files, with_override(more, found.id), base="x").exit_code == 7


def test_an_override_counts_in_the_change_that_adds_it_and_not_again(files: Files) -> None:
    found = compare(files, weakened(files), base="x").weakened[0]
    before, after = with_override(files, found.id), with_override(weakened(files), found.id)
    assert compare(before, after, base="x").exit_code == 7


def test_the_record_of_an_override_stays(files: Files) -> None:
    report = compare(with_override(files, "0" * 16), files, base="x")
    assert [one.code for one in report.weakened] == ["override"]


@pytest.mark.parametrize(
    "text", ["[[override]]\nid = '1'\nreason = 'long enough'\n", "[[override]]\nid = 'aaaaaaaaaaaaaaaa'\n", "x"]
)
def test_an_override_without_a_reason_is_none(files: Files, text: str) -> None:
    with pytest.raises(UsageError, match=r"ratchet\.toml"):
        compare(files, {**files, "provenance/ratchet.toml": text.encode()}, base="x")


def test_the_same_files_are_never_weaker(files: Files) -> None:
    assert compare(files, files, base="x").weakened == ()
