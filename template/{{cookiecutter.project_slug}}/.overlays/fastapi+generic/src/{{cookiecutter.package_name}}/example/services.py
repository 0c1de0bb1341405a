"""Creates items and answers questions about them; the only writer of this module's table."""

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from {{ cookiecutter.package_name }}.core.api import Context, Database, NotFoundError, claim, record
from {{ cookiecutter.package_name }}.example.domain import Item
from {{ cookiecutter.package_name }}.example.dto import ItemDTO
from {{ cookiecutter.package_name }}.example.tables import ItemRow

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
    with context.database.writing() as session:
        first = claim(
            session,
            scope=f"example/{context.principal.name}",
            key=key,
            fingerprint=wanted.fingerprint,
            subject=identity,
            now=context.now,
        )
        if first is not None:
            return Created(item=_dto(_row(session, first)), replayed=True)
        row = ItemRow(id=identity, name=wanted.name, note=wanted.note, created_at=context.now)
        session.add(row)
        session.flush()
        record(
            session,
            principal=context.principal.name,
            action="example.item.created",
            subject=identity,
            request_id=context.request_id,
            now=context.now,
        )
        return Created(item=_dto(row), replayed=False)


def item(database: Database, identity: str) -> ItemDTO:
    """Return one item.

    Raises:
        NotFoundError: there is none with this id.
    """
    with database.reading() as session:
        return _dto(_row(session, identity))


def items(database: Database, *, limit: int, before: str | None = None) -> list[ItemDTO]:
    """Return items, latest first.

    Args:
        database: where to look.
        limit: how many at most.
        before: id of the item that the page starts after; None for the latest.

    Raises:
        NotFoundError: `before` names no item.
    """
    with database.reading() as session:
        query = select(ItemRow)
        if before is not None:
            query = query.where(ItemRow.number < _row(session, before).number)
        return [_dto(row) for row in session.scalars(query.order_by(ItemRow.number.desc()).limit(limit))]


def _row(session: Session, identity: str) -> ItemRow:
    row = session.scalars(select(ItemRow).where(ItemRow.id == identity)).one_or_none()
    if row is None:
        raise NotFoundError("item_not_found", "there is no item with this id")
    return row


def _dto(row: ItemRow) -> ItemDTO:
    return ItemDTO(id=row.id, name=row.name, note=row.note, created_at=row.created_at)
