"""Posting on a real database: once for each key, balanced, and never changed afterwards."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError{% if cookiecutter.database == "postgresql" %}, OperationalError{% endif %}

from {{ cookiecutter.package_name }}.core.api import Context, InvalidError
from {{ cookiecutter.package_name }}.finance import services
from {{ cookiecutter.package_name }}.finance.domain import Entry, Posting, posting
from {{ cookiecutter.package_name }}.finance.tables import EntryRow, TransactionRow

THREADS = 8


def make(amount: str = "12.50", gains: str = "cash") -> Posting:
    """Return a sale."""
    entries = [Entry(account=gains, amount=Decimal(amount)), Entry(account="sales", amount=-Decimal(amount))]
    return posting(description="Invoice 17", currency="EUR", date=dt.date(2026, 3, 2), entries=entries)


def count(context: Context) -> int:
    """Return how many transactions there are, sealed or not."""
    with context.database.reading() as session:
        return session.scalar(select(func.count()).select_from(TransactionRow)) or 0


def at_once(work: Callable[[int], services.Posted]) -> list[services.Posted]:
    """Call `work` from many threads that start together."""
    barrier = Barrier(THREADS)

    def start(number: int) -> services.Posted:
        barrier.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(start, range(THREADS)))


def test_threads_with_the_same_key_post_once(context: Context) -> None:
    results = at_once(lambda _: services.post_transaction(context, "same", make()))
    assert count(context) == 1
    assert len({result.transaction.id for result in results}) == 1
    assert sorted(result.replayed for result in results) == [False] + [True] * (THREADS - 1)


def test_threads_with_keys_of_their_own_all_post(context: Context) -> None:
    results = at_once(lambda number: services.post_transaction(context, f"key-{number}", make()))
    assert count(context) == THREADS
    assert not any(result.replayed for result in results)
    assert services.balance(context.database, "cash").balances[0].amount == "100.00"


def test_a_refused_transaction_leaves_nothing_and_its_key_stays_free(context: Context) -> None:
    with pytest.raises(InvalidError):
        services.post_transaction(context, "key", make(gains="nowhere"))
    assert count(context) == 0
    assert not services.post_transaction(context, "key", make()).replayed


def test_large_amounts_lose_nothing(context: Context) -> None:
    for number in range(3):
        services.post_transaction(context, f"k{number}", make("999999999999999.99"))
    assert services.balance(context.database, "cash").balances[0].amount == "2999999999999999.97"
    assert services.balance(context.database, "sales").balances[0].amount == "-2999999999999999.97"


def test_sums_beyond_64_bits_are_exact(context: Context) -> None:
    amount = Decimal("999999999999999.999")
    entries = [Entry(account="cash", amount=amount)] * 50 + [Entry(account="sales", amount=-amount)] * 50
    large = posting(description="x", currency="KWD", date=dt.date(2026, 3, 2), entries=entries)
    services.post_transaction(context, "key", large)
    assert services.balance(context.database, "sales").balances[0].amount == "-49999999999999999.950"


def unsealed(context: Context, *units: int) -> TransactionRow:
    """Return a transaction that is not sealed."""
    return TransactionRow(
        id="u",
        description="x",
        currency="EUR",
        date=dt.date(2026, 3, 2),
        posted_at=context.now,
        sealed=0,
        entries=[EntryRow(position=position, account_id="cash", minor_units=one) for position, one in enumerate(units)],
    )


@pytest.mark.parametrize("units", [(100, -99), (), (10**18, -(10**18), 10**18)], ids=["unequal", "none", "large"])
def test_the_database_refuses_to_seal_what_is_not_balanced(context: Context, units: tuple[int, ...]) -> None:
    with pytest.raises(IntegrityError, match="sum to zero"), context.database.writing() as session:
        row = unsealed(context, *units)
        session.add(row)
        session.flush()
        row.sealed = 1
        session.flush()
    assert count(context) == 0


def test_what_is_not_sealed_counts_nowhere(context: Context) -> None:
    with context.database.writing() as session:
        session.add(unsealed(context, 5, -5))
    assert services.transactions(context.database, limit=9) == []
    assert services.balance(context.database, "cash").balances == []
{%- if cookiecutter.database == "postgresql" %}


def test_an_entry_and_the_sealing_of_its_transaction_wait_for_each_other(context: Context) -> None:
    row = unsealed(context, 5, -5)
    with context.database.writing() as session:
        session.add(row)
    late = EntryRow(transaction_number=row.number, position=9, account_id="cash", minor_units=1)
    with context.database.writing() as session, context.database.reading() as other:
        session.execute(text("UPDATE finance_transaction SET sealed = 1"))
        other.execute(text("SET lock_timeout = '50ms'"))
        other.add(late)
        with pytest.raises(OperationalError, match="lock timeout"):
            other.flush()
{%- endif %}


_ENTRY = "INSERT INTO finance_entry (number, transaction_number, position, account_id, minor_units)"
{%- if cookiecutter.database == "sqlite" %}
_AGAIN = _ENTRY.replace("INSERT", "INSERT OR REPLACE")
{%- endif %}
_TRANSACTION = "INSERT INTO finance_transaction (id, description, currency, date, posted_at, sealed)"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE finance_transaction SET description = 'y'",
        "UPDATE finance_transaction SET sealed = 0",
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
        f"{_TRANSACTION} VALUES ('z', 'x', 'EUR', '2026-03-02', '2026-03-02', 1)",
    ],
)
def test_the_database_refuses_to_change_what_is_posted(context: Context, statement: str) -> None:
    posted = services.post_transaction(context, "key", make()).transaction
    with pytest.raises(IntegrityError), context.database.writing() as session:
        session.execute(text(statement))
    assert services.transaction(context.database, posted.id) == posted


def test_an_audit_row_holds_ids_and_nothing_that_a_person_wrote(context: Context) -> None:
    posted = services.post_transaction(context, "key", make()).transaction
    with context.database.reading() as session:
        rows = session.execute(text("SELECT principal, action, subject, request_id FROM core_audit")).all()
    assert [tuple(row) for row in rows] == [("tests", "finance.transaction.posted", posted.id, context.request_id)]


def test_an_account_can_be_opened_once(context: Context) -> None:
    services.open_account(context.database, identity="rent", name="Rent", kind="expense")
    assert "rent" in [account.id for account in services.accounts(context.database)]
    with pytest.raises(InvalidError):
        services.open_account(context.database, identity="rent", name="Rent", kind="expense")
    with pytest.raises(InvalidError):
        services.open_account(context.database, identity="fun", name="Fun", kind="joy")
