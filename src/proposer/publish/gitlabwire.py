"""The way to GitLab's REST API: python-gitlab's client, with retries of what can be repeated without harm."""

from typing import Any

import gitlab
import requests

from proposer.publish.wire import ForgeError, Request, Wire

__all__ = ["opened"]

_TRANSIENT = frozenset({429, 500, 502, 503, 504})
_REPEATABLE = frozenset({"GET", "PUT", "DELETE"})
_SECONDS = 30
_PREFIX = "/api/v4"


class _Wire:
    def __init__(self, api: gitlab.Gitlab, tries: int) -> None:
        self._api = api
        self._tries = tries

    def send(self, request: Request) -> Any:
        safe = request.method in _REPEATABLE
        try:
            answer = self._api.http_request(
                request.method.lower(), request.path, post_data=dict(request.body) if request.body else None,
                # 429 means that nothing was done, so all may be repeated; after other faults it may have been done.
                obey_rate_limit=True, retry_transient_errors=safe, max_retries=self._tries,
            )  # fmt: skip
            return answer.json()
        except gitlab.GitlabError as error:
            status = error.response_code or 0
            raise ForgeError(request, status, str(error.error_message), transient=status in _TRANSIENT) from error
        except requests.JSONDecodeError as error:
            raise ForgeError(request, 0, "the answer is not JSON", transient=False) from error
        except requests.RequestException as error:
            raise ForgeError(request, 0, type(error).__name__, transient=True) from error


def opened(url: str, token: str, *, tries: int = 3) -> Wire:
    """Return the way to an API.

    Args:
        url: address of the API, with or without `/api/v4`.
        token: a project's, a group's or a person's.
        tries: how often what can be repeated is repeated.
    """
    api = gitlab.Gitlab(
        url.removesuffix(_PREFIX), private_token=token, timeout=_SECONDS, user_agent="proposer", keep_base_url=True
    )
    return _Wire(api, tries)
