"""A `tasks.py` of Celery beside or below the one of Invoke: what works, what does not, and the documented way out."""

from collections.abc import Callable

import pytest

from bench import Bench

CELERY = '''"""Jobs of this module."""

from celery import shared_task


@shared_task
def remind() -> None:
    """Remind somebody."""
'''
LISTED = "codex.review"


@pytest.fixture
def repository(bench: Callable[..., Bench]) -> Bench:
    """A generated repository whose module has jobs for Celery, which is not installed here."""
    made = bench()
    made.write("src/PKG/finance/tasks.py", CELERY)
    return made


def listed(repository: Bench, folder: str, *argv: str) -> tuple[int, str]:
    done = repository.run("inv", *argv, "--list", cwd=repository.root / folder.replace("PKG", repository.package))
    return done.returncode, done.stdout + done.stderr


def test_jobs_of_a_module_are_no_business_of_the_tasks_in_the_root(repository: Bench) -> None:
    for folder in (".", "docs", "src/PKG", "src/PKG/core"):
        code, told = listed(repository, folder)
        assert (code, LISTED in told) == (0, True), f"{folder}: {told}"


def test_inside_that_module_the_root_must_be_named(repository: Bench) -> None:
    code, told = listed(repository, "src/PKG/finance")
    assert code != 0
    assert "celery" in told
    code, told = listed(repository, "src/PKG/finance", "--search-root", str(repository.root))
    assert (code, LISTED in told) == (0, True), told


def test_tasks_under_another_name_leave_the_root_to_celery(repository: Bench) -> None:
    (repository.root / "tasks.py").rename(repository.root / "dev_tasks.py")
    repository.write("tasks.py", CELERY)
    code, told = listed(repository, ".")
    assert code != 0
    repository.write("invoke.yaml", "tasks:\n  collection_name: dev_tasks\n")
    assert listed(repository, ".")[0] != 0
    for folder in (".", "src/PKG/finance"):
        code, told = listed(repository, folder, "--collection", "dev_tasks")
        assert (code, LISTED in told) == (0, True), f"{folder}: {told}"


def test_the_way_out_is_documented(repository: Bench) -> None:
    text = (repository.root / "docs" / "modules.md").read_text(encoding="utf-8")
    section = text.partition("## Background jobs")[2].partition("\n## ")[0]
    for words in ("`tasks.py`", "--search-root", "--collection dev_tasks", "`invoke.yaml` does not help"):
        assert words in section
