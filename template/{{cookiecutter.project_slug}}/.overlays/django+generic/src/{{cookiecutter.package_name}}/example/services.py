"""Creates items and answers questions about them; the only writer of this module's table."""

import uuid
from dataclasses import dataclass

from django.db import transaction

from {{ cookiecutter.package_name }}.core.api import Context, NotFoundError, claim, record
from {{ cookiecutter.package_name }}.example.domain import Item
from {{ cookiecutter.package_name }}.example.dto import ItemDTO
from {{ cookiecutter.package_name }}.example.models import ItemRow

__all__ = ["Created", "create_item", "item", "items"]


@dataclass(frozen=True, kw_only=True)
class Created:
    """What came of a request to create an item."""

    item: ItemDTO
    replayed: bool
    """Whether an earlier request with the same key had created it."""


def create_item(context: Context, key: str, wanted: Item) -> Created:
    """Create an item once for each idempotency key, however often and by however many threads it is asked for.

    Args:
        context: who asks, and when.
        key: the client's idempotency key; keys of two principals never meet.
        wanted: the checked item.

    Raises:
        ConflictError: the key was used for another item.
    """
    identity = str(uuid.uuid4())
    with transaction.atomic(durable=True):
        first = claim(
            scope=f"example/{context.principal.name}",
            key=key,
            fingerprint=wanted.fingerprint,
            subject=identity,
            now=context.now,
        )
        if first is not None:
            return Created(item=item(first), replayed=True)
        row = ItemRow.objects.create(identity=identity, name=wanted.name, note=wanted.note, created_at=context.now)
        record(
            principal=context.principal.name,
            action="example.item.created",
            subject=identity,
            request_id=context.request_id,
            now=context.now,
        )
        return Created(item=_dto(row), replayed=False)


def item(identity: str) -> ItemDTO:
    """Return one item.

    Raises:
        NotFoundError: there is none with this id.
    """
    return _dto(_row(identity))


def items(*, limit: int, before: str | None = None) -> list[ItemDTO]:
    """Return items, latest first.

    Args:
        limit: how many at most.
        before: id of the item that the page starts after; None for the latest.

    Raises:
        NotFoundError: `before` names no item.
    """
    query = ItemRow.objects.all()
    if before is not None:
        query = query.filter(number__lt=_row(before).number)
    return [_dto(row) for row in query.order_by("-number")[:limit]]


def _row(identity: str) -> ItemRow:
    row = ItemRow.objects.filter(identity=identity).first()
    if row is None:
        raise NotFoundError("item_not_found", "there is no item with this id")
    return row


def _dto(row: ItemRow) -> ItemDTO:
    return ItemDTO(id=row.identity, name=row.name, note=row.note, created_at=row.created_at)
