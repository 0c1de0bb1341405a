"""Creating items on a real database: once for each key, and within the constraints."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import DatabaseError, connection, transaction

from {{ cookiecutter.package_name }}.core.api import ConflictError, Context
from {{ cookiecutter.package_name }}.example import services
from {{ cookiecutter.package_name }}.example.domain import new_item
from {{ cookiecutter.package_name }}.example.models import ItemRow

THREADS = 8


def test_threads_with_the_same_key_create_once(context: Context) -> None:
    barrier = Barrier(THREADS)

    def start(_: int) -> services.Created:
        barrier.wait()
        try:
            return services.create_item(context, "same", new_item(name="x"))
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        results = list(pool.map(start, range(THREADS)))
    assert ItemRow.objects.count() == 1
    assert len({result.item.id for result in results}) == 1
    assert sorted(result.replayed for result in results) == [False] + [True] * (THREADS - 1)


def test_a_refused_request_creates_nothing(context: Context) -> None:
    services.create_item(context, "key", new_item(name="x"))
    with pytest.raises(ConflictError):
        services.create_item(context, "key", new_item(name="y"))
    assert ItemRow.objects.count() == 1


@pytest.mark.parametrize(("name", "note"), [("", ""), ("x" * 81, ""), ("x", "y" * 501)], ids=["none", "name", "note"])
def test_the_database_itself_refuses_what_the_rules_forbid(context: Context, name: str, note: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        ItemRow.objects.create(identity="u", name=name, note=note, created_at=context.now)
    assert ItemRow.objects.count() == 0


def test_an_audit_row_holds_ids_and_nothing_that_a_person_wrote(context: Context) -> None:
    made = services.create_item(context, "key", new_item(name="x", note="y")).item
    with connection.cursor() as cursor:
        cursor.execute("SELECT principal, action, subject, request_id FROM core_audit")
        rows = cursor.fetchall()
    assert [tuple(row) for row in rows] == [("tests", "example.item.created", made.id, context.request_id)]
