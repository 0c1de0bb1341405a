"""The HTTP contract of the module finance."""

from typing import Any

import pytest
from expectations import is_problem

PATH = "/finance/transactions"


def body(**changes: Any) -> dict[str, Any]:
    """Return a good request."""
    entries = [{"account": "cash", "amount": "12.5"}, {"account": "sales", "amount": "-12.50"}]
    return {"description": "Invoice 17", "currency": "EUR", "date": "2026-03-02", "entries": entries} | changes


def post(client: Any, key: str = "key-1", **changes: Any) -> Any:
    """Post a request."""
    return client.post(PATH, json=body(**changes), headers={"Idempotency-Key": key})


def entries(*amounts: Any) -> list[dict[str, Any]]:
    """Return entries over two accounts."""
    return [{"account": account, "amount": amount} for account, amount in zip(("cash", "sales"), amounts, strict=True)]


def test_a_transaction_is_posted_and_found_again(client: Any) -> None:
    response = post(client)
    assert response.status_code == 201
    made = response.json()
    assert [entry["amount"] for entry in made["entries"]] == ["12.50", "-12.50"]
    assert response.headers["location"] == f"{PATH}/{made['id']}"
    assert client.get(f"{PATH}/{made['id']}").json() == made
    assert client.get(PATH).json() == [made]
    balance = client.get("/finance/accounts/cash/balance").json()
    assert balance == {"account": "cash", "balances": [{"currency": "EUR", "amount": "12.50"}]}


def test_the_same_key_and_content_answers_with_the_first_result(client: Any) -> None:
    first, second = post(client), post(client)
    assert (second.status_code, second.json()) == (201, first.json())
    assert second.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert len(client.get(PATH).json()) == 1


def test_the_same_key_with_other_content_is_a_conflict(client: Any) -> None:
    post(client)
    assert is_problem(post(client, description="Invoice 18"), 409)
    assert len(client.get(PATH).json()) == 1


def test_keys_of_two_principals_never_meet(client: Any, settings: Any) -> None:
    post(client)
    other = {"Idempotency-Key": "key-1", "Authorization": f"Bearer {settings.tokens['other']}"}
    response = client.post(PATH, json=body(description="Invoice 18"), headers=other)
    assert response.status_code == 201


@pytest.mark.parametrize(
    "changes",
    [
        {"entries": entries("1.00", "-0.99")},
        {"entries": entries("1.00", "-1.00")[:1]},
        {"entries": []},
        {"entries": entries(1.5, -1.5)},
        {"entries": entries(1, -1)},
        {"entries": entries("NaN", "NaN")},
        {"entries": entries("1e3", "-1e3")},
        {"entries": entries("0.001", "-0.001")},
        {"entries": entries("0", "0")},
        {"entries": [{"account": "nowhere", "amount": "1"}, {"account": "cash", "amount": "-1"}]},
        {"entries": [{"account": "cash", "amount": "1", "note": "x"}, {"account": "sales", "amount": "-1"}]},
        {"currency": "XXX"},
        {"currency": "eur"},
        {"date": "2026-02-30"},
        {"description": ""},
        {"description": "x" * 201},
        {"description": "a\x00b"},
        {"extra": 1},
    ],
)
def test_a_bad_body_is_refused_and_nothing_is_posted(client: Any, changes: dict[str, Any]) -> None:
    assert is_problem(post(client, **changes), 422)
    assert client.get(PATH).json() == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b'{"description": "\\ud800"}'])
def test_what_is_no_request_is_refused(client: Any, content: bytes) -> None:
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    assert is_problem(client.post(PATH, content=content, headers=headers), 422)


@pytest.mark.parametrize(
    "headers", [{}, {"Idempotency-Key": ""}, {"Idempotency-Key": "a b"}, {"Idempotency-Key": "k" * 129}]
)
def test_a_key_is_required(client: Any, headers: dict[str, str]) -> None:
    assert is_problem(client.post(PATH, json=body(), headers=headers), 422)


def test_a_refusal_names_the_field_and_repeats_no_value(client: Any) -> None:
    response = post(client, description="Ms Sørensen, DK50 0040 0440 1162 43", currency="not a currency")
    assert is_problem(response, 422)
    assert [error["field"] for error in response.json()["errors"]] == ["body/currency"]
    assert "rensen" not in response.text
    assert "not a currency" not in response.text


@pytest.mark.parametrize(
    "path", [f"{PATH}/none", "/finance/accounts/none/balance", f"{PATH}?before=none", "/finance/nothing"]
)
def test_what_does_not_exist_is_404(client: Any, path: str) -> None:
    assert is_problem(client.get(path), 404)


def test_pages_of_transactions_follow_each_other(client: Any) -> None:
    made = [post(client, key=f"k{number}").json()["id"] for number in range(5)]
    first = [row["id"] for row in client.get(f"{PATH}?limit=2").json()]
    second = [row["id"] for row in client.get(f"{PATH}?limit=2&before={first[-1]}").json()]
    assert first + second == made[:0:-1]
    assert is_problem(client.get(f"{PATH}?limit=0"), 422)


def test_accounts_are_listed(client: Any) -> None:
    rows = client.get("/finance/accounts").json()
    assert {"id": "cash", "name": "Cash and bank", "kind": "asset"} in rows
    assert client.get("/finance/accounts/costs/balance").json() == {"account": "costs", "balances": []}
