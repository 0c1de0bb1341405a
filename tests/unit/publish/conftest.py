"""Fixtures of the tests about publishing: an event file as GitHub writes it."""

import json
from typing import Any

import pytest


@pytest.fixture
def payload() -> dict[str, Any]:
    """The event file of a push to a pull request, cut down to what is read and some of what is not."""
    repo = {"id": 1, "full_name": "acme/shop", "owner": {"login": "acme", "id": 3}, "private": True}
    ada = {"id": 11, "login": "ada", "type": "User", "site_admin": False}
    found: dict[str, Any] = {
        "action": "synchronize",
        "number": 7,
        "sender": ada,
        "repository": repo,
        "pull_request": {
            "number": 7, "title": "Add totals", "body": "Please look.", "state": "open", "draft": False,
            "merged": False, "user": ada, "author_association": "MEMBER", "labels": [],
            "head": {"ref": "totals", "sha": "a" * 40, "repo": repo},
            "base": {"ref": "main", "sha": "b" * 40, "repo": repo},
        },
    }  # fmt: skip
    copied: dict[str, Any] = json.loads(json.dumps(found))
    return copied
