"""All that other modules may use of this one."""

from {{ cookiecutter.package_name }}.finance.dto import (
    AccountDTO,
    BalanceDTO,
    CreateTransactionRequest,
    TransactionDTO,
)
from {{ cookiecutter.package_name }}.finance.routes import router
from {{ cookiecutter.package_name }}.finance.services import (
    accounts,
    balance,
    open_account,
    post_transaction,
    transaction,
    transactions,
)

__all__ = [
    "AccountDTO",
    "BalanceDTO",
    "CreateTransactionRequest",
    "TransactionDTO",
    "accounts",
    "balance",
    "open_account",
    "post_transaction",
    "router",
    "transaction",
    "transactions",
]
