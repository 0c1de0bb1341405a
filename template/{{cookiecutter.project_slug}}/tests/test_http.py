"""What holds for every route: credentials, problem documents, headers."""

import json
from pathlib import Path
from typing import Any

import pytest
from expectations import is_problem

from {{ cookiecutter.package_name }}.core.api import Settings

SIGN_IN = "/session"
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def routes(client: Any) -> list[tuple[str, str]]:
    """Return method and path of every documented route."""
    paths = client.get("/openapi.json").json()["paths"]
    return [(method.upper(), path) for path, methods in paths.items() for method in methods]


def test_health_and_the_openapi_document_need_no_credentials(stranger: Any) -> None:
    assert stranger.get("/health").json() == {"status": "ok"}
    assert stranger.get("/openapi.json").json()["openapi"].startswith("3.")


def test_every_other_route_answers_401_without_credentials(stranger: Any) -> None:
    closed = [route for route in routes(stranger) if route[1] != "/health"]
    assert len(closed) > 1
    for method, path in closed:
        response = stranger.request(method, path.replace("{", "").replace("}", ""))
        assert is_problem(response, 401)
        assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["/nowhere", "/dev/runs/", "/health/", "//health", "/openapi.json/x", "/docs"])
def test_paths_that_are_no_routes_are_closed_too(stranger: Any, client: Any, path: str) -> None:
    assert is_problem(stranger.get(path), 401)
    assert is_problem(client.get(path), 404)


@pytest.mark.parametrize("token", ["", "x", "Bearer", "Basic dGVzdHM6eA=="])
def test_wrong_credentials_are_none(stranger: Any, token: str) -> None:
    assert is_problem(stranger.get("/dev/runs", headers={"Authorization": token}), 401)


def test_a_method_that_a_route_has_not_is_a_problem_document(client: Any) -> None:
    response = client.delete("/dev/runs")
    assert is_problem(response, 405)
    assert response.headers["allow"]


def test_answers_are_not_cached_or_sniffed(client: Any) -> None:
    headers = client.get("/dev/runs").headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"


def test_every_documented_error_is_a_problem_document(client: Any) -> None:
    for methods in client.get("/openapi.json").json()["paths"].values():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                if status >= "400":
                    assert list(response["content"]) == ["application/problem+json"]


def test_a_browser_without_a_session_gets_the_form(stranger: Any) -> None:
    response = stranger.get("/dev/runs", headers=HTML)
    assert response.status_code == 401
    assert "<form" in response.text
    assert "default-src 'none'" in response.headers["content-security-policy"]


def test_a_token_opens_a_session_that_can_look_and_change_nothing(stranger: Any, settings: Settings) -> None:
    token = settings.tokens["tests"]
    response = stranger.post(SIGN_IN, data={"token": token, "next": "/dev/runs"}, follow_redirects=False)
    assert response.status_code == 303
    assert response.headers["location"] == "/dev/runs"
    cookie = response.headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "secure", "samesite=strict"))
    assert token not in cookie
    assert "Runs of Codex" in stranger.get("/dev/runs", headers=HTML).text
    assert is_problem(stranger.post("/dev/runs"), 401)


@pytest.mark.parametrize("following", ["https://evil.example", "//evil.example", "/\\evil.example", "", "x"])
def test_signing_in_leads_nowhere_else(stranger: Any, settings: Settings, following: str) -> None:
    form = {"token": settings.tokens["tests"], "next": following}
    assert stranger.post(SIGN_IN, data=form, follow_redirects=False).headers["location"] == "/dev/runs"


@pytest.mark.parametrize("body", [b"", b"token=wrong", b"token=%00%ff", b"x" * 100_000])
def test_a_wrong_token_opens_no_session(stranger: Any, body: bytes) -> None:
    response = stranger.post(SIGN_IN, content=body, follow_redirects=False)
    assert response.status_code == 401
    assert "set-cookie" not in response.headers


def test_runs_are_listed_and_the_page_escapes_what_statements_say(client: Any, settings: Settings) -> None:
    folder = Path(settings.provenance)
    details = {"builder": {"version": {}}, "metadata": {"invocationId": "<script>alert(1)</script>"}}
    definition = {"externalParameters": {"workflow": "review"}, "internalParameters": {}, "resolvedDependencies": []}
    statement = {"predicate": {"buildDefinition": definition, "runDetails": details}}
    (folder / "r1.statement.json").write_text(json.dumps(statement), encoding="utf-8")
    (folder / "r2.statement.json").write_text("no JSON", encoding="utf-8")
    rows = client.get("/dev/runs").json()
    assert [row["file"] for row in rows] == ["r2.statement.json", "r1.statement.json"]
    assert [bool(row["fault"]) for row in rows] == [True, False]
    page = client.get("/dev/runs", headers=HTML)
    assert page.headers["content-type"].startswith("text/html")
    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text
