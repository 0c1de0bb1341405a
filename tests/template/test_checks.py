"""The generated repository's own checks pass, and fail when they should, with words that help."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bench import HOSTILE, Bench, clean
from matrix import LONG
from proposer import demo

Benches = Callable[..., Bench]


@pytest.mark.parametrize("answers", [HOSTILE, LONG, {"package_name": "z"}], ids=["hostile", "long", "short"])
def test_no_name_upsets_linter_formatter_types_or_boundaries(bench: Benches, answers: dict[str, str]) -> None:
    done = bench(**answers).run("nox", "-s", "lint", "types", "boundaries", "guards")
    assert done.returncode == 0, done.stdout + done.stderr


def test_workflows_pass_real_linters(bench: Benches) -> None:
    root = bench().root
    workflows = [str(path.relative_to(root)) for path in sorted((root / ".github" / "workflows").glob("*.yml"))]
    for argv in (
        ["zizmor", "--offline", "--persona=pedantic", "--quiet", ".github"],
        ["actionlint", *workflows],
        ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows],
        ["check-jsonschema", "--builtin-schema", "custom.github-workflows-require-timeout", *workflows],
        ["check-jsonschema", "--builtin-schema", "vendor.dependabot", ".github/dependabot.yml"],
    ):
        done = subprocess.run(
            [str(Path(sys.executable).with_name(argv[0])), *argv[1:]], cwd=root, env=clean(root), capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{argv[0]}: {done.stdout}{done.stderr}"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("src/PKG/dev/services.py", "from PKG.finance.tables import EntryRow\n"),
        ("src/PKG/dev/services.py", "from PKG.finance import services as other\n"),
        ("src/PKG/dev/services.py", "from PKG.finance import api as other\n"),
        ("src/PKG/core/services.py", "from PKG.finance import api as other\n"),
        ("src/PKG/finance/services.py", "from PKG.core.tables import AuditRow\n"),
        ("src/PKG/app.py", "from PKG.finance.services import balance\n"),
    ],
)
def test_a_call_across_a_boundary_breaks_a_contract(bench: Benches, name: str, line: str) -> None:
    repository = bench()
    path = repository.root / name.replace("PKG", repository.package)
    repository.write(name, path.read_text(encoding="utf-8") + line)
    done = repository.run("lint-imports")
    assert done.returncode != 0
    assert "BROKEN" in done.stdout
    assert "api" in done.stdout or "know each other" in done.stdout


def test_a_call_past_an_api_is_named_by_the_tests(bench: Benches) -> None:
    repository = bench()
    repository.write("src/PKG/dev/extra.py", '"""x."""\n\nfrom ..finance import services\n')
    done = repository.run("pytest", "-q", "tests/test_boundaries.py")
    assert done.returncode == 1
    assert f"use {repository.package}.finance.api" in done.stdout


def test_a_module_that_no_contract_lists_is_noticed(bench: Benches) -> None:
    repository = bench()
    (repository.root / "src" / repository.package / "extra").mkdir()
    repository.write("src/PKG/extra/__init__.py", '"""x."""\n')
    assert repository.run("lint-imports").returncode != 0


COLUMN = "    name: Mapped[str] = mapped_column(String(120))\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (COLUMN, COLUMN + "    note: Mapped[str | None] = mapped_column(String(10))\n"),
        ("String(120)", "String(121)"),
        ('CheckConstraint("sealed IN (0, 1)", "sealed"),', ""),
        ('UniqueConstraint("id"),', ""),
        ("index=True", "index=False"),
    ],
    ids=["column", "type", "check", "unique", "index"],
)
def test_a_changed_table_without_a_migration_fails_with_the_command_that_makes_it(
    bench: Benches, old: str, new: str
) -> None:
    repository = bench()
    repository.edit("src/PKG/finance/tables.py", old, new)
    done = repository.run("pytest", "-q", "tests/test_migrations.py")
    assert done.returncode == 1
    assert "inv make-migration" in done.stdout


def test_a_migration_that_is_not_undone_fails(bench: Benches) -> None:
    repository = bench()
    repository.edit(
        "migrations/versions/0002_finance.py", '("finance_entry", "finance_transaction"', '("finance_entry"'
    )
    done = repository.run("pytest", "-q", "tests/test_migrations.py")
    assert done.returncode == 1


MUTATIONS = {
    "a key is not unique": (
        "migrations/versions/0001_core.py",
        'sa.UniqueConstraint("scope", "key", name=op.f("uq_core_idempotency_key_scope_key")),', "",
    ),
    "the sum is not compared": ("migrations/versions/0002_finance.py", "sum(minor_units % 1000000000) <> 0",
                                "sum(minor_units % 1000000000) <> 0 AND 0"),
    "a posted entry can be deleted": ("migrations/versions/0002_finance.py", "finance_entry_no_delete BEFORE DELETE",
                                      "finance_entry_no_delete BEFORE UPDATE"),
    "audit rows can be changed": ("migrations/versions/0001_core.py", '("UPDATE", "DELETE")', '("DELETE",)'),
    "writers do not take the lock first": ("src/PKG/core/database.py",
                                           '"BEGIN IMMEDIATE" if writes else "BEGIN"', '"BEGIN"'),
    "a reused key is not compared": ("src/PKG/core/services.py", "first.fingerprint != fingerprint", "False"),
    "a claim outlives its transaction": ("src/PKG/core/services.py", "            session.add(row)\n",
                                         "            session.add(row)\n        session.commit()\n"),
    "entries need not balance": ("src/PKG/finance/domain.py", "for entry in entries) != 0",
                                 "for entry in entries) > 10**9"),
    "a route is open": ("src/PKG/core/perimeter.py", '"/openapi.json"})', '"/openapi.json", "/dev/runs"})'),
    "a cookie may write": ("src/PKG/core/perimeter.py", 'method not in {"GET", "HEAD"}', "not method"),
    "a session never ends": ("src/PKG/core/credentials.py", " or now.timestamp() >= int(end)", ""),
    "errors repeat what was sent": ("src/PKG/core/problem.py", 'message=str(error["msg"])', "message=str(error)"),
    "pages do not escape": ("src/PKG/core/pages.py", "autoescape=True", "autoescape=False"),
    "a number passes for an amount": ("src/PKG/finance/dto.py", "Amount = Annotated[str,",
                                      "Amount = Annotated[str | float,"),
}  # fmt: skip


@pytest.mark.parametrize("what", MUTATIONS)
def test_the_generated_tests_notice_that(bench: Benches, what: str) -> None:
    repository = bench()
    name, old, new = MUTATIONS[what]
    repository.edit(name, old, new)
    done = repository.run("pytest", "-q", "-x", "src", "tests", "--ignore=tests/test_migrations.py")
    assert done.returncode == 1, done.stdout
    assert "failed" in done.stdout


def test_the_change_that_the_demo_plants_is_clean_code_that_posts_twice(bench: Benches) -> None:
    repository = bench()
    repository.write("src/PKG/finance/retry.py", demo.planted(repository.package))
    repository.write("tests/test_retry.py", _TWICE)
    for argv in (["ruff", "check", "src"], ["ruff", "format", "--check", "src"], ["mypy", "src"], ["lint-imports"]):
        done = repository.run(*argv)
        assert done.returncode == 0, done.stdout + done.stderr
    done = repository.run("pytest", "-q", "tests/test_retry.py")
    assert done.returncode == 0, done.stdout


_TWICE = """
from PKG.finance.dto import CreateTransactionRequest, TransactionDTO
from PKG.finance.retry import post_with_retry


def test_a_lost_answer_posts_twice(client):
    calls = []

    def post(request, key):
        headers = {"Idempotency-Key": key}
        response = client.post("/finance/transactions", json=request.model_dump(mode="json"), headers=headers)
        calls.append(key)
        if len(calls) == 1:
            raise TimeoutError
        return TransactionDTO.model_validate(response.json())

    entries = [{"account": "cash", "amount": "1"}, {"account": "sales", "amount": "-1"}]
    body = {"description": "x", "currency": "EUR", "date": "2026-03-02", "entries": entries}
    post_with_retry(post, CreateTransactionRequest.model_validate(body))
    assert len(client.get("/finance/transactions").json()) == 2
"""


def test_own_tasks_and_those_of_codex_are_listed(bench: Benches) -> None:
    done = bench().run("inv", "--list")
    assert done.returncode == 0, done.stderr
    for name in ("serve", "migrate", "make-migration", "open-account", "codex.review", "codex.lock", "codex.doctor"):
        assert re.search(rf"(?m)^  {re.escape(name)}\b", done.stdout), name


def test_the_own_tasks_work(bench: Benches, tmp_path: Path) -> None:
    repository = bench()
    url = f"sqlite:///{tmp_path / 'own.sqlite3'}"
    for argv in (
        ["migrate"],
        ["open-account", "--identity", "rent", "--name", "Rent", "--kind", "expense"],
        ["migrate", "--revision", "-1"],
        ["migrate"],
    ):
        done = repository.run("inv", *argv, APP_DATABASE_URL=url)
        assert done.returncode == 0, f"{argv}: {done.stdout}{done.stderr}"
    repository.edit(
        "src/PKG/finance/tables.py", COLUMN, COLUMN + "    note: Mapped[str | None] = mapped_column(String(9))\n"
    )
    done = repository.run("inv", "make-migration", "--message", "a note", APP_DATABASE_URL=url)
    assert done.returncode == 0, done.stdout + done.stderr
    [made] = (repository.root / "migrations" / "versions").glob("*_a_note.py")
    assert "note" in made.read_text(encoding="utf-8")
    done = repository.run("inv", "serve", APP_TOKENS="")
    assert done.returncode != 0
    assert "APP_TOKENS is empty" in done.stderr
