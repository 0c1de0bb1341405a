"""The way to GitLab's REST API: python-gitlab's client, with retries of what can be repeated without harm."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gitlab
import requests

from proposer.publish.wire import ForgeError, Request, Store

__all__ = ["opened"]

_TRANSIENT = frozenset({429, 500, 502, 503, 504})
_REPEATABLE = frozenset({"GET", "PUT", "DELETE"})
_SECONDS = 30
_GONE = 404
_PART = 64 * 1024
_PREFIX = "/api/v4"


class _Wire:
    def __init__(self, api: gitlab.Gitlab, tries: int) -> None:
        self._api = api
        self._tries = tries

    def send(self, request: Request) -> Any:
        with _told(request):
            return self._answer(request).json()

    def data(self, request: Request, most: int) -> bytes | None:
        with _told(request):
            try:
                answer = self._answer(request, streamed=True)
            except gitlab.GitlabHttpError as error:
                if error.response_code == _GONE:
                    return None
                raise
            with answer:
                found = bytearray()
                for part in answer.iter_content(_PART):
                    found += part
                    if len(found) > most:
                        break
                return bytes(found)

    def _answer(self, request: Request, *, streamed: bool = False) -> requests.Response:
        return self._api.http_request(
            request.method.lower(), request.path, post_data=dict(request.body) if request.body else None,
            # 429 means that nothing was done, so all may be repeated; after other faults it may have been done.
            obey_rate_limit=True, retry_transient_errors=request.method in _REPEATABLE, max_retries=self._tries,
            streamed=streamed,
        )  # fmt: skip


@contextmanager
def _told(request: Request) -> Iterator[None]:
    """Turn the client's faults into ours."""
    try:
        yield
    except gitlab.GitlabError as error:
        status = error.response_code or 0
        raise ForgeError(request, status, str(error.error_message), transient=status in _TRANSIENT) from error
    except requests.JSONDecodeError as error:
        raise ForgeError(request, 0, "the answer is not JSON", transient=False) from error
    except requests.RequestException as error:
        raise ForgeError(request, 0, type(error).__name__, transient=True) from error


def opened(url: str, token: str, *, tries: int = 3) -> Store:
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
