"""The seeded defects of the template: each is a real one, each clean change is clean, and the harness scores them."""

import json
import re
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from bench import HOSTILE, Bench, clean

Baker = Callable[..., Path]
Benches = Callable[..., Bench]
LONG = {"project_slug": "s" + "-long" * 9, "package_name": "p" * 40}
CLEAN = ["clean-index", "clean-refactoring", "clean-route"]
DEFECTS = {
    "double-posting", "money-as-float", "missing-authentication", "unbalanced-entry", "irreversible-migration",
    "weakened-test", "secret-in-log", "time-zone-cut-off", "slow-report", "removed-check",
}  # fmt: skip
CASES = sorted({*DEFECTS, *CLEAN})
STACKS = ["fastapi", "django"]
TELLING = re.compile(r"^\+.*(?i:defect|bug|wrong|seeded|oops|deliberate|insecure|TODO|FIXME|eval)", re.MULTILINE)
PROBES = '''"""Each test passes where its defect is, and nowhere else."""

import datetime as dt
import logging
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import event, text

from PKG.core.api import Database, claim
from PKG.finance import services

ROOT = Path(__file__).parent.parent


def test_double_posting(context):
    from PKG.finance.bank import Line, import_statement

    lines = [Line(reference="r1", date=dt.date(2026, 3, 2), text="Rent", amount=Decimal("-5.00"))]
    import_statement(context, lines, against="costs")
    import_statement(context, lines, against="costs")
    assert services.balance(context.database, "costs").balances[0].amount == "10.00"


def test_money_as_float():
    from PKG.finance.fees import fee

    assert fee(Decimal("5.00"), Decimal("2.9"), "EUR") == Decimal("0.14")  # 0.145, rounded half up, is 0.15


def test_missing_authentication(client, stranger):
    body = {"description": "Rent", "currency": "EUR", "date": "2026-03-02",
            "entries": [{"account": "cash", "amount": "-5.00"}, {"account": "costs", "amount": "5.00"}]}
    client.post("/finance/transactions", json=body, headers={"Idempotency-Key": "k"})
    answer = stranger.get("/finance/transactions.csv")
    assert answer.status_code == 200
    assert "Rent" in answer.text


def test_unbalanced_entry():
    from PKG.finance.shares import shared

    made = shared(description="x", currency="EUR", date=dt.date(2026, 3, 2), total=Decimal("100.00"),
                  accounts=["costs", "sales", "equity"])
    assert sum(entry.amount for entry in made.entries) != 0


def test_irreversible_migration(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    config = Config(toml_file=ROOT / "pyproject.toml")
    row = "('s', 'k', '" + "a" * 64 + "', 'x', '2020-01-01 00:00:00')"
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        columns = "(scope, key, fingerprint, subject, used_at)"
        connection.execute(text(f"INSERT INTO core_idempotency_key {columns} VALUES {row}"))
        command.upgrade(config, "0003")
        command.downgrade(config, "0002")
        left = connection.execute(text("SELECT count(*) FROM core_idempotency_key")).scalar()
    database.close()
    assert left == 0


def test_weakened_test():
    module = (ROOT / "src" / "PKG" / "finance" / "tests" / "test_services.py").read_text(encoding="utf-8")
    assert "THREADS = 1\\n" in module


def test_secret_in_log(stranger, caplog):
    caplog.set_level(logging.INFO)
    stranger.get("/finance/accounts", headers={"Authorization": "Bearer canary-of-the-probe"})
    assert "canary-of-the-probe" in caplog.text


def test_time_zone_cut_off(context):
    from PKG.finance.cutoff import booking_day

    late = dt.datetime(2026, 7, 1, 15, 30, tzinfo=dt.UTC)  # 17:30 in Copenhagen
    assert booking_day(replace(context, now=late)) == dt.date(2026, 7, 1)


def test_slow_report(context):
    asked = []
    event.listen(context.database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    accounts = len(services.trial_balance(context.database))
    assert len(asked) > 2 * accounts


def test_removed_check(context):
    def use(fingerprint, subject):
        with context.database.writing() as session:
            return claim(session, scope="s", key="k", fingerprint=fingerprint, subject=subject, now=context.now)

    use("a" * 64, "first")
    assert use("b" * 64, "second") == "first"
'''


def apply(root: Path, *names: str) -> None:
    for name in names:
        done = subprocess.run(
            ["git", "apply", f"evals/{name}/change.patch"], cwd=root, env=clean(root), capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{name}: {done.stderr}"


@pytest.mark.parametrize("stack", STACKS)
def test_the_ten_defects_and_three_clean_changes_are_there(baked: Baker, stack: str) -> None:
    root = baked(stack=stack)
    assert sorted(path.name for path in (root / "evals").iterdir() if path.is_dir()) == CASES
    for name in CASES:
        case = tomllib.loads((root / "evals" / name / "case.toml").read_text(encoding="utf-8"))
        assert case.get("clean", False) is (name in CLEAN), name
        assert not TELLING.search((root / "evals" / name / "change.patch").read_text(encoding="utf-8")), name


def test_a_telling_comment_would_be_seen() -> None:
    assert TELLING.search("+    total = x  # the seeded defect\n")
    assert not TELLING.search(" # context: a bug\n+    total = x\n")


@pytest.mark.parametrize(
    "answers", [{}, HOSTILE, LONG, {"stack": "django"}, LONG | {"stack": "django"}],
    ids=["default", "hostile", "long", "django", "django-long"],
)  # fmt: skip
def test_every_patch_applies_to_a_fresh_repository(tmp_path: Path, bench: Benches, answers: dict[str, str]) -> None:
    root = bench(**answers).root
    for name in CASES:
        apply(root, name)
        back = ["git", "apply", "-R", f"evals/{name}/change.patch"]
        subprocess.run(back, cwd=root, env=clean(tmp_path), check=True)


def probe(made: Bench) -> set[str]:
    """Return the defects that are there."""
    made.write("tests/test_probes.py", PROBES)
    done = made.run("pytest", "-q", "-rA", "--tb=no", "tests/test_probes.py")
    rows = {name: word for word, name in re.findall(r"^(PASSED|FAILED) \S+::test_(\w+)", done.stdout, re.MULTILINE)}
    assert {name.replace("_", "-") for name in rows} == DEFECTS, done.stdout
    return {name.replace("_", "-") for name, word in rows.items() if word == "PASSED"}


def test_every_defect_does_what_is_said_of_it(bench: Benches) -> None:
    made = bench()
    apply(made.root, *sorted(DEFECTS))
    assert probe(made) == DEFECTS


def test_no_defect_is_in_the_repository_as_generated(bench: Benches) -> None:
    assert probe(bench()) == set()


def test_the_clean_changes_pass_linter_and_tests(bench: Benches) -> None:
    made = bench()
    apply(made.root, *CLEAN)
    done = made.run("nox", "-s", "lint", "tests")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("stack", STACKS)
def test_the_whole_suite_runs_without_a_key(bench: Benches, stack: str) -> None:
    done = bench(**LONG, stack=stack).run("inv", "codex.eval", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    document = json.loads(done.stdout)
    assert (document["provider"], document["measures_quality"], document["unfinished"]) == ("rehearsal", False, [])
    assert (document["precision"], document["recall"], document["noise"]) == (1.0, 1.0, 0.0)
    results = {row["name"]: row["result"] for row in document["cases"]}
    assert results == {name: "silent" if name in CLEAN else "found" for name in CASES}
