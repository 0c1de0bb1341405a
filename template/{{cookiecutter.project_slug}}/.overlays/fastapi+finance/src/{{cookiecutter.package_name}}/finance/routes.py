"""The HTTP face of this module: DTOs in, DTOs out, nothing decided here."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response

from {{ cookiecutter.package_name }}.core.api import FromRequest, answers
from {{ cookiecutter.package_name }}.finance import services
from {{ cookiecutter.package_name }}.finance.dto import (
    AccountDTO,
    BalanceDTO,
    CreateTransactionRequest,
    TransactionDTO,
)

__all__ = ["router"]

router = APIRouter(prefix="/finance", tags=["finance"], responses=answers(401))

IdempotencyKey = Annotated[
    str,
    Header(
        min_length=1,
        max_length=128,
        pattern=r"^[\x21-\x7e]+$",
        description="Chosen by the client, one for each intended transaction and the same for every retry of it.",
    ),
]
NO_NUL = r"^[^\x00]*$"
TransactionId = Annotated[str, Path(max_length=36, pattern=NO_NUL, description="Id of a transaction.")]


@router.post("/transactions", status_code=201, responses=answers(409, 422))
def create_transaction(
    body: CreateTransactionRequest, idempotency_key: IdempotencyKey, context: FromRequest, response: Response
) -> TransactionDTO:
    """Post a transaction, once for each `Idempotency-Key`.

    The same key with the same content answers with the first result and posts nothing (`Idempotency-Replayed: true`);
    the same key with other content answers 409. A request that was refused leaves its key free.
    """
    posted = services.post_transaction(context, idempotency_key, body.posting())
    if posted.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    response.headers["Location"] = f"/finance/transactions/{posted.transaction.id}"
    return posted.transaction


@router.get("/transactions", responses=answers(404, 422))
def list_transactions(
    context: FromRequest,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    before: Annotated[
        str | None, Query(max_length=36, pattern=NO_NUL, description="Id of the last one of the page before.")
    ] = None,
) -> list[TransactionDTO]:
    """List transactions, latest first."""
    return services.transactions(context.database, limit=limit, before=before)


@router.get("/transactions/{transaction_id}", responses=answers(404, 422))
def get_transaction(transaction_id: TransactionId, context: FromRequest) -> TransactionDTO:
    """Return one transaction."""
    return services.transaction(context.database, transaction_id)


@router.get("/accounts")
def list_accounts(context: FromRequest) -> list[AccountDTO]:
    """List the chart of accounts."""
    return services.accounts(context.database)


@router.get("/accounts/{account_id}/balance", responses=answers(404, 422))
def get_balance(account_id: Annotated[str, Path(max_length=63, pattern=NO_NUL)], context: FromRequest) -> BalanceDTO:
    """Return what an account holds, one amount for each currency."""
    return services.balance(context.database, account_id)
