"""What the routes of this module say, to the letter."""

from typing import Any


def test_a_point_in_time_keeps_its_microseconds(client: Any) -> None:
    entries = [{"account": "cash", "amount": "1"}, {"account": "sales", "amount": "-1"}]
    body = {"description": "x", "currency": "EUR", "date": "2026-03-02", "entries": entries}
    made = client.post("/finance/transactions", json=body, headers={"Idempotency-Key": "k"}).json()
    assert made["posted_at"] == "2026-03-02T09:30:00.123456Z"
