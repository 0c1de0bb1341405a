"""Idempotency keys, the audit log and locks, on the database itself."""

{% if cookiecutter.database == "sqlite" -%}
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import delete, select, text, update
{% else -%}
import psycopg
import pytest
from sqlalchemy import delete, select, update
{% endif -%}
from sqlalchemy.exc import IntegrityError

from {{ cookiecutter.package_name }}.core.api import ConflictError, Context, Settings, claim, record
from {{ cookiecutter.package_name }}.core.tables import AuditRow, IdempotencyRow

PRINT, OTHER_PRINT = "a" * 64, "b" * 64


def _claim(context: Context, scope: str, key: str, fingerprint: str, subject: str) -> str | None:
    with context.database.writing() as session:
        return claim(session, scope=scope, key=key, fingerprint=fingerprint, subject=subject, now=context.now)


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
    with pytest.raises(ZeroDivisionError), context.database.writing() as session:
        claim(session, scope="s", key="k", fingerprint=PRINT, subject="lost", now=context.now)
        raise ZeroDivisionError
    assert _claim(context, "s", "k", PRINT, "second") is None


def test_the_database_itself_refuses_a_second_row_for_a_key(context: Context) -> None:
    def row() -> IdempotencyRow:
        return IdempotencyRow(scope="s", key="k", fingerprint=PRINT, subject="x", used_at=context.now)

    with context.database.writing() as session:
        session.add(row())
    with pytest.raises(IntegrityError), context.database.writing() as session:
        session.add(row())


@pytest.mark.parametrize("change", [update(AuditRow).values(action="x"), delete(AuditRow)], ids=["update", "delete"])
def test_audit_rows_cannot_be_changed(context: Context, change: object) -> None:
    with context.database.writing() as session:
        record(session, principal="p", action="a", subject="s", request_id=context.request_id, now=context.now)
    with pytest.raises(IntegrityError, match="never changed"), context.database.writing() as session:
        session.execute(change)  # type: ignore[call-overload]  # either statement is executable
    with context.database.reading() as session:
        assert [row.action for row in session.scalars(select(AuditRow))] == ["a"]


{% if cookiecutter.database == "sqlite" -%}
def test_a_writer_holds_the_lock_before_it_looks(context: Context, settings: Settings) -> None:
    path = settings.database_url.removeprefix("sqlite:///")
    with context.database.writing() as session, closing(sqlite3.connect(path, timeout=0)) as other:
        session.execute(text("SELECT 1"))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
{% else -%}
def test_of_two_with_the_same_key_the_second_waits_for_the_first(context: Context, settings: Settings) -> None:
    insert = (
        "INSERT INTO core_idempotency_key (scope, key, fingerprint, subject, used_at)"
        " VALUES ('s', 'k', repeat('b', 64), 'x', now())"
    )
    with context.database.writing() as session, psycopg.connect(settings.database_url) as other:
        claim(session, scope="s", key="k", fingerprint=PRINT, subject="first", now=context.now)
        other.execute("SET lock_timeout = '50ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute(insert)
{% endif %}

def test_a_reader_waits_for_no_writer(context: Context) -> None:
    with context.database.writing() as writer, context.database.reading() as reader:
        writer.add(IdempotencyRow(scope="s", key="k", fingerprint=PRINT, subject="x", used_at=context.now))
        writer.flush()
        assert reader.scalars(select(IdempotencyRow)).all() == []
