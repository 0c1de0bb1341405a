"""A change that breaks a promise of the application fails the repository's own session, which says what to do."""

from collections.abc import Callable

import pytest

from bench import Bench
from matrix import SUPPORTED
from proposer.config.answers import CHOICES

Benches = Callable[..., Bench]
APPLICATIONS = {
    f"{row['stack']}-{row['domain']}": {"stack": row["stack"], "domain": row["domain"]} for row in SUPPORTED.values()
}
MODULES = {"finance": "finance", "generic": "example"}
COLUMNS = {
    "fastapi": ("tables.py", "    name: Mapped[str]", "    extra: Mapped[str | None] = mapped_column(String(9))\n"),
    "django": ("models.py", "    name = models.", '    extra = models.CharField(max_length=9, default="")\n'),
}
"""Where a field goes, what stands after it, and the field."""
_UNITS = "minor_units=to_minor(entry.amount, posting.currency)"


@pytest.fixture(params=list(APPLICATIONS))
def repository(request: pytest.FixtureRequest, bench: Benches) -> Bench:
    """A copy of each application that there is."""
    return bench(**APPLICATIONS[request.param])


def module_of(repository: Bench) -> str:
    return MODULES[repository.answers["domain"]]


def refuses(repository: Bench, session: str, *words: str) -> None:
    done = repository.run("nox", "-s", session)
    told = done.stdout + done.stderr
    assert done.returncode != 0, told
    assert [word for word in words if word not in told] == [], told


def test_a_call_past_the_api_of_a_module_fails_the_boundaries(repository: Bench) -> None:
    module = module_of(repository)
    repository.write(
        "src/PKG/dev/extra.py", f'"""x."""\n\nfrom PKG.{module} import services\n\n__all__ = ["services"]\n'
    )
    refuses(repository, "boundaries", "BROKEN", f"Other modules use {module}.api and nothing else of {module}")
    refuses(repository, "tests", f"use {repository.package}.{module}.api")


def test_a_field_without_a_migration_fails_the_migrations(repository: Bench) -> None:
    file, before, field = COLUMNS[repository.answers["stack"]]
    repository.edit(f"src/PKG/{module_of(repository)}/{file}", before, field + before)
    refuses(repository, "migrations", "models and migrations differ", "make one with: inv make-migration --message")


@pytest.mark.parametrize("stack", [stack for stack in CHOICES["stack"] if f"{stack}-finance" in APPLICATIONS])
def test_a_transaction_that_is_posted_unbalanced_fails_the_tests(bench: Benches, stack: str) -> None:
    repository = bench(stack=stack, domain="finance")
    repository.edit("src/PKG/finance/services.py", _UNITS, f"{_UNITS.replace('=', '=abs(')})")
    refuses(repository, "tests", "the entries of a transaction must sum to zero")
