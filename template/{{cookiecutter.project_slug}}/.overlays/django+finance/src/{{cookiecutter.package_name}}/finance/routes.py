"""The HTTP face of this module: DTOs in, DTOs out, nothing decided here."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Header, Path, Query, Router

from {{ cookiecutter.package_name }}.core.api import answers, context_of
from {{ cookiecutter.package_name }}.finance import services
from {{ cookiecutter.package_name }}.finance.dto import (
    AccountDTO,
    BalanceDTO,
    CreateTransactionRequest,
    TransactionDTO,
)

__all__ = ["router"]

router = Router(tags=["finance"])

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=128,
        pattern=r"^[\x21-\x7e]+$",
        description="Chosen by the client, one for each intended transaction and the same for every retry of it.",
    ),
]
NO_NUL = r"^[^\x00]*$"
TransactionId = Annotated[str, Path(max_length=36, pattern=NO_NUL, description="Id of a transaction.")]


@router.post("/transactions", response={201: TransactionDTO}, openapi_extra=answers(401, 409, 422))
def create_transaction(
    request: HttpRequest, response: HttpResponse, body: CreateTransactionRequest, idempotency_key: IdempotencyKey
) -> TransactionDTO:
    """Post a transaction, once for each `Idempotency-Key`.

    The same key with the same content answers with the first result and posts nothing (`Idempotency-Replayed: true`);
    the same key with other content answers 409. A request that was refused leaves its key free.
    """
    posted = services.post_transaction(context_of(request), idempotency_key, body.posting())
    if posted.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    response.headers["Location"] = f"/finance/transactions/{posted.transaction.id}"
    return posted.transaction


@router.get("/transactions", response=list[TransactionDTO], openapi_extra=answers(401, 404, 422))
def list_transactions(
    request: HttpRequest,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    before: Annotated[
        str | None, Query(max_length=36, pattern=NO_NUL, description="Id of the last one of the page before.")
    ] = None,
) -> list[TransactionDTO]:
    """List transactions, latest first."""
    return services.transactions(limit=limit, before=before)


@router.get("/transactions/{transaction_id}", response=TransactionDTO, openapi_extra=answers(401, 404, 422))
def get_transaction(request: HttpRequest, transaction_id: TransactionId) -> TransactionDTO:
    """Return one transaction."""
    return services.transaction(transaction_id)


@router.get("/accounts", response=list[AccountDTO], openapi_extra=answers(401))
def list_accounts(request: HttpRequest) -> list[AccountDTO]:
    """List the chart of accounts."""
    return services.accounts()


@router.get("/accounts/{account_id}/balance", response=BalanceDTO, openapi_extra=answers(401, 404, 422))
def get_balance(request: HttpRequest, account_id: Annotated[str, Path(max_length=63, pattern=NO_NUL)]) -> BalanceDTO:
    """Return what an account holds, one amount for each currency."""
    return services.balance(account_id)
