"""What tests of several modules expect of an answer."""

from typing import Any

__all__ = ["is_problem"]


def is_problem(response: Any, status: int) -> bool:
    """Tell whether an answer is a problem document with this status."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert document["status"] == status
    assert document["title"]
    assert document["instance"] == f"urn:uuid:{response.headers['x-request-id']}"
    return True
