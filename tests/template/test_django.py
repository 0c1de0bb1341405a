"""The stack django: its own checks pass, and fail when they should, with words that help."""

import re
from collections.abc import Callable

import pytest

from bench import HOSTILE, Bench

Benches = Callable[..., Bench]
STACK = {"stack": "django"}
LONG = {"project_slug": "s" + "-long" * 9, "package_name": "p" * 40}
SESSIONS = ["lint", "types", "tests", "boundaries", "migrations", "guards"]


def test_every_session_passes_as_generated(bench: Benches) -> None:
    done = bench(**STACK).run("nox", CI="true")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.findall(r"nox > \* (\w+): success", done.stderr) == SESSIONS


@pytest.mark.parametrize("answers", [HOSTILE, LONG, {"package_name": "z"}], ids=["hostile", "long", "short"])
def test_no_name_upsets_linter_formatter_types_or_boundaries(bench: Benches, answers: dict[str, str]) -> None:
    done = bench(**STACK, **answers).run("nox", "-s", "lint", "types", "boundaries")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("src/PKG/dev/services.py", "from PKG.finance.models import EntryRow\n"),
        ("src/PKG/dev/services.py", "from PKG.finance import api as other\n"),
        ("src/PKG/core/services.py", "from PKG.finance import api as other\n"),
        ("src/PKG/finance/services.py", "from PKG.core.models import AuditRow\n"),
        ("src/PKG/app/urls.py", "from PKG.finance.services import balance\n"),
        ("src/PKG/app/settings.py", "from PKG.core.services import claim\n"),
    ],
)
def test_a_call_across_a_boundary_breaks_a_contract(bench: Benches, name: str, line: str) -> None:
    repository = bench(**STACK)
    path = repository.root / name.replace("PKG", repository.package)
    repository.write(name, path.read_text(encoding="utf-8") + line)
    done = repository.run("lint-imports")
    assert done.returncode != 0
    assert "BROKEN" in done.stdout
    assert "api" in done.stdout or "know each other" in done.stdout


COLUMN = "    name = models.CharField(max_length=120)\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (COLUMN, COLUMN + "    note = models.CharField(max_length=10, null=True)\n"),
        ("max_length=120", "max_length=121"),
        ("models.Q(kind__in=KINDS)", "models.Q(kind__in=KINDS[1:])"),
        ("max_length=36, unique=True", "max_length=36"),
    ],
    ids=["column", "type", "check", "unique"],
)
def test_a_changed_model_without_a_migration_fails_with_the_command_that_makes_it(
    bench: Benches, old: str, new: str
) -> None:
    repository = bench(**STACK)
    repository.edit("src/PKG/finance/models.py", old, new)
    done = repository.run("pytest", "-q", "tests/test_migrations.py")
    assert done.returncode == 1
    assert "inv make-migration" in done.stdout


def test_a_migration_that_is_not_undone_fails(bench: Benches) -> None:
    repository = bench(**STACK)
    repository.edit("src/PKG/finance/migrations/0002_guards.py", "for name in _TRIGGERS]", "for name in _SOME]")
    repository.edit(
        "src/PKG/finance/migrations/0002_guards.py",
        "\n\nclass Migration",
        "\n_SOME = list(_TRIGGERS)[1:]\n\n\nclass Migration",
    )
    done = repository.run("pytest", "-q", "tests/test_migrations.py")
    assert done.returncode == 1
    assert "finance 0002_guards is not undone" in done.stdout


def test_a_key_to_the_table_of_another_module_is_noticed(bench: Benches) -> None:
    repository = bench(**STACK)
    field = '    audit = models.ForeignKey("core.AuditRow", models.PROTECT, null=True)\n'
    repository.edit("src/PKG/finance/models.py", COLUMN, COLUMN + field)
    done = repository.run("pytest", "-q", "tests/test_migrations.py")
    assert done.returncode == 1
    assert "refers to" in done.stdout


CORE, FINANCE = "src/PKG/core/migrations/", "src/PKG/finance/migrations/"
MUTATIONS = {
    "a key is not unique": (
        CORE + "0001_initial.py",
        'models.UniqueConstraint(fields=("scope", "key"), name="core_idempotency_key_once"),', "",
    ),
    "the sum is not compared": (FINANCE + "0002_guards.py", "sum(minor_units % 1000000000) <> 0",
                                "sum(minor_units % 1000000000) <> 0 AND false"),
    "a posted entry can be deleted": (FINANCE + "0002_guards.py", "BEFORE DELETE ON finance_entry",
                                      "BEFORE UPDATE ON finance_entry"),
    "audit rows can be changed": (CORE + "0002_guards.py", "BEFORE UPDATE ON", "BEFORE DELETE ON"),
    "writers do not take the lock first": ("src/PKG/core/database.py", '"IMMEDIATE"', '"DEFERRED"'),
    "a reused key is not compared": ("src/PKG/core/services.py", "first.fingerprint != fingerprint", "False"),
    "a claim needs no transaction": ("src/PKG/core/services.py", "if not transaction.get_connection().in_atomic_block",
                                     "if False"),
    "a posting is no transaction": ("src/PKG/finance/services.py", "with database.atomic(durable=True):",
                                    "if True:"),
    "unsealed transactions count": ("src/PKG/finance/services.py", ", transaction__sealed=True", ""),
    "sums may overflow": ("src/PKG/finance/services.py", "_PART = 10**9", "_PART = 1"),
    "a route is open": ("src/PKG/core/perimeter.py", '"/openapi.json"})', '"/openapi.json", "/dev/runs"})'),
    "a cookie may write": ("src/PKG/core/perimeter.py", 'request.method not in {"GET", "HEAD"}',
                           "not request.method"),
    "errors of Django are pages": ("src/PKG/core/errors.py", "< HTTPStatus.BAD_REQUEST or ours", "> 0"),
    "the OpenAPI document promises other errors": ("src/PKG/core/errors.py", "{problem.MEDIA_TYPE: {", '{"x/y": {'),
    "times lose their microseconds": ("src/PKG/core/openapi.py", ", renderer=_Renderer()", ""),
}  # fmt: skip


@pytest.mark.parametrize("what", MUTATIONS)
def test_the_generated_tests_notice_that(bench: Benches, what: str) -> None:
    repository = bench(**STACK)
    name, old, new = MUTATIONS[what]
    repository.edit(name, old, new)
    done = repository.run("pytest", "-q", "-x", "src", "tests", "--ignore=tests/test_migrations.py")
    assert done.returncode == 1, done.stdout
    assert "failed" in done.stdout


def test_own_tasks_and_those_of_codex_are_listed(bench: Benches) -> None:
    done = bench(**STACK).run("inv", "--list")
    assert done.returncode == 0, done.stderr
    for name in ("serve", "migrate", "make-migration", "open-account", "codex.review", "codex.lock", "codex.doctor"):
        assert re.search(rf"(?m)^  {re.escape(name)}\b", done.stdout), name


def test_the_own_tasks_work(bench: Benches) -> None:
    repository = bench(**STACK)
    url = f"sqlite:///{repository.root.parent / 'own.sqlite3'}"
    for argv in (
        ["migrate"],
        ["open-account", "--identity", "rent", "--name", "Rent", "--kind", "expense"],
        ["migrate", "--module", "finance", "--name", "0001"],
        ["migrate"],
    ):
        done = repository.run("inv", *argv, APP_DATABASE_URL=url)
        assert done.returncode == 0, f"{argv}: {done.stdout}{done.stderr}"
    field = "    note = models.CharField(max_length=9, null=True)\n"
    repository.edit("src/PKG/finance/models.py", COLUMN, COLUMN + field)
    done = repository.run("inv", "make-migration", "--message", "Finance: a note", APP_DATABASE_URL=url)
    assert done.returncode == 0, done.stdout + done.stderr
    [made] = (repository.root / "src" / repository.package / "finance" / "migrations").glob("*_finance_a_note.py")
    assert "note" in made.read_text(encoding="utf-8")
    done = repository.run("inv", "serve", "--port", "0", APP_TOKENS="", APP_DATABASE_URL=url)
    assert done.returncode != 0
    assert "APP_TOKENS is empty" in done.stderr + done.stdout
