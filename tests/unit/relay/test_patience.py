"""A busy provider is asked once more, inside the deadline; a refusal and an empty account are not."""

from collections.abc import Mapping

import pytest

from proposer.relay.exchange import Reply
from proposer.relay.patience import Patient


class Desk:
    """Answers with one status after the other; the last one stays."""

    def __init__(self, *rows: tuple[int, bytes]) -> None:
        self.rows = list(rows)
        self.asked = 0

    def reply(self, body: bytes, headers: Mapping[str, str]) -> Reply:
        status, text = self.rows[min(self.asked, len(self.rows) - 1)]
        self.asked += 1
        assert (body, headers) == (b"question", {"a": "b"})
        return Reply(status=status, body=iter([text[:3], text[3:]]))


def patient(desk: Desk, *, pause: float = 0.0, left: float = 60.0) -> tuple[Patient, list[str]]:
    steps: list[str] = []
    return Patient(desk, pause=lambda: pause, left=lambda: left, on_step=steps.append), steps


def ask(backend: Patient) -> tuple[int, bytes]:
    reply = backend.reply(b"question", {"a": "b"})
    return reply.status, b"".join(reply.body)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 529])
def test_a_busy_provider_is_asked_once_more(status: int) -> None:
    desk = Desk((status, b"busy"), (200, b"answer"))
    backend, steps = patient(desk)
    assert ask(backend) == (200, b"answer")
    assert (desk.asked, backend.retried) == (2, f"HTTP {status}")
    assert steps == [f"HTTP {status}: asking once more in 0.0 s"]


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (400, b"bad"),
        (401, b"who"),
        (403, b"no"),
        (404, b"what"),
        (429, b'{"error": {"code": "insufficient_quota"}}'),
        (429, b"You exceeded your current Quota"),
    ],
)
def test_what_waiting_does_not_mend_is_passed_on_at_once(status: int, text: bytes) -> None:
    desk = Desk((status, text), (200, b"answer"))
    backend, steps = patient(desk)
    assert ask(backend) == (status, text)
    assert (desk.asked, backend.retried, steps) == (1, "", [])


def test_it_is_once_in_a_run_and_not_once_a_request() -> None:
    desk = Desk((503, b"x" * 9000), (503, b"second"), (500, b"third"), (200, b"answer"))
    backend, _ = patient(desk)
    assert ask(backend) == (503, b"second")
    assert ask(backend) == (500, b"third")
    assert desk.asked == 3


def test_a_pause_that_does_not_fit_before_the_deadline_is_not_made() -> None:
    desk = Desk((429, b"busy" * 3000), (200, b"answer"))
    backend, _ = patient(desk, pause=9.0, left=8.0)
    assert ask(backend) == (429, b"busy" * 3000)
