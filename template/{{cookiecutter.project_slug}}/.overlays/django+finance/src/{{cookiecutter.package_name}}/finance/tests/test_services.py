"""Posting on a real database: once for each key, balanced, and never changed afterwards."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

{% if cookiecutter.database == "postgresql" -%}
import psycopg
{% endif -%}
import pytest
from django.db import IntegrityError, connection, transaction

from {{ cookiecutter.package_name }}.core.api import Context, InvalidError
from {{ cookiecutter.package_name }}.finance import services
from {{ cookiecutter.package_name }}.finance.domain import Entry, Posting, posting
from {{ cookiecutter.package_name }}.finance.models import EntryRow, TransactionRow

THREADS = 8


def make(amount: str = "12.50", gains: str = "cash") -> Posting:
    """Return a sale."""
    entries = [Entry(account=gains, amount=Decimal(amount)), Entry(account="sales", amount=-Decimal(amount))]
    return posting(description="Invoice 17", currency="EUR", date=dt.date(2026, 3, 2), entries=entries)


def at_once(work: Callable[[int], services.Posted]) -> list[services.Posted]:
    """Call `work` from many threads that start together, each with a connection of its own."""
    barrier = Barrier(THREADS)

    def start(number: int) -> services.Posted:
        barrier.wait()
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(start, range(THREADS)))


def test_threads_with_the_same_key_post_once(context: Context) -> None:
    results = at_once(lambda _: services.post_transaction(context, "same", make()))
    assert TransactionRow.objects.count() == 1
    assert len({result.transaction.id for result in results}) == 1
    assert sorted(result.replayed for result in results) == [False] + [True] * (THREADS - 1)


def test_threads_with_keys_of_their_own_all_post(context: Context) -> None:
    results = at_once(lambda number: services.post_transaction(context, f"key-{number}", make()))
    assert TransactionRow.objects.count() == THREADS
    assert not any(result.replayed for result in results)
    assert services.balance("cash").balances[0].amount == "100.00"


def test_a_refused_transaction_leaves_nothing_and_its_key_stays_free(context: Context) -> None:
    with pytest.raises(InvalidError):
        services.post_transaction(context, "key", make(gains="nowhere"))
    assert TransactionRow.objects.count() == 0
    assert not services.post_transaction(context, "key", make()).replayed


def test_large_amounts_lose_nothing(context: Context) -> None:
    for number in range(3):
        services.post_transaction(context, f"k{number}", make("999999999999999.99"))
    assert services.balance("cash").balances[0].amount == "2999999999999999.97"
    assert services.balance("sales").balances[0].amount == "-2999999999999999.97"


def test_sums_beyond_64_bits_are_exact(context: Context) -> None:
    amount = Decimal("999999999999999.999")
    entries = [Entry(account="cash", amount=amount)] * 50 + [Entry(account="sales", amount=-amount)] * 50
    large = posting(description="x", currency="KWD", date=dt.date(2026, 3, 2), entries=entries)
    services.post_transaction(context, "key", large)
    assert services.balance("sales").balances[0].amount == "-49999999999999999.950"


def write_unsealed(context: Context, *units: int) -> TransactionRow:
    """Write a transaction and its entries, and do not seal it."""
    row = TransactionRow.objects.create(
        identity="u", description="x", currency="EUR", date=dt.date(2026, 3, 2), posted_at=context.now, sealed=False
    )
    for position, one in enumerate(units):
        EntryRow.objects.create(transaction=row, position=position, account_id="cash", minor_units=one)
    return row


@pytest.mark.parametrize("units", [(100, -99), (), (10**18, -(10**18), 10**18)], ids=["unequal", "none", "large"])
def test_the_database_refuses_to_seal_what_is_not_balanced(context: Context, units: tuple[int, ...]) -> None:
    with pytest.raises(IntegrityError, match="sum to zero"), transaction.atomic():
        row = write_unsealed(context, *units)
        row.sealed = True
        row.save()
    assert TransactionRow.objects.count() == 0


def test_what_is_not_sealed_counts_nowhere(context: Context) -> None:
    write_unsealed(context, 5, -5)
    assert services.transactions(limit=9) == []
    assert services.balance("cash").balances == []


_ENTRY = "INSERT INTO finance_entry (number, transaction_number, position, account_id, minor_units)"
{%- if cookiecutter.database == "sqlite" %}
_AGAIN = _ENTRY.replace("INSERT", "INSERT OR REPLACE")
{%- endif %}
_TRANSACTION = "INSERT INTO finance_transaction (id, description, currency, date, posted_at, sealed)"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE finance_transaction SET description = 'y'",
        "UPDATE finance_transaction SET sealed = false",
        "DELETE FROM finance_transaction",
        "UPDATE finance_entry SET minor_units = 1",
        "DELETE FROM finance_entry",
        f"{_ENTRY} VALUES (9, 1, 9, 'cash', 1)",
{%- if cookiecutter.database == "sqlite" %}
        f"{_AGAIN} VALUES (1, 1, 0, 'cash', 5)",
{%- else %}
        "TRUNCATE finance_entry",
        "TRUNCATE finance_transaction, finance_entry",
{%- endif %}
        f"{_TRANSACTION} VALUES ('z', 'x', 'EUR', '2026-03-02', '2026-03-02', true)",
    ],
)
def test_the_database_refuses_to_change_what_is_posted(context: Context, statement: str) -> None:
    posted = services.post_transaction(context, "key", make()).transaction
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert services.transaction(posted.id) == posted


def test_an_audit_row_holds_ids_and_nothing_that_a_person_wrote(context: Context) -> None:
    posted = services.post_transaction(context, "key", make()).transaction
    with connection.cursor() as cursor:
        cursor.execute("SELECT principal, action, subject, request_id FROM core_audit")
        rows = cursor.fetchall()
    assert [tuple(row) for row in rows] == [("tests", "finance.transaction.posted", posted.id, context.request_id)]


def test_an_account_can_be_opened_once(context: Context) -> None:  # noqa: ARG001 - for its database
    services.open_account(identity="rent", name="Rent", kind="expense")
    assert "rent" in [account.id for account in services.accounts()]
    with pytest.raises(InvalidError):
        services.open_account(identity="rent", name="Rent", kind="expense")
    with pytest.raises(InvalidError):
        services.open_account(identity="fun", name="Fun", kind="joy")
{%- if cookiecutter.database == "postgresql" %}


def test_an_entry_and_the_sealing_of_its_transaction_wait_for_each_other(context: Context) -> None:
    row = write_unsealed(context, 5, -5)
    with transaction.atomic(), psycopg.connect(context.settings.database_url) as other:
        row.sealed = True
        row.save()
        other.execute("SET lock_timeout = '50ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute(f"{_ENTRY} VALUES (9, {row.number}, 9, 'cash', 1)".encode())
{%- endif %}
