"""Tokens and session cookies."""

import datetime as dt

import pytest

from {{ cookiecutter.package_name }}.core.credentials import SESSION_HOURS, Credentials

NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
TOKEN = "t" * 40
CREDENTIALS = Credentials({"ops": TOKEN, "batch": "u" * 40})
OPS = CREDENTIALS.of_token(TOKEN)


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[1:]}", TOKEN, "Bearer ø"],
)
def test_a_header_without_a_known_token_is_nobody(header: str) -> None:
    assert CREDENTIALS.of_header(header) is None


def test_a_token_leads_to_its_owner() -> None:
    found = CREDENTIALS.of_header(f"bearer {TOKEN}")
    assert found is not None
    assert found.name == "ops"


def test_a_session_counts_until_it_ends() -> None:
    assert OPS is not None
    cookie = CREDENTIALS.session(OPS, NOW)
    assert CREDENTIALS.of_session(cookie, NOW) == OPS
    assert CREDENTIALS.of_session(cookie, NOW + dt.timedelta(hours=SESSION_HOURS)) is None


@pytest.mark.parametrize("edit", ["owner", "end", "mac", "shape"])
def test_an_edited_session_is_nobody(edit: str) -> None:
    assert OPS is not None
    name, end, mac = CREDENTIALS.session(OPS, NOW).split(".")
    edited = {
        "owner": f"batch.{end}.{mac}",
        "end": f"{name}.{int(end) + 1}.{mac}",
        "mac": f"{name}.{end}.{mac[:-1]}ø",
        "shape": f"{name}.{end}",
    }
    assert CREDENTIALS.of_session(edited[edit], NOW) is None


def test_a_rotated_token_ends_every_session() -> None:
    assert OPS is not None
    cookie = CREDENTIALS.session(OPS, NOW)
    assert Credentials({"ops": "v" * 40, "batch": "u" * 40}).of_session(cookie, NOW) is None
