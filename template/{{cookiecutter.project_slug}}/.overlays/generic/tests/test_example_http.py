"""The HTTP contract of the module example."""

from typing import Any

import pytest
from expectations import is_problem

PATH = "/example/items"


def create(client: Any, key: str = "key-1", **changes: Any) -> Any:
    """Send a good request, changed."""
    return client.post(PATH, json={"name": "First", "note": "x"} | changes, headers={"Idempotency-Key": key})


def test_an_item_is_created_and_found_again(client: Any) -> None:
    response = create(client)
    assert response.status_code == 201
    made = response.json()
    assert (made["name"], made["note"]) == ("First", "x")
    assert response.headers["location"] == f"{PATH}/{made['id']}"
    assert client.get(f"{PATH}/{made['id']}").json() == made
    assert client.get(PATH).json() == [made]


def test_the_same_key_and_content_answers_with_the_first_result(client: Any) -> None:
    first, second = create(client), create(client)
    assert (second.status_code, second.json()) == (201, first.json())
    assert second.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert len(client.get(PATH).json()) == 1


def test_the_same_key_with_other_content_is_a_conflict(client: Any) -> None:
    create(client)
    assert is_problem(create(client, name="Second"), 409)
    assert len(client.get(PATH).json()) == 1


def test_keys_of_two_principals_never_meet(client: Any, settings: Any) -> None:
    create(client)
    other = {"Idempotency-Key": "key-1", "Authorization": f"Bearer {settings.tokens['other']}"}
    assert client.post(PATH, json={"name": "Second"}, headers=other).status_code == 201


@pytest.mark.parametrize(
    "changes",
    [{"name": ""}, {"name": "  "}, {"name": "x" * 81}, {"name": "a\x00b"}, {"name": None}, {"note": "x" * 501},
     {"note": "a\x00b"}, {"extra": 1}],
)  # fmt: skip
def test_a_bad_body_is_refused_and_nothing_is_created(client: Any, changes: dict[str, Any]) -> None:
    assert is_problem(create(client, **changes), 422)
    assert client.get(PATH).json() == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b'{"name": "\\ud800"}'])
def test_what_is_no_request_is_refused(client: Any, content: bytes) -> None:
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    assert is_problem(client.post(PATH, content=content, headers=headers), 422)


@pytest.mark.parametrize(
    "headers", [{}, {"Idempotency-Key": ""}, {"Idempotency-Key": "a b"}, {"Idempotency-Key": "k" * 129}]
)
def test_a_key_is_required(client: Any, headers: dict[str, str]) -> None:
    assert is_problem(client.post(PATH, json={"name": "First"}, headers=headers), 422)


def test_a_refusal_names_the_field_and_repeats_no_value(client: Any) -> None:
    response = create(client, name="x" * 81, note="Ms Sørensen")
    assert is_problem(response, 422)
    assert [error["field"] for error in response.json()["errors"]] == ["body/name"]
    assert "rensen" not in response.text


@pytest.mark.parametrize("path", [f"{PATH}/none", f"{PATH}?before=none", "/example/nothing"])
def test_what_does_not_exist_is_404(client: Any, path: str) -> None:
    assert is_problem(client.get(path), 404)


@pytest.mark.parametrize("path", [f"{PATH}/%00", f"{PATH}?before=%00"])
def test_an_id_that_no_database_takes_is_refused(client: Any, path: str) -> None:
    assert is_problem(client.get(path), 422)


def test_pages_of_items_follow_each_other(client: Any) -> None:
    made = [create(client, key=f"k{number}").json()["id"] for number in range(5)]
    first = [row["id"] for row in client.get(f"{PATH}?limit=2").json()]
    second = [row["id"] for row in client.get(f"{PATH}?limit=2&before={first[-1]}").json()]
    assert first + second == made[:0:-1]
    assert is_problem(client.get(f"{PATH}?limit=0"), 422)
