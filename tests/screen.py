"""What a page did in a browser."""

from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Page

__all__ = ["Opener", "Seen"]


@dataclass
class Seen:
    """A page, what it said (messages, errors, dialogs, other pages), and what it asked for."""

    page: Page
    faults: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


Opener = Callable[..., Seen]
