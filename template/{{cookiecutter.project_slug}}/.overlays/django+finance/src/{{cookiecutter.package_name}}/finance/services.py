"""Posts transactions and answers questions about them; the only writer of this module's tables."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction as database
from django.db.models import F, Sum

from {{ cookiecutter.package_name }}.core.api import Context, InvalidError, NotFoundError, claim, record
from {{ cookiecutter.package_name }}.finance.domain import KINDS, Posting, from_minor, to_minor
from {{ cookiecutter.package_name }}.finance.dto import (
    AccountDTO,
    AmountDTO,
    BalanceDTO,
    EntryDTO,
    TransactionDTO,
)
from {{ cookiecutter.package_name }}.finance.models import AccountRow, EntryRow, TransactionRow

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
    with database.atomic(durable=True):
        first = claim(
            scope=f"finance/{context.principal.name}",
            key=key,
            fingerprint=posting.fingerprint,
            subject=identity,
            now=context.now,
        )
        if first is not None:
            return Posted(transaction=transaction(first), replayed=True)
        _require({entry.account for entry in posting.entries})
        row = TransactionRow.objects.create(
            identity=identity,
            description=posting.description,
            currency=posting.currency,
            date=posting.date,
            posted_at=context.now,
            sealed=False,
        )
        EntryRow.objects.bulk_create(
            EntryRow(
                transaction=row,
                position=position,
                account_id=entry.account,
                minor_units=to_minor(entry.amount, posting.currency),
            )
            for position, entry in enumerate(posting.entries)
        )
        row.sealed = True  # the database compares the entries now, and accepts no change from here on
        row.save(update_fields=["sealed"])
        record(
            principal=context.principal.name,
            action="finance.transaction.posted",
            subject=identity,
            request_id=context.request_id,
            now=context.now,
        )
        return Posted(transaction=transaction(identity), replayed=False)


def transaction(identity: str) -> TransactionDTO:
    """Return one transaction.

    Raises:
        NotFoundError: there is none with this id.
    """
    return _dto(_row(identity))


def transactions(*, limit: int, before: str | None = None) -> list[TransactionDTO]:
    """Return transactions, latest first.

    Args:
        limit: how many at most.
        before: id of the transaction that the page starts after; None for the latest.

    Raises:
        NotFoundError: `before` names no transaction.
    """
    query = TransactionRow.objects.filter(sealed=True).prefetch_related("entries")
    if before is not None:
        query = query.filter(number__lt=_row(before).number)
    return [_dto(row) for row in query.order_by("-number")[:limit]]


def accounts() -> list[AccountDTO]:
    """Return the chart of accounts."""
    rows = AccountRow.objects.order_by("id")
    return [AccountDTO.model_validate({"id": row.id, "name": row.name, "kind": row.kind}) for row in rows]


def open_account(*, identity: str, name: str, kind: str) -> None:
    """Add an account to the chart.

    Raises:
        InvalidError: the kind is unknown, or the id is taken.
    """
    if kind not in KINDS:
        raise InvalidError("unknown_kind", f"kind must be one of {', '.join(KINDS)}")
    with database.atomic(durable=True):
        if AccountRow.objects.filter(id=identity).exists():
            raise InvalidError("account_exists", f"the account {identity} exists already")
        AccountRow.objects.create(id=identity, name=name, kind=kind)


def balance(account: str) -> BalanceDTO:
    """Return the balances of an account, one for each currency.

    Raises:
        NotFoundError: there is no such account.
    """
    if not AccountRow.objects.filter(id=account).exists():
        raise NotFoundError("account_not_found", "there is no account with this id")
    entries = EntryRow.objects.filter(account=account, transaction__sealed=True)
    sums = entries.values_list("transaction__currency").annotate(
        high=Sum(F("minor_units") / _PART), low=Sum(F("minor_units") % _PART)
    )
    held = [
        AmountDTO(currency=code, amount=_text(int(high) * _PART + int(low), code)) for code, high, low in sorted(sums)
    ]
    return BalanceDTO(account=account, balances=held)


def _require(wanted: Iterable[str]) -> None:
    names = set(wanted)
    if AccountRow.objects.filter(id__in=names).count() != len(names):
        raise InvalidError(
            "unknown_account", "an entry names an account that does not exist; see GET /finance/accounts"
        )


def _row(identity: str) -> TransactionRow:
    row = TransactionRow.objects.filter(identity=identity, sealed=True).first()
    if row is None:
        raise NotFoundError("transaction_not_found", "there is no transaction with this id")
    return row


def _text(units: int, currency: str) -> str:
    return format(from_minor(units, currency), "f")


def _dto(row: TransactionRow) -> TransactionDTO:
    entries = sorted(row.entries.all(), key=lambda entry: entry.position)
    return TransactionDTO(
        id=row.identity,
        description=row.description,
        currency=row.currency,
        date=row.date,
        entries=[
            EntryDTO(account=entry.account_id, amount=_text(entry.minor_units, row.currency)) for entry in entries
        ],
        posted_at=row.posted_at,
    )
