"""Posts transactions and answers questions about them; the only writer of this module's tables."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from {{ cookiecutter.package_name }}.core.api import (
    Context,
    Database,
    InvalidError,
    NotFoundError,
    claim,
    record,
)
from {{ cookiecutter.package_name }}.finance.domain import KINDS, Posting, from_minor, to_minor
from {{ cookiecutter.package_name }}.finance.dto import (
    AccountDTO,
    AmountDTO,
    BalanceDTO,
    EntryDTO,
    TransactionDTO,
)
from {{ cookiecutter.package_name }}.finance.tables import AccountRow, EntryRow, TransactionRow

__all__ = [
    "Posted",
    "accounts",
    "balance",
    "open_account",
    "post_transaction",
    "transaction",
    "transactions",
]


_PART = 10**9
"""Sums are made in two parts, because SQLite refuses one that leaves 64 bits."""


@dataclass(frozen=True, kw_only=True)
class Posted:
    """What came of a request to post."""

    transaction: TransactionDTO
    replayed: bool
    """Whether an earlier request with the same key had posted it."""


def post_transaction(context: Context, key: str, posting: Posting) -> Posted:
    """Post a transaction once for each idempotency key, however often and by however many threads it is asked for.

    Args:
        context: who asks, and when.
        key: the client's idempotency key; keys of two principals never meet.
        posting: the checked transaction.

    Raises:
        ConflictError: the key was used for another transaction.
        InvalidError: an account does not exist.
    """
    identity = str(uuid.uuid4())
    with context.database.writing() as session:
        first = claim(
            session,
            scope=f"finance/{context.principal.name}",
            key=key,
            fingerprint=posting.fingerprint,
            subject=identity,
            now=context.now,
        )
        if first is not None:
            return Posted(transaction=_dto(_row(session, first)), replayed=True)
        _require(session, {entry.account for entry in posting.entries})
        row = TransactionRow(
            id=identity,
            description=posting.description,
            currency=posting.currency,
            date=posting.date,
            posted_at=context.now,
            sealed=0,
            entries=[
                EntryRow(
                    position=position,
                    account_id=entry.account,
                    minor_units=to_minor(entry.amount, posting.currency),
                )
                for position, entry in enumerate(posting.entries)
            ],
        )
        session.add(row)
        session.flush()
        row.sealed = 1  # the database compares the entries now, and accepts no change from here on
        session.flush()
        record(
            session,
            principal=context.principal.name,
            action="finance.transaction.posted",
            subject=identity,
            request_id=context.request_id,
            now=context.now,
        )
        return Posted(transaction=_dto(row), replayed=False)


def transaction(database: Database, identity: str) -> TransactionDTO:
    """Return one transaction.

    Raises:
        NotFoundError: there is none with this id.
    """
    with database.reading() as session:
        return _dto(_row(session, identity))


def transactions(database: Database, *, limit: int, before: str | None = None) -> list[TransactionDTO]:
    """Return transactions, latest first.

    Args:
        database: where to look.
        limit: how many at most.
        before: id of the transaction that the page starts after; None for the latest.

    Raises:
        NotFoundError: `before` names no transaction.
    """
    with database.reading() as session:
        query = select(TransactionRow).where(TransactionRow.sealed == 1)
        if before is not None:
            query = query.where(TransactionRow.number < _row(session, before).number)
        return [_dto(row) for row in session.scalars(query.order_by(TransactionRow.number.desc()).limit(limit))]


def accounts(database: Database) -> list[AccountDTO]:
    """Return the chart of accounts."""
    with database.reading() as session:
        rows = session.scalars(select(AccountRow).order_by(AccountRow.id))
        return [AccountDTO.model_validate({"id": row.id, "name": row.name, "kind": row.kind}) for row in rows]


def open_account(database: Database, *, identity: str, name: str, kind: str) -> None:
    """Add an account to the chart.

    Raises:
        InvalidError: the kind is unknown, or the id is taken.
    """
    if kind not in KINDS:
        raise InvalidError("unknown_kind", f"kind must be one of {', '.join(KINDS)}")
    with database.writing() as session:
        if session.get(AccountRow, identity) is not None:
            raise InvalidError("account_exists", f"the account {identity} exists already")
        session.add(AccountRow(id=identity, name=name, kind=kind))


def balance(database: Database, account: str) -> BalanceDTO:
    """Return the balances of an account, one for each currency.

    Raises:
        NotFoundError: there is no such account.
    """
    with database.reading() as session:
        if session.get(AccountRow, account) is None:
            raise NotFoundError("account_not_found", "there is no account with this id")
        query = (
            select(
                TransactionRow.currency,
                func.sum(EntryRow.minor_units // _PART),
                func.sum(EntryRow.minor_units % _PART),
            )
            .join(EntryRow, EntryRow.transaction_number == TransactionRow.number)
            .where(EntryRow.account_id == account, TransactionRow.sealed == 1)
            .group_by(TransactionRow.currency)
            .order_by(TransactionRow.currency)
        )
        held = [
            AmountDTO(currency=code, amount=_text(int(high) * _PART + int(low), code))
            for code, high, low in session.execute(query)
        ]
        return BalanceDTO(account=account, balances=held)


def _require(session: Session, wanted: Iterable[str]) -> None:
    names = sorted(wanted)
    known = set(session.scalars(select(AccountRow.id).where(AccountRow.id.in_(names))))
    if any(name not in known for name in names):
        raise InvalidError(
            "unknown_account", "an entry names an account that does not exist; see GET /finance/accounts"
        )


def _row(session: Session, identity: str) -> TransactionRow:
    query = select(TransactionRow).where(TransactionRow.id == identity, TransactionRow.sealed == 1)
    row = session.scalars(query).one_or_none()
    if row is None:
        raise NotFoundError("transaction_not_found", "there is no transaction with this id")
    return row


def _text(units: int, currency: str) -> str:
    return format(from_minor(units, currency), "f")


def _dto(row: TransactionRow) -> TransactionDTO:
    return TransactionDTO(
        id=row.id,
        description=row.description,
        currency=row.currency,
        date=row.date,
        entries=[
            EntryDTO(account=entry.account_id, amount=_text(entry.minor_units, row.currency)) for entry in row.entries
        ],
        posted_at=row.posted_at,
    )
