"""Idempotency keys, the audit log and locks, on the database itself."""

{% if cookiecutter.database == "sqlite" -%}
import sqlite3
{% endif -%}
from collections.abc import Callable
{%- if cookiecutter.database == "sqlite" %}
from contextlib import closing
{%- endif %}

{% if cookiecutter.database == "postgresql" -%}
import psycopg
{% endif -%}
import pytest
from django.db import IntegrityError, transaction

from {{ cookiecutter.package_name }}.core.api import ConflictError, Context, Settings, claim, record
from {{ cookiecutter.package_name }}.core.models import AuditRow, IdempotencyRow

PRINT, OTHER_PRINT = "a" * 64, "b" * 64


def _claim(context: Context, scope: str, key: str, fingerprint: str, subject: str) -> str | None:
    with transaction.atomic():
        return claim(scope=scope, key=key, fingerprint=fingerprint, subject=subject, now=context.now)


def test_a_key_is_claimed_once_and_then_leads_to_the_first_subject(context: Context) -> None:
    assert _claim(context, "s", "k", PRINT, "first") is None
    assert _claim(context, "s", "k", PRINT, "second") == "first"


def test_a_key_of_another_scope_is_another_key(context: Context) -> None:
    assert _claim(context, "s", "k", PRINT, "first") is None
    assert _claim(context, "t", "k", OTHER_PRINT, "second") is None


def test_a_key_that_was_used_for_another_request_is_a_conflict(context: Context) -> None:
    _claim(context, "s", "k", PRINT, "first")
    with pytest.raises(ConflictError):
        _claim(context, "s", "k", OTHER_PRINT, "second")


def test_a_claim_does_not_outlive_a_transaction_that_failed(context: Context) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        claim(scope="s", key="k", fingerprint=PRINT, subject="lost", now=context.now)
        raise ZeroDivisionError
    assert _claim(context, "s", "k", PRINT, "second") is None


def test_a_claim_outside_of_a_transaction_is_refused(context: Context) -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        claim(scope="s", key="k", fingerprint=PRINT, subject="x", now=context.now)


def test_the_database_itself_refuses_a_second_row_for_a_key(context: Context) -> None:
    def add() -> None:
        IdempotencyRow.objects.create(scope="s", key="k", fingerprint=PRINT, subject="x", used_at=context.now)

    add()
    with pytest.raises(IntegrityError):
        add()


@pytest.mark.parametrize(
    "change",
    [lambda: AuditRow.objects.update(action="x"), lambda: AuditRow.objects.all().delete()],
    ids=["update", "delete"],
)
def test_audit_rows_cannot_be_changed(context: Context, change: Callable[[], object]) -> None:
    record(principal="p", action="a", subject="s", request_id=context.request_id, now=context.now)
    with pytest.raises(IntegrityError, match="never changed"):
        change()
    assert [row.action for row in AuditRow.objects.all()] == ["a"]
{% if cookiecutter.database == "sqlite" %}

def test_a_writer_holds_the_lock_before_it_looks(context: Context, settings: Settings) -> None:
    path = settings.database_url.removeprefix("sqlite:///")
    record(principal="p", action="a", subject="s", request_id=context.request_id, now=context.now)
    with transaction.atomic(), closing(sqlite3.connect(path, timeout=0)) as other:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        assert AuditRow.objects.count() == 1
{% else %}

def test_of_two_with_the_same_key_the_second_waits_for_the_first(context: Context, settings: Settings) -> None:
    insert = (
        "INSERT INTO core_idempotency_key (scope, key, fingerprint, subject, used_at)"
        " VALUES ('s', 'k', repeat('b', 64), 'x', now())"
    )
    with transaction.atomic(), psycopg.connect(settings.database_url) as other:
        claim(scope="s", key="k", fingerprint=PRINT, subject="first", now=context.now)
        other.execute("SET lock_timeout = '50ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute(insert)
{% endif -%}
