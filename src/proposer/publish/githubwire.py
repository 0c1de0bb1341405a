"""The way to GitHub's REST API: PyGithub's requester, with retries of what can be repeated without harm."""

from typing import Any

import github
import requests
from github import Auth, GithubException, GithubRetry

from proposer.publish.wire import ForgeError, Request, Wire

__all__ = ["opened"]

_TRANSIENT = frozenset({429, 500, 502, 503, 504})
_REPEATABLE = frozenset({"GET", "HEAD", "PUT", "PATCH", "DELETE"})
"""Methods that come to the same when they arrive twice (RFC 9110, 9.2.2); our PATCHes set whole values."""
_LONGEST_WAIT = 90.0
_SECONDS = 30


class _Wire:
    def __init__(self, api: github.Github) -> None:
        self._api = api

    def send(self, request: Request) -> Any:
        requester = self._api.requester
        # GraphQL is not below the address of the REST API on a server of one's own.
        path = requester.graphql_url if request.path == "/graphql" else request.path
        try:
            _, data = requester.requestJsonAndCheck(request.method, path, input=request.body)
        except GithubException as error:
            after = str({key.lower(): text for key, text in (error.headers or {}).items()}.get("retry-after", ""))
            limited = error.status == 403 and after.isdigit()  # noqa: PLR2004 - so GitHub says "too many requests"
            raise ForgeError(
                request, error.status, _words(error), transient=error.status in _TRANSIENT or limited,
                after=float(after) if after.isdigit() else 0,
            ) from error  # fmt: skip
        except requests.RequestException as error:
            raise ForgeError(request, 0, type(error).__name__, transient=True) from error
        except (ValueError, AssertionError, RuntimeError) as error:
            raise ForgeError(request, 0, f"the answer cannot be read: {error}", transient=False) from error
        return data


def _words(error: GithubException) -> str:
    data = error.data
    if not isinstance(data, dict):
        return str(data)
    details = data.get("errors")
    more = f" {details}" if isinstance(details, list) and details else ""
    return f"{data.get('message', '')}{more}"


def opened(url: str, token: str, *, pace: float = 1.0) -> Wire:
    """Return the way to an API.

    Args:
        url: address of the API.
        token: of an app, a person, or the job.
        pace: seconds between two writes, as GitHub asks for, and the first wait before a repetition.
    """
    retry = GithubRetry(
        total=3, backoff_factor=pace, status_forcelist=sorted(_TRANSIENT), allowed_methods=_REPEATABLE,
        raise_on_status=False, max_rate_limit_wait=_LONGEST_WAIT,
    )  # fmt: skip
    return _Wire(github.Github(
        base_url=url, auth=Auth.Token(token), retry=retry, timeout=_SECONDS, user_agent="proposer",
        seconds_between_requests=None, seconds_between_writes=pace or None,
    ))  # fmt: skip
