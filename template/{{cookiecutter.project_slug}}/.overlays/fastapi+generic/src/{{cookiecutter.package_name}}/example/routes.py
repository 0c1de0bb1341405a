"""The HTTP face of this module: DTOs in, DTOs out, nothing decided here."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response

from {{ cookiecutter.package_name }}.core.api import FromRequest, answers
from {{ cookiecutter.package_name }}.example import services
from {{ cookiecutter.package_name }}.example.dto import CreateItemRequest, ItemDTO

__all__ = ["router"]

router = APIRouter(prefix="/example", tags=["example"], responses=answers(401))

IdempotencyKey = Annotated[
    str,
    Header(
        min_length=1,
        max_length=128,
        pattern=r"^[\x21-\x7e]+$",
        description="Chosen by the client, one for each intended item and the same for every retry of it.",
    ),
]
NO_NUL = r"^[^\x00]*$"
ItemId = Annotated[str, Path(max_length=36, pattern=NO_NUL, description="Id of an item.")]


@router.post("/items", status_code=201, responses=answers(409, 422))
def create_item(
    body: CreateItemRequest, idempotency_key: IdempotencyKey, context: FromRequest, response: Response
) -> ItemDTO:
    """Create an item, once for each `Idempotency-Key`.

    The same key with the same content answers with the first result and creates nothing (`Idempotency-Replayed: true`);
    the same key with other content answers 409. A request that was refused leaves its key free.
    """
    created = services.create_item(context, idempotency_key, body.item())
    if created.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    response.headers["Location"] = f"/example/items/{created.item.id}"
    return created.item


@router.get("/items", responses=answers(404, 422))
def list_items(
    context: FromRequest,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    before: Annotated[
        str | None, Query(max_length=36, pattern=NO_NUL, description="Id of the last one of the page before.")
    ] = None,
) -> list[ItemDTO]:
    """List items, latest first."""
    return services.items(context.database, limit=limit, before=before)


@router.get("/items/{item_id}", responses=answers(404, 422))
def get_item(item_id: ItemId, context: FromRequest) -> ItemDTO:
    """Return one item."""
    return services.item(context.database, item_id)
