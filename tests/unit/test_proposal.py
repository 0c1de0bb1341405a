"""Patches made of git objects in real repositories: the hostile ones are refused, the honest ones are not."""

import hashlib
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from plumbing import EMPTY, Content, Plumbing, repository
from proposer.outputs import proposal
from proposer.outputs.proposal import CODES, DEFAULT, MIGRATIONS, GateReport, PathPolicy, check

LEDGER = "def total(entries):\n    return sum(entries)\n\n\ndef unused():\n    return None\n"
TESTS = """from shop.ledger import total


def test_total():
    assert total([1, 2]) == 3


def test_nothing():
    assert total([]) == 0
"""
PARAMETRISED = """import pytest
from shop.ledger import total


@pytest.mark.parametrize(("rows", "wanted"), [([1, 2], 3), ([], 0)])
def test_total(rows, wanted):
    assert total(rows) == wanted
"""
COMMIT = "a" * 40
BASE: dict[bytes | str, Content] = {
    ".github/workflows/ci.yml": "on: push\n",
    ".gitignore": "build/\n",
    "AGENTS.md": "# Rules\n",
    "README.md": "# Shop\n\nA shop.\n",
    "docs/index.md": "# Index\n",
    "docs/notes.txt": "old\r\nlines\r\n",
    "assets/logo.png": b"\x89PNG\0\1\2",
    "pyproject.toml": "[project]\nname = 'shop'\n",
    "scripts/run.sh": ("100755", "#!/bin/sh\necho run\n"),
    "scripts/plain.sh": "#!/bin/sh\necho plain\n",
    "link": ("120000", "README.md"),
    "vendor": ("160000", COMMIT),
    "src/shop/__init__.py": "",
    "src/shop/ledger.py": LEDGER,
    "src/shop/latin.py": b"# -*- coding: latin-1 -*-\nname = 'caf\xe9'\n",
    "src/shop/migrations/0001_start.py": "x = 1\n",
    "src/shop/text.py": "a = 1\nb = 2\nc = 3\n",
    "tests/test_ledger.py": TESTS,
    "tests/data/sample.json": "{}\n",
}
NEW = "value = 1\n"
TOKEN = "ghp_" + "0123456789abcdefghijABCDEFGHIJ012345"
KEY = "-----BEGIN RSA PRIVATE " + "KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE " + "KEY-----\n"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Plumbing:
    made = repository(tmp_path_factory.mktemp("proposal") / "repo")
    first = made.commit(made.tree(BASE))
    made.git("update-ref", "refs/heads/main", first)
    return made


def judged(shop: Plumbing, edits: dict[bytes | str, Content], policy: PathPolicy | None = None) -> GateReport:
    """Judge the base with some paths changed."""
    head = shop.tree({**BASE, **edits})
    return check(shop.root, shop.tree(BASE), head, policy or PathPolicy())


def codes(report: GateReport) -> set[str]:
    assert report.allowed is (not report.reasons)
    for code, path, message in report.reasons:
        assert code in CODES
        assert isinstance(path, str)
        json.dumps([code, path, message], ensure_ascii=False).encode()
        assert message
    return {reason.code for reason in report.reasons}


PROTECTED = [
    ".github/workflows/evil.yml",
    ".github/workflows/ci.yml",
    '.github/workflows/q"x.yml',
    ".github/CODEOWNERS",
    ".github/dependabot.yml",
    ".GitHub/workflows/x.yml",
    ".GITHUB/x",
    "sub/.github/workflows/x.yml",
    ".gitlab-ci.yml",
    ".GitLab-CI.yml",
    "sub/.gitlab-ci.yml",
    ".gitlab/x.md",
    ".codex/config.toml",
    ".CODEX/config.toml",
    "sub/.codex/config.toml",
    ".agents/skills/x/SKILL.md",
    "deep/er/.agents/x.md",
    ".claude/settings.json",
    ".cursor/rules",
    ".vscode/settings.json",
    ".idea/x.xml",
    ".devcontainer/devcontainer.json",
    ".circleci/config.yml",
    ".husky/pre-commit",
    "web/.husky/pre-commit",
    ".unknown/x",
    ".well-known/x",
    "AGENTS.md",
    "agents.md",
    "Agents.MD",
    "sub/AGENTS.md",
    "sub/AGENTS.override.md",
    "AGENTS.override.md",
    "CLAUDE.md",
    "sub/claude.md",
    "GEMINI.md",
    "CODEOWNERS",
    "docs/CODEOWNERS",
    "provenance/x.json",
    "provenance/ledger.head",
    "evals/double-posting/case.toml",
    "Evals/x/change.patch",
    "drills/read-the-payroll.toml",
    "codex.lock",
    "CODEX.LOCK",
    "proposer.toml",
    "prompts/review.md",
    "schemas/review.schema.json",
    "rules/default.rules",
    "sub/x.rules",
    "skills/x/SKILL.md",
    "sub/SKILL.md",
    ".codex/rules/default.rules",
    "pyproject.toml",
    "PyProject.toml",
    "sub/pyproject.toml",
    "setup.py",
    "setup.cfg",
    "requirements.txt",
    "requirements-dev.txt",
    "dev-requirements.txt",
    "requirements/run.txt",
    "requirements/run.in",
    "constraints.txt",
    "Pipfile",
    "Pipfile.lock",
    "poetry.lock",
    "uv.lock",
    "pdm.lock",
    "environment.yml",
    "conda-lock.yml",
    "package.json",
    "web/package.json",
    "package-lock.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lockb",
    "bun.lock",
    "npm-shrinkwrap.json",
    "Cargo.toml",
    "Cargo.lock",
    "go.mod",
    "go.sum",
    "Gemfile",
    "Gemfile.lock",
    "composer.json",
    "composer.lock",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "x/Shop.csproj",
    "mix.exs",
    "mix.lock",
    "pubspec.yaml",
    "Package.swift",
    "tasks.py",
    "TASKS.py",
    "ta\u017fks.py",
    "tasks/__init__.py",
    "noxfile.py",
    "conftest.py",
    "tests/conftest.py",
    "sitecustomize.py",
    "src/usercustomize.py",
    "sitecustomize/__init__.py",
    "src/x.pth",
    "Makefile",
    "makefile",
    "GNUmakefile",
    "sub/Makefile",
    "Dockerfile",
    "Dockerfile.dev",
    "sub/Dockerfile",
    "docker-compose.yml",
    "compose.yaml",
    ".dockerignore",
    ".gitmodules",
    ".gitattributes",
    "sub/.gitattributes",
    ".env",
    ".env.local",
    "sub/.env.production",
    ".envrc",
    ".npmrc",
    "sub/.npmrc",
    ".pypirc",
    ".netrc",
    ".pre-commit-config.yaml",
    "pytest.ini",
    "tox.ini",
    ".coveragerc",
    "mypy.ini",
    "ruff.toml",
    ".ruff.toml",
    ".flake8",
    ".pylintrc",
    "alembic.ini",
    "src/shop/migrations/0002_more.py",
    "migrations/0001.sql",
    "alembic/versions/x.py",
    ".travis.yml",
    "azure-pipelines.yml",
    "Jenkinsfile",
    "bitbucket-pipelines.yml",
    ".drone.yml",
    "appveyor.yml",
    "action.yml",
    "tsconfig.json",
    "web/eslint.config.js",
    "proposer/tasks.py",
    "invoke.yaml",
    "\uff21GENTS.md",
    "\u2024github/x",
    "src/AGENTS\u200c.md",
    "AGENTS.md.",
    "AGENTS.md ",
    "AGENTS.md::$DATA",
    "sub\\AGENTS.md",
    "./AGENTS.md",
]


@pytest.mark.parametrize("path", [path for path in PROTECTED if path != "./AGENTS.md"])
def test_a_protected_path_is_refused(shop: Plumbing, path: str) -> None:
    report = judged(shop, {path: "x = 2\n"})
    assert "protected" in codes(report)
    assert report.forbidden
    assert path in {reason.path for reason in report.reasons}


@pytest.mark.parametrize(
    "path", ["AGENTS.md", "pyproject.toml", ".github/workflows/ci.yml", "src/shop/migrations/0001_start.py"]
)
def test_a_protected_path_is_not_deleted(shop: Plumbing, path: str) -> None:
    report = judged(shop, {path: None})
    assert [(reason.code, reason.path) for reason in report.reasons] == [("protected", path)]
    assert "deletes" in report.reasons[0].message


def test_a_file_does_not_move_into_a_protected_folder(shop: Plumbing) -> None:
    report = judged(shop, {"src/shop/text.py": None, ".github/scripts/text.py": BASE["src/shop/text.py"]})
    assert codes(report) == {"protected"}


DOT_GIT = [
    ".git/config",
    ".GIT/config",
    ".Git/hooks/pre-commit",
    "sub/.git/config",
    "git~1/config",
    "GIT~1/config",
    "sub/git~2/x",
    ".git./config",
    ".git /config",
    ".git. . /config",
    ".git::$INDEX_ALLOCATION/config",
    ".git:x/config",
    ".g\u200cit/config",
    ".gi\u200dt/config",
    "\ufeff.git/config",
    ".git\u202e/config",
    "\u2024git/config",
    ".git\\config",
    "sub\\.git\\config",
    ".\uff47it/config",
    ".git",
    "sub/.git",
]


@pytest.mark.parametrize("path", DOT_GIT)
def test_a_path_inside_git_is_refused(shop: Plumbing, path: str) -> None:
    report = judged(shop, {path: "x\n"})
    assert "dot-git" in codes(report)
    assert report.forbidden


def test_a_folder_that_git_takes_for_a_repository_is_refused(shop: Plumbing) -> None:
    planted: dict[bytes | str, Content] = {
        "tests/data/x/HEAD": "ref: refs/heads/main\n",
        "tests/data/x/config": "[core]\n\tfsmonitor = evil\n",
        "tests/data/x/objects/keep": "",
        "tests/data/x/refs/keep": "",
    }
    assert codes(judged(shop, planted)) == {"dot-git"}
    assert judged(shop, {"docs/HEAD": "x\n", "docs/objects/a.md": "x\n"}).allowed


RESERVED = [
    "con",
    "CON",
    "con.py",
    "src/aux.py",
    "src/NUL",
    "prn.txt",
    "COM1",
    "com9.log",
    "LPT1.txt",
    "lpt\u00b9",
    "COM\u00b2.py",
    "aux/x.py",
    "nul .txt",
    "CONIN$",
]


@pytest.mark.parametrize("path", RESERVED)
def test_the_name_of_a_device_is_refused(shop: Plumbing, path: str) -> None:
    assert "reserved-name" in codes(judged(shop, {path: NEW}))


BAD_NAMES: list[bytes | str] = [
    "src/a\tb.py",
    "src/a\nb.py",
    "src/a\rb.py",
    "src/a\x1b[31m.py",
    "src/a\x7f.py",
    "src/a\u0085b.py",
    "src/a\u2028b.py",
    "src/a\\b.py",
    "C:\\x.py",
    "C:x.py",
    "src/x.py:stream",
    "src/x.",
    "src/x.py ",
    "src /x.py",
    "src./x.py",
    "src/\u202egpj.py",
    "src/a\u200bb.py",
    "src/a\u2066b.py",
    "src/a\u00adb.py",
    "src/a\u00a0b.py",
    "src/a\u3164b.py",
    "src/a\U000e0041b.py",
    "src/\ufeffa.py",
    b"src/a\xff.py",
    b"src/\xc0\xae.py",
    b"src/\xed\xa0\x80.py",
    "src/e\u0301.py",
    "-rf",
    "src/--option.py",
    "src/PROGRA~1.py",
    "src/ledger~1.py",
]


@pytest.mark.parametrize("path", BAD_NAMES, ids=repr)
def test_a_name_that_is_not_safe_everywhere_is_refused(shop: Plumbing, path: bytes | str) -> None:
    assert "bad-name" in codes(judged(shop, {path: NEW}))


def test_the_longest_path_has_240_bytes(shop: Plumbing) -> None:
    folder = "src/" + "d" * 100 + "/" + "e" * 100 + "/"
    assert judged(shop, {folder + "x" * (240 - len(folder)): NEW}).allowed
    assert codes(judged(shop, {folder + "x" * (241 - len(folder)): NEW})) == {"long-path"}
    wide = folder + "\u00fc" * 18
    assert (len(wide), codes(judged(shop, {wide: NEW}))) == (len(folder) + 18, {"long-path"})


COLLISIONS: list[tuple[str, dict[bytes | str, Content]]] = [
    ("case", {"src/shop/Ledger.py": NEW}),
    ("case of the folder", {"src/Shop/other.py": NEW}),
    ("case of the top", {"SRC/shop/other.py": NEW}),
    ("two new ones", {"src/New.py": NEW, "src/new.py": NEW}),
    ("composed and not", {"src/caf\u00e9.py": NEW, "src/cafe\u0301.py": NEW}),
    ("sharp s", {"src/stra\u00dfe.py": NEW, "src/strasse.py": NEW}),
    ("a file and a folder", {"src/thing": NEW, "src/Thing/x.py": NEW}),
    ("an old file and a new folder", {"src/shop/TEXT.py/x.py": NEW}),
    ("an old folder and a new file", {"DOCS": NEW}),
    ("a selector", {"src/\u2764\ufe0f.py": NEW, "src/\u2764.py": NEW}),
]


@pytest.mark.parametrize("edits", [row[1] for row in COLLISIONS], ids=[row[0] for row in COLLISIONS])
def test_two_paths_that_are_one_somewhere_are_refused(shop: Plumbing, edits: dict[bytes | str, Content]) -> None:
    assert "collision" in codes(judged(shop, edits))


def test_a_collision_that_stood_before_is_nobodys_fault(shop: Plumbing) -> None:
    base = {**BASE, "src/README.txt": NEW, "src/readme.txt": NEW}
    assert check(shop.root, shop.tree(base), shop.tree({**base, "src/more.py": NEW})).allowed


ENTRIES: list[tuple[str, dict[bytes | str, Content], str]] = [
    ("a new link", {"src/a": ("120000", "../../etc/passwd")}, "symlink"),
    ("a link to the repository", {"src/a": ("120000", ".git/config")}, "symlink"),
    ("another target", {"link": ("120000", "/etc/passwd")}, "symlink"),
    ("a link removed", {"link": None}, "symlink"),
    ("a file becomes a link", {"README.md": ("120000", "x")}, "symlink"),
    ("a file becomes a link, as a change of type", {"README.md": ("120000", "x")}, "type-change"),
    ("a link becomes a file", {"link": "x\n"}, "type-change"),
    ("a new submodule", {"sub": ("160000", COMMIT)}, "submodule"),
    ("another commit", {"vendor": ("160000", "b" * 40)}, "submodule"),
    ("a submodule removed", {"vendor": None}, "submodule"),
    ("a file becomes a submodule", {"README.md": ("160000", COMMIT)}, "submodule"),
    ("a submodule becomes a folder", {"vendor": None, "vendor/x.py": NEW}, "type-change"),
    ("a link becomes a folder", {"link": None, "link/x.py": NEW}, "type-change"),
    ("a file becomes a folder", {"README.md": None, "README.md/x.py": NEW}, "type-change"),
    ("a folder becomes a file", {"docs/index.md": None, "docs/notes.txt": None, "docs": NEW}, "type-change"),
    ("a new executable", {"scripts/new.sh": ("100755", "#!/bin/sh\n")}, "executable"),
    ("a file becomes executable", {"scripts/plain.sh": ("100755", "#!/bin/sh\necho plain\n")}, "executable"),
    (
        "an executable moves",
        {"scripts/run.sh": None, "scripts/go.sh": ("100755", "#!/bin/sh\necho run\n")},
        "executable",
    ),
    ("writable by the group", {"src/a.py": ("100664", NEW)}, "bad-mode"),
    ("setuid", {"src/a.py": ("104755", NEW)}, "bad-mode"),
    ("a padded mode", {"src/a.py": ("0100644", NEW)}, "bad-mode"),
    ("bytes", {"src/a.bin": b"\0\1\2"}, "binary"),
    ("a nul far behind", {"src/a.txt": b"x" * 9000 + b"\0"}, "binary"),
    ("text that becomes bytes", {"README.md": b"# Shop\0\n"}, "binary"),
    ("other bytes", {"assets/logo.png": b"\x89PNG\0\3"}, "binary"),
    ("not UTF-8", {"src/a.py": b"x = '\xe9'\n"}, "binary"),
    ("UTF-16", {"src/a.txt": "x = 1\n".encode("utf-16")}, "binary"),
    ("an overlong form", {"src/a.txt": b"\xc0\xaf\n"}, "binary"),
    ("a surrogate", {"src/a.txt": b"\xed\xa0\x80\n"}, "binary"),
]


@pytest.mark.parametrize(("edits", "wanted"), [row[1:] for row in ENTRIES], ids=[row[0] for row in ENTRIES])
def test_what_is_no_plain_text_file_is_refused(shop: Plumbing, edits: dict[bytes | str, Content], wanted: str) -> None:
    assert wanted in codes(judged(shop, edits))


LINES: list[tuple[str, dict[bytes | str, Content], str]] = [
    ("a token", {"src/a.py": f"x = '{TOKEN}'\n"}, "secret"),
    ("a token in an old file", {"src/shop/text.py": f"a = 1\nb = '{TOKEN}'\nc = 3\n"}, "secret"),
    ("a key over lines", {"src/a.py": f"x = '''\n{KEY}'''\n"}, "secret"),
    ("a key in the documents", {"docs/index.md": f"# Index\n{KEY}"}, "secret"),
    ("a zero-width space", {"src/a.py": "x = 'a\u200bb'\n"}, "invisible"),
    ("a bidirectional control", {"src/a.py": "x = 'a\u202eb'\n"}, "invisible"),
    ("an isolate", {"src/a.py": "# \u2066 x \u2069\n"}, "invisible"),
    ("tags", {"docs/index.md": "# Index\n\U000e0049\U000e0067\n"}, "invisible"),
    ("an escape", {"docs/index.md": "# Index\n\x1b[2J\n"}, "invisible"),
    ("a backspace", {"docs/index.md": "# Index\nx\x08y\n"}, "invisible"),
    ("a byte order mark inside", {"src/a.py": "x = 1\n\ufeffy = 2\n"}, "invisible"),
    ("a filler", {"src/a.js": "const \u3164 = 1\n"}, "invisible"),
    ("a carriage return that hides", {"src/a.py": "x = 1  # fine\rimport os\n"}, "invisible"),
    ("a line separator", {"src/a.js": "// fine\u2028evil()\n"}, "invisible"),
    ("a next line", {"src/a.js": "// fine\u0085evil()\n"}, "invisible"),
    ("a vertical tab", {"src/a.py": "x = 1  # fine\x0bimport os\n"}, "invisible"),
    ("a form feed", {"src/a.py": "x = 1  # fine\x0cimport os\n"}, "invisible"),
    ("a test removed", {"tests/test_ledger.py": TESTS.partition("\n\n\ndef test_nothing")[0] + "\n"}, "test-removed"),
    ("a test file removed", {"tests/test_ledger.py": None}, "test-removed"),
    (
        "a test skipped",
        {
            "tests/test_ledger.py": "import pytest\n"
            + TESTS.replace("def test_nothing", "@pytest.mark.skip\ndef test_nothing")
        },
        "test-skipped",
    ),
    ("an assertion loosened", {"tests/test_ledger.py": TESTS.replace("== 3", ">= 0")}, "assertion-loosened"),
    ("a test file broken", {"tests/test_ledger.py": TESTS + "def\n"}, "test-unreadable"),
    ("noqa", {"src/shop/text.py": "a = 1  # noqa\nb = 2\nc = 3\n"}, "suppression"),
    ("type: ignore", {"src/shop/text.py": "a = 1  # type: ignore\nb = 2\nc = 3\n"}, "suppression"),
    ("linters pass by", {".gitignore": "build/\nsrc/\n"}, "settings-loosened"),
]


@pytest.mark.parametrize(("edits", "wanted"), [row[1:] for row in LINES], ids=[row[0] for row in LINES])
def test_a_line_that_hides_or_weakens_is_refused(
    shop: Plumbing, edits: dict[bytes | str, Content], wanted: str
) -> None:
    assert codes(judged(shop, edits)) == {wanted}


HONEST: list[tuple[str, dict[bytes | str, Content]]] = [
    ("nothing", {}),
    ("a line changed", {"src/shop/ledger.py": LEDGER.replace("sum(entries)", "sum(entries, start=0)")}),
    ("a file added", {"src/shop/money.py": "CENTS = 100\n"}),
    ("an empty file", {"src/shop/api/__init__.py": ""}),
    ("no newline at the end", {"src/shop/money.py": "CENTS = 100"}),
    ("a module deleted", {"src/shop/text.py": None}),
    ("dead code removed", {"src/shop/ledger.py": LEDGER.partition("\n\n\ndef unused")[0] + "\n"}),
    ("a module renamed", {"src/shop/text.py": None, "src/shop/words.py": BASE["src/shop/text.py"]}),
    ("a folder renamed", {"src/shop/text.py": None, "src/books/text.py": BASE["src/shop/text.py"]}),
    ("a folder emptied", {"docs/index.md": None, "docs/notes.txt": None}),
    (
        "type hints",
        {
            "src/shop/ledger.py": "from collections.abc import Iterable\n\n\n"
            + LEDGER.replace("(entries)", "(entries: Iterable[int]) -> int", 1)
        },
    ),
    ("a test added", {"tests/test_ledger.py": TESTS + "\n\ndef test_one():\n    assert total([1]) == 1\n"}),
    ("a test file added", {"tests/unit/test_money.py": "def test_cents():\n    assert 100 == 10 * 10\n"}),
    ("a test file moved", {"tests/test_ledger.py": None, "tests/unit/test_ledger.py": TESTS}),
    ("a test renamed", {"tests/test_ledger.py": TESTS.replace("test_nothing", "test_total_of_nothing")}),
    (
        "tests parametrised",
        {
            "tests/test_ledger.py": PARAMETRISED,
        },
    ),
    ("a fixture file", {"tests/data/sample.json": '{"a": 1}\n'}),
    ("a fixture file deleted", {"tests/data/sample.json": None}),
    ("windows lines kept", {"docs/notes.txt": "old\r\nlines\r\nmore\r\n"}),
    ("a new file with windows lines", {"docs/more.txt": "one\r\ntwo\r\n"}),
    ("unix lines now", {"docs/notes.txt": "old\nlines\n"}),
    ("a byte order mark", {"src/Program.cs": "\ufeffusing System;\n"}),
    ("chinese", {"docs/zh.md": "# \u8d26\u672c\n\n\u5206\u5f55\u7684\u603b\u548c\u4e3a\u96f6\u3002\n"}),
    ("japanese with wide spaces", {"docs/ja.md": "\u5e33\u7c3f\u3000\u3068\u3000\u4ed5\u8a33\n"}),
    ("korean", {"docs/ko.md": "\uc7a5\ubd80\uc758 \ud569\uacc4\n"}),
    ("arabic", {"docs/ar.md": "\u062f\u0641\u062a\u0631 \u0627\u0644\u0623\u0633\u062a\u0627\u0630\n"}),
    ("hebrew", {"docs/he.md": "\u05e1\u05e4\u05e8 \u05d7\u05e9\u05d1\u05d5\u05e0\u05d5\u05ea\n"}),
    ("persian with its joiner", {"docs/fa.md": "\u0645\u06cc\u200c\u0631\u0648\u062f\n"}),
    ("hindi", {"docs/hi.md": "\u0916\u093e\u0924\u093e \u092c\u0939\u0940\n"}),
    (
        "emoji",
        {"docs/emoji.md": "\U0001f600 \u2764\ufe0f \U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea\n"},
    ),
    ("maths", {"docs/maths.md": "\u2200x\u2208\u211d: x\u00b2 \u2265 0, \u2211, \u221e, \u00b11\n"}),
    ("german names", {"src/shop/buchf\u00fchrung.py": NEW}),
    ("a chinese name", {"docs/\u8d26\u672c.md": "x\n"}),
    ("a japanese name", {"docs/\u5e33\u7c3f.md": "x\n"}),
    ("a greek name", {"docs/\u03b2\u03b9\u03b2\u03bb\u03af\u03bf.md": "x\n"}),
    ("an emoji in a name", {"docs/\U0001f4d2.md": "x\n"}),
    ("spaces in a name", {"docs/how to pay.md": "x\n"}),
    ("signs in a name", {"web/app/[id]/(shop)/@modal/page+more,x=1.tsx": "export default 1\n"}),
    ("quotes in a name", {'docs/it\'s "quoted".md': "x\n"}),
    (
        "names like devices",
        {
            "src/con_text.py": NEW,
            "src/auxiliary.py": NEW,
            "src/console.py": NEW,
            "src/null.py": NEW,
            "src/com10.py": NEW,
        },
    ),
    (
        "names like protected ones",
        {
            "src/github.py": NEW,
            "src/agents.py": NEW,
            "src/environment.py": NEW,
            "src/codex.py": NEW,
            "src/docker.py": NEW,
        },
    ),
    (
        "more names like protected ones",
        {"src/dockerfile_reader.py": NEW, "src/makefile.py": NEW, "src/requirements.py": NEW, "src/setup_app.py": NEW},
    ),
    (
        "documents about protected files",
        {
            "docs/makefile.md": "x\n",
            "docs/dockerfile.md": "x\n",
            "docs/github/workflows.md": "x\n",
            "docs/.github/about.md": "x\n",
        },
    ),
    (
        "documents about agents",
        {"docs/agents-file.md": "x\n", "docs/codex.md": "x\n", "docs/about-pyproject.md": "x\n"},
    ),
    (
        "schemas and rules of the application",
        {
            "src/shop/schemas/user.py": NEW,
            "src/shop/schemas.py": NEW,
            "src/shop/rules/tax.py": NEW,
            "src/shop/rules.py": NEW,
        },
    ),
    ("prompts of the application", {"src/shop/prompts.py": NEW, "src/shop/provenance/x.py": NEW}),
    ("an executable edited", {"scripts/run.sh": ("100755", "#!/bin/sh\necho more\n")}),
    ("no longer executable", {"scripts/run.sh": "#!/bin/sh\necho run\n"}),
    ("an executable deleted", {"scripts/run.sh": None}),
    ("a picture deleted", {"assets/logo.png": None}),
    ("a file that was never text deleted", {"src/shop/latin.py": None}),
    ("from latin-1 to UTF-8", {"src/shop/latin.py": "name = 'caf\u00e9'\n"}),
    ("a long line", {"src/shop/data.py": "x = '" + "ab " * 5000 + "'\n"}),
    ("many lines", {"src/shop/data.py": "".join(f"x{n} = {n}\n" for n in range(2000))}),
    ("many files", {f"src/many/m{n}.py": NEW for n in range(50)}),
    ("a large file", {"docs/large.txt": ("x" * 127 + "\n") * 2000}),
    ("a page", {"web/app/page.tsx": "export default function Page() {\n  return <main>Hello</main>\n}\n"}),
    ("a style sheet", {"web/app/style.css": "main { color: #333; }\n"}),
    ("an ignored folder", {".gitignore": "build/\ndist/\n*.pyc\n"}),
    (
        "lines that look like a patch",
        {"docs/patch.md": "diff --git a/.github/x b/.github/x\n+++ b/AGENTS.md\n@@ -1 +1 @@\n+evil\n"},
    ),
    ("a page break", {"src/shop/old.c": "int x;\n\x0c\nint y;\n"}),
    ("the same content at another place", {"src/copy.py": LEDGER}),
    ("a lot removed", {"src/shop/ledger.py": "", "docs/index.md": ""}),
    ("case of a name", {"README.md": None, "Readme.md": BASE["README.md"]}),
]


@pytest.mark.parametrize("edits", [row[1] for row in HONEST], ids=[row[0] for row in HONEST])
def test_an_honest_proposal_is_allowed(shop: Plumbing, edits: dict[bytes | str, Content]) -> None:
    report = judged(shop, edits)
    assert report.reasons == []
    assert report.allowed


def test_the_corpora_are_as_large_as_they_should_be() -> None:
    hostile = (
        len(PROTECTED) + len(DOT_GIT) + len(RESERVED) + len(BAD_NAMES) + len(COLLISIONS) + len(ENTRIES) + len(LINES)
    )
    assert (hostile > 100, len(HONEST) > 50) == (True, True)


# Limits: the last allowed number, and the first that is not.


@pytest.mark.parametrize(
    ("edits", "wanted"),
    [
        ({f"src/many/m{n}.py": NEW for n in range(51)}, "too-many-files"),
        ({"src/x.py": "".join(f"x{n} = {n}\n" for n in range(2001))}, "too-many-lines"),
        ({"src/x.py": "a = 1\n" * 1001, "src/y.py": "a = 1\n" * 1000}, "too-many-lines"),
        ({"docs/x.txt": "x" * 262_145}, "file-too-large"),
        ({f"docs/{n}.txt": "x" * 262_144 for n in range(4)} | {"docs/more.txt": "x"}, "too-large"),
    ],
    ids=["files", "lines", "lines together", "a file", "all"],
)
def test_one_more_than_the_limit_is_refused(shop: Plumbing, edits: dict[bytes | str, Content], wanted: str) -> None:
    assert codes(judged(shop, edits)) == {wanted}


@pytest.mark.parametrize(
    "edits",
    [
        {"docs/x.txt": "x" * 262_144},
        {f"docs/{n}.txt": "x" * 262_144 for n in range(4)},
        {"src/x.py": "a = 1\n" * 2000},
        {"src/x.py": "a = 1\n" * 1999 + "a = 1"},
        {f"src/many/m{n}.py": NEW for n in range(49)} | {"src/shop/text.py": None},
    ],
    ids=["a file", "all", "lines", "no last newline", "files"],
)
def test_exactly_the_limit_is_allowed(shop: Plumbing, edits: dict[bytes | str, Content]) -> None:
    assert judged(shop, edits).reasons == []


def test_the_report_counts_files_and_lines(shop: Plumbing) -> None:
    report = judged(shop, {"src/shop/text.py": "a = 1\nb = 5\nc = 3\nd = 4\n", "README.md": None})
    assert (report.files, report.added, report.removed) == (2, 2, 4)


def test_limits_are_settings(shop: Plumbing) -> None:
    edits: dict[bytes | str, Content] = {"src/a.py": NEW * 3, "src/b.py": NEW}
    assert judged(shop, edits, PathPolicy(max_files=2, max_bytes=40, max_file_bytes=30, max_added_lines=4)).allowed
    for limit, wanted in (
        ({"max_files": 1}, "too-many-files"), ({"max_bytes": 39}, "too-large"),
        ({"max_file_bytes": 29}, "file-too-large"),
        ({"max_added_lines": 3}, "too-many-lines"), ({"max_files": 0}, "too-many-files"),
    ):  # fmt: skip
        assert codes(judged(shop, edits, PathPolicy(**limit))) == {wanted}
    many = {f"src/many/m{n}.py": NEW for n in range(51)}
    assert judged(shop, dict(many), PathPolicy(max_files=51)).allowed


# The policy.


@pytest.mark.parametrize(
    ("allowed", "path", "good"),
    [
        (("src/**", "tests/**"), "src/a.py", True),
        (("src/**", "tests/**"), "docs/a.md", False),
        (("src/**",), "src2/a.py", False),
        (("src/**",), "lib/src/a.py", False),
        (("src/**",), "SRC2/a.py", False),
        (("src/**",), "src/a/b/c.py", True),
        (("src/",), "src/a/b.py", True),
        (("src",), "src/a.py", False),
        (("docs/*.md",), "docs/a.md", True),
        (("docs/*.md",), "docs/a/b.md", False),
        (("**/*.py",), "a.py", True),
        (("**/*.py",), "a/b/c.py", True),
        (("**/*.py",), "a/b.md", False),
        (("*.md",), "docs/deep/a.md", True),
        (("/*.md",), "docs/a.md", False),
        (("src/*/api/**",), "src/shop/api/x/y.py", True),
        (("src/*/api/**",), "src/shop/x/api/y.py", False),
        (("src/**", "!src/core/**"), "src/core/a.py", False),
        (("src/[ab].py",), "src/a.py", True),
        (("src/[!ab].py",), "src/a.py", False),
        (("src/?.py",), "src/ab.py", False),
        ((), "src/a.py", False),
    ],
)
def test_what_is_not_allowed_is_outside(shop: Plumbing, allowed: tuple[str, ...], path: str, good: bool) -> None:
    report = judged(shop, {path: NEW}, PathPolicy(allowed=allowed))
    assert codes(report) == (set() if good else {"outside"})
    assert not report.forbidden


def test_allowed_is_compared_to_the_letter(shop: Plumbing) -> None:
    assert "outside" in codes(judged(shop, {"SRC/a.py": NEW}, PathPolicy(allowed=("src/**",))))


def test_deleting_outside_of_what_is_allowed_is_refused(shop: Plumbing) -> None:
    assert codes(judged(shop, {"README.md": None}, PathPolicy(allowed=("src/**",)))) == {"outside"}


def test_protected_wins_over_allowed(shop: Plumbing) -> None:
    policy = PathPolicy(allowed=("**", ".github/**", "AGENTS.md"))
    assert codes(judged(shop, {".github/x.yml": NEW, "AGENTS.md": NEW}, policy)) == {"protected"}


def test_a_policy_protects_more_and_a_workflow_about_migrations_less(shop: Plumbing) -> None:
    assert codes(judged(shop, {"src/billing/x.py": NEW}, PathPolicy(protected=(*DEFAULT, "src/billing/")))) == {
        "protected"
    }
    assert codes(judged(shop, {"src/Billing/x.py": NEW}, PathPolicy(protected=(*DEFAULT, "src/billing/")))) == {
        "protected"
    }
    free = tuple(one for one in DEFAULT if one not in MIGRATIONS)
    assert judged(shop, {"src/shop/migrations/0002.py": NEW}, PathPolicy(protected=free)).allowed
    assert codes(judged(shop, {"alembic.ini": NEW}, PathPolicy(protected=free))) == {"protected"}


def test_tests_may_be_set_free(shop: Plumbing) -> None:
    assert judged(shop, {"tests/test_ledger.py": None}, PathPolicy(tests="free")).allowed


BROKEN: list[Any] = [
    {"allowed": "**"},
    {"allowed": None},
    {"allowed": (1,)},
    {"allowed": ("",)},
    {"allowed": ("src/[",)},
    {"allowed": ("a//b",)},
    {"allowed": ("../x",)},
    {"allowed": ("a\\b",)},
    {"allowed": ("!",)},
    {"allowed": ("/",)},
    {"allowed": ("src/[z-a]",)},
    {"allowed": ("./src",)},
    {"allowed": ("a\nb",)},
    {"protected": "AGENTS.md"},
    {"protected": None},
    {"protected": (b"x",)},
    {"protected": ("[",)},
    {"max_files": -1},
    {"max_files": "50"},
    {"max_files": 50.0},
    {"max_files": None},
    {"max_files": True},
    {"max_bytes": -1},
    {"max_bytes": float("inf")},
    {"max_file_bytes": -5},
    {"max_added_lines": float("nan")},
    {"tests": "open"},
    {"tests": None},
    {"tests": True},
]


@pytest.mark.parametrize("values", BROKEN, ids=repr)
def test_a_policy_without_a_meaning_blocks_even_an_empty_change(shop: Plumbing, values: dict[str, Any]) -> None:
    assert codes(judged(shop, {}, PathPolicy(**values))) == {"policy"}


@pytest.mark.parametrize("policy", [None, {}, "x", object()], ids=["none", "dict", "text", "object"])
def test_what_is_no_policy_blocks(shop: Plumbing, policy: Any) -> None:
    assert codes(check(shop.root, "main", "main", policy)) == {"policy"}


def test_an_unknown_key_is_no_policy() -> None:
    with pytest.raises(TypeError):
        PathPolicy(max_fles=1)  # type: ignore[call-arg]


# Trees that git does not write.


def malformed(shop: Plumbing, name: str) -> str:
    """Return a tree with one defect in the folder src."""
    good = shop.object("blob", b"x = 1\n")
    evil = shop.object("blob", b"x = 2\n")
    inner = shop.raw_tree(("100644", "a.py", evil))
    src = {
        "one name twice": lambda: shop.raw_tree(("100644", "a.py", good), ("100644", "a.py", evil)),
        "a file and a folder of one name": lambda: shop.raw_tree(("100644", "a.py", good), ("40000", "a.py", inner)),
        "out of order": lambda: shop.raw_tree(("100644", "b.py", good), ("100644", "a.py", evil)),
        "a slash": lambda: shop.raw_tree(("100644", "x/../../a.py", evil)),
        "a folder with a slash": lambda: shop.raw_tree(("40000", ".github/workflows", inner)),
        "dots": lambda: shop.raw_tree(("40000", "..", inner)),
        "a dot": lambda: shop.raw_tree(("40000", ".", inner)),
        "absolute": lambda: shop.raw_tree(("100644", "/etc/passwd", evil)),
        "an empty name": lambda: shop.raw_tree(("100644", "", evil)),
        "cut short": lambda: shop.object("tree", b"100644 a.py\0abc"),
        "no mode": lambda: shop.object("tree", b" a.py\0" + bytes.fromhex(evil)),
        "a mode of letters": lambda: shop.raw_tree(("10o644", "a.py", evil)),
        "a file that is a folder": lambda: shop.raw_tree(("100644", "a.py", inner)),
        "a folder that is a file": lambda: shop.raw_tree(("40000", "a.py", evil)),
        "a missing file": lambda: shop.raw_tree(("100644", "a.py", "1" * 40)),
        "a missing folder": lambda: shop.raw_tree(("40000", "a", "1" * 40)),
        "the null id": lambda: shop.raw_tree(("100644", "a.py", "0" * 40)),
    }[name]()
    return shop.raw_tree(("40000", "src", src))


@pytest.mark.parametrize(
    "name",
    [
        "one name twice",
        "a file and a folder of one name",
        "out of order",
        "a slash",
        "a folder with a slash",
        "dots",
        "a dot",
        "absolute",
        "an empty name",
        "cut short",
        "no mode",
        "a mode of letters",
        "a file that is a folder",
        "a folder that is a file",
        "a missing file",
        "a missing folder",
        "the null id",
    ],
)
def test_a_tree_that_git_does_not_write_is_refused(shop: Plumbing, name: str) -> None:
    base = shop.tree({"src/a.py": "x = 1\n"})
    report = check(shop.root, base, malformed(shop, name))
    assert codes(report) & {"malformed-tree", "unreadable"}, report


def test_double_entries_are_named(shop: Plumbing) -> None:
    base = shop.tree({"src/a.py": "x = 1\n"})
    assert codes(check(shop.root, base, malformed(shop, "one name twice"))) == {"malformed-tree"}


def test_an_object_whose_content_is_not_what_its_id_says_is_refused(tmp_path: Path) -> None:
    made = repository(tmp_path / "repo")
    base, head = made.tree({"a.py": "x = 1\n"}), made.tree({"a.py": "x = 2\n"})
    good, evil = made.object("blob", b"x = 2\n"), made.object("blob", b"import os\n")
    objects = made.root / ".git" / "objects"
    target = objects / good[:2] / good[2:]
    target.chmod(0o644)
    target.write_bytes((objects / evil[:2] / evil[2:]).read_bytes())
    assert codes(check(made.root, base, head)) == {"unreadable"}


def test_a_commit_that_is_not_what_its_id_says_is_refused(tmp_path: Path) -> None:
    made = repository(tmp_path / "repo")
    good, evil = made.commit(made.tree({"a.py": NEW})), made.commit(made.tree({"AGENTS.md": "x\n"}))
    objects = made.root / ".git" / "objects"
    target = objects / evil[:2] / evil[2:]
    target.chmod(0o644)
    target.write_bytes((objects / good[:2] / good[2:]).read_bytes())
    assert codes(check(made.root, good, evil)) == {"unreadable"}


def test_an_index_of_commits_that_lies_is_not_believed(tmp_path: Path) -> None:
    """A commit-graph names the tree of each commit; git believes it and does not look into the commit."""
    made = repository(tmp_path / "repo")
    old, new = made.tree({"a.py": NEW}), made.tree({"a.py": NEW, "AGENTS.md": "x\n"})
    base = made.commit(old)
    head = made.commit(new, base)
    made.git("update-ref", "refs/heads/main", base)
    made.git("update-ref", "refs/heads/change", head)
    made.git("commit-graph", "write", "--reachable")
    graph = made.root / ".git" / "objects" / "info" / "commit-graph"
    graph.chmod(0o644)
    lie = graph.read_bytes().replace(bytes.fromhex(new), bytes.fromhex(old))[:-20]
    graph.write_bytes(lie + hashlib.sha1(lie).digest())  # noqa: S324 - the format's own checksum
    assert made.git("log", "-1", "--format=%T", head) == old
    for names in ((base, head), ("main", "change"), ("change~1", "change")):
        assert codes(check(made.root, *names)) == {"protected"}


# Revisions and repositories.


def test_an_empty_change_is_allowed(shop: Plumbing) -> None:
    report = check(shop.root, "main", "main")
    assert (report.allowed, report.reasons, report.files) == (True, [], 0)


def test_commits_branches_tags_and_trees_name_the_same_change(shop: Plumbing) -> None:
    head = shop.commit(shop.tree({**BASE, "AGENTS.md": "x\n"}), shop.git("rev-parse", "main"))
    shop.git("update-ref", "refs/heads/feature/new", head)
    shop.git("tag", "-a", "-m", "x", "v1", head)
    expected = check(shop.root, shop.tree(BASE), shop.tree({**BASE, "AGENTS.md": "x\n"})).reasons
    assert [reason.code for reason in expected] == ["protected"]
    for base, name in (
        ("main", head),
        ("main", "feature/new"),
        ("refs/heads/main", "v1"),
        ("feature/new~1", "feature/new^{tree}"),
        (f"{head}~1", head[:12]),
    ):
        assert check(shop.root, base, name).reasons == expected


@pytest.mark.parametrize(
    "name",
    [
        "",
        "nothing",
        "--help",
        "-h",
        "--output=/x",
        "main..main",
        "main\nmain",
        "main\0",
        "HEAD:",
        ":/nothing",
        "1" * 40,
        "main:README.md",
        "main --",
        "@{upstream}",
    ],
)
def test_a_revision_that_is_none_blocks(shop: Plumbing, name: str) -> None:
    assert codes(check(shop.root, "main", name)) == {"unreadable"} or name == "HEAD:"
    assert codes(check(shop.root, name, "main")) == {"unreadable"} or name == "HEAD:"


def test_a_branch_that_is_named_like_an_option_is_a_branch(shop: Plumbing) -> None:
    head = shop.commit(shop.tree({**BASE, "AGENTS.md": "x\n"}))
    shop.git("update-ref", "refs/heads/--output=x", head)
    assert codes(check(shop.root, "main", "--output=x")) == {"protected"}


def test_a_name_with_two_meanings_blocks(tmp_path: Path) -> None:
    made = repository(tmp_path / "repo")
    first, second = made.commit(made.tree({"a": "1"})), made.commit(made.tree({"a": "2"}))
    made.git("update-ref", "refs/heads/main", first)
    made.git("update-ref", "refs/heads/topic", second)
    made.git("update-ref", "refs/tags/main", second)
    assert codes(check(made.root, "main", "topic")) == {"unreadable"}
    assert check(made.root, "refs/heads/main", "topic").files == 1


@pytest.mark.parametrize("folder", ["nothing", "empty"])
def test_what_is_no_repository_blocks(tmp_path: Path, folder: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / ".git").write_text("no", encoding="ascii")
    assert codes(check(tmp_path / folder, "a" * 40, "b" * 40)) == {"unreadable"}


def test_a_defect_of_the_check_itself_blocks(shop: Plumbing, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(proposal, "scan", broken)
    assert codes(judged(shop, {"src/a.py": NEW})) == {"unreadable"}


def test_the_empty_tree_is_a_base(shop: Plumbing) -> None:
    assert check(shop.root, EMPTY, shop.tree({"src/a.py": NEW})).files == 1
    assert codes(check(shop.root, EMPTY, shop.tree(BASE))) > {"protected", "symlink", "submodule"}


def edited(made: Plumbing) -> tuple[str, str]:
    base = made.commit(made.tree(BASE))
    head = made.commit(
        made.tree(
            {**BASE, ".github/workflows/\u00e9vil.yml": "on: push\n", "src/A.py": NEW, "src/a.py": "x\u202e = 1\n"}
        ),
        base,
    )
    made.git("update-ref", "refs/heads/main", base)
    made.git("update-ref", "refs/heads/change", head)
    return base, head


WANTED = {"protected", "collision", "invisible"}


@pytest.mark.parametrize("options", [(), ("--bare",), ("--object-format=sha256",)], ids=["work tree", "bare", "sha256"])
def test_every_kind_of_repository_is_read(tmp_path: Path, options: tuple[str, ...]) -> None:
    made = repository(tmp_path / "repo", *options)
    if options == ("--object-format=sha256",):
        base = made.commit(made.tree({"a.py": NEW}))
        head = made.commit(made.tree({"a.py": NEW, "AGENTS.md": "x\n"}))
        assert codes(check(made.root, base, head)) == {"protected"}
        return
    base, head = edited(made)
    for names in ((base, head), ("main", "change")):
        assert codes(check(made.root, *names)) == WANTED


def test_a_linked_work_tree_and_a_folder_inside_are_read(tmp_path: Path) -> None:
    made = repository(tmp_path / "repo")
    edited(made)
    made.git("worktree", "add", "-q", "--no-checkout", "--detach", str(tmp_path / "linked"), "change")
    (tmp_path / "linked" / "deep" / "er").mkdir(parents=True)
    for folder in ("linked", "linked/deep/er"):
        assert codes(check(tmp_path / folder, "main", "HEAD")) == WANTED


def test_objects_that_are_borrowed_are_read(tmp_path: Path) -> None:
    made = repository(tmp_path / "repo")
    base, head = edited(made)
    other = repository(tmp_path / "other")
    (other.root / ".git" / "objects" / "info").mkdir(exist_ok=True)
    (other.root / ".git" / "objects" / "info" / "alternates").write_text(
        "../../../repo/.git/objects\n", encoding="ascii"
    )
    assert codes(check(other.root, base, head)) == WANTED


def test_packed_objects_and_refs_are_read(tmp_path: Path) -> None:
    made = repository(tmp_path / "repo")
    edited(made)
    made.git("gc", "-q", "--prune=now")
    assert codes(check(made.root, "main", "change")) == WANTED


HOSTILE_CONFIG = """
[core]
    fsmonitor = {proof}
    hooksPath = {hooks}
    quotePath = true
    ignoreCase = true
    precomposeUnicode = true
    sshCommand = {proof}
    pager = {proof}
    editor = {proof}
    worktree = {nowhere}
    attributesFile = {attributes}
    abbrev = 4
    warnAmbiguousRefs = false
[diff]
    external = {proof}
    renames = copies
    ignoreSubmodules = all
    noprefix = true
    orderFile = {attributes}
    algorithm = patience
    relative = true
[diff "evil"]
    command = {proof}
    textconv = {proof}
    binary = true
[filter "evil"]
    clean = {proof}
    smudge = {proof}
    process = {proof}
    required = true
[i18n]
    commitEncoding = utf-16
    logOutputEncoding = utf-16
[alias]
    cat-file = "!{proof}"
    diff-tree = "!{proof}"
    ls-tree = "!{proof}"
[pager]
    diff-tree = {proof}
    cat-file = {proof}
[protocol]
    allow = always
[protocol "ext"]
    allow = always
[remote "origin"]
    url = ext::{proof}
    promisor = true
    partialclonefilter = blob:none
    uploadpack = {proof}
[extensions]
    partialClone = origin
[include]
    path = {more}
[submodule]
    recurse = true
[trace2]
    eventTarget = {trace}
[gpg]
    program = {proof}
[log]
    showSignature = true
"""


def test_a_hostile_repository_runs_nothing_and_changes_nothing_of_the_result(tmp_path: Path) -> None:
    made = repository(tmp_path / "repo")
    base, head = edited(made)
    expected = check(made.root, base, head).reasons
    proof, trace = tmp_path / "ran", tmp_path / "trace"
    script = tmp_path / "evil"
    script.write_text(f"#!/bin/sh\necho $0 >> {proof}\nexit 1\n", encoding="utf-8")
    script.chmod(0o755)
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for hook in ("pre-commit", "post-index-change", "reference-transaction", "post-checkout", "fsmonitor-watchman"):
        (hooks / hook).write_bytes(script.read_bytes())
        (hooks / hook).chmod(0o755)
    attributes = tmp_path / "attributes"
    attributes.write_text(
        "* diff=evil filter=evil -text binary export-ignore working-tree-encoding=UTF-16\n", encoding="utf-8"
    )
    more = tmp_path / "more"
    more.write_text("[core]\n\tquotePath = true\n[diff]\n\tindentHeuristic = false\n", encoding="utf-8")
    config = HOSTILE_CONFIG.format(
        proof=script, hooks=hooks, nowhere="nowhere", attributes=attributes, more=more, trace=trace
    )
    git_dir = made.root / ".git"
    (git_dir / "config").write_text(config, encoding="utf-8")
    (git_dir / "info").mkdir(exist_ok=True)
    (git_dir / "info" / "attributes").write_bytes(attributes.read_bytes())
    (git_dir / "info" / "grafts").write_text(f"{head}\n", encoding="ascii")
    (made.root / ".gitattributes").write_bytes(attributes.read_bytes())
    for names in ((base, head), ("main", "change"), ("main", "change^{tree}")):
        assert check(made.root, *names).reasons == expected, names
    assert not proof.exists()


def test_replacements_are_not_followed(tmp_path: Path) -> None:
    made = repository(tmp_path / "repo")
    base = made.commit(made.tree({"src/a.py": NEW}))
    evil = made.commit(made.tree({"src/a.py": NEW, "AGENTS.md": "x\n"}), base)
    made.git("update-ref", "refs/heads/main", base)
    made.git("update-ref", "refs/heads/change", evil)
    made.git("replace", evil, base)
    made.git("replace", "-f", made.tree({"src/a.py": NEW, "AGENTS.md": "x\n"}), made.tree({"src/a.py": NEW}))
    for names in ((base, evil), ("main", "change")):
        assert codes(check(made.root, *names)) == {"protected"}


def test_a_missing_object_is_not_fetched(tmp_path: Path) -> None:
    made = repository(tmp_path / "repo")
    base, head = made.tree({"a.py": "x = 1\n"}), made.tree({"a.py": "x = 2\n"})
    proof = tmp_path / "ran"
    gone = made.object("blob", b"x = 2\n")
    (made.root / ".git" / "objects" / gone[:2] / gone[2:]).unlink()
    config = made.root / ".git" / "config"
    text = config.read_text(encoding="utf-8").replace("repositoryformatversion = 0", "repositoryformatversion = 1")
    config.write_text(
        text + f'[remote "origin"]\n\turl = ext::sh -c "touch {proof}"\n\tpromisor = true\n'
        "[extensions]\n\tpartialClone = origin\n"
        '[protocol "ext"]\n\tallow = always\n',
        encoding="utf-8",
    )
    made.git("update-ref", "refs/heads/main", made.commit(base))
    assert codes(check(made.root, "main", head)) == {"unreadable"}
    assert codes(check(made.root, "main", f"{gone}^{{tree}}")) == {"unreadable"}
    assert codes(check(made.root, "main", gone)) == {"unreadable"}
    assert not proof.exists()


def test_the_environment_of_the_caller_has_no_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = repository(tmp_path / "repo")
    edited(made)
    for name, value in {
        "GIT_DIR": "/nonexistent", "GIT_WORK_TREE": "/nonexistent", "GIT_OBJECT_DIRECTORY": "/nonexistent",
        "GIT_EXTERNAL_DIFF": "false",
        "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.quotePath", "GIT_CONFIG_VALUE_0": "true",
        "GIT_DIFF_OPTS": "-u0",
        "LC_ALL": "C", "LANG": "de_DE.UTF-8", "GIT_LITERAL_PATHSPECS": "1", "GIT_TRACE": "1", "HOME": "/nonexistent",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    assert codes(check(made.root, "main", "change")) == WANTED


def test_nothing_is_written_into_the_repository(tmp_path: Path) -> None:
    made = repository(tmp_path / "repo")
    edited(made)

    def state() -> list[tuple[str, int, int]]:
        return sorted(
            (str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in made.root.rglob("*") if path.is_file()
        )

    before = state()
    check(made.root, "main", "change")
    assert state() == before


def test_secrets_of_this_process_are_found(shop: Plumbing) -> None:
    def mask(text: str) -> str:
        return text.replace("hunter2hunter2", "[REDACTED:value]")

    head = shop.tree({**BASE, "src/a.py": "x = 'hunter2' 'hunter2'\ny = 'hunter2hunter2'\n"})
    report = check(shop.root, shop.tree(BASE), head, redact=mask)
    assert [(reason.code, reason.message) for reason in report.reasons] == [
        ("secret", "line 2 holds what looks like a secret")
    ]
    assert "hunter2" not in str(report)


def test_a_line_that_moves_is_not_new(shop: Plumbing) -> None:
    base = {**BASE, "src/old.py": f"if x:\n    token = '{TOKEN}'\n    y = 'a\u200bb'\n"}
    head = {**BASE, "src/new.py": f"token = '{TOKEN}'\ny = 'a\u200bb'\n"}
    assert check(shop.root, shop.tree(base), shop.tree(head)).reasons == []


def test_a_reason_is_three_values(shop: Plumbing) -> None:
    code, path, message = judged(shop, {"AGENTS.md": "x\n"}).reasons[0]
    assert (code, path, message) == ("protected", "AGENTS.md", "changes a protected path")


def test_git_itself_sees_the_change_that_was_judged(shop: Plumbing) -> None:
    head = shop.tree({**BASE, "src/new.py": NEW})
    done = subprocess.run(
        ["git", "diff-tree", "-r", "--name-only", shop.tree(BASE), head],
        cwd=shop.root,
        capture_output=True,
        check=True,
        env={"PATH": os.environ["PATH"]},
    )
    assert done.stdout.decode().split() == ["src/new.py"]
