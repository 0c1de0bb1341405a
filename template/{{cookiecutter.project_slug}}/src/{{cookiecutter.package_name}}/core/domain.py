"""The words that modules share: who asks, and the ways in which a request is refused."""

from dataclasses import dataclass
from typing import ClassVar

__all__ = [
    "ConflictError",
    "InvalidError",
    "NotFoundError",
    "Principal",
    "RefusedError",
    "UnauthenticatedError",
]


@dataclass(frozen=True, kw_only=True)
class Principal:
    """Who makes a request: the owner's name of a token, never a person's data."""

    name: str


class RefusedError(Exception):
    """A request that is refused for a reason its sender can act on.

    The message goes to the sender: it names fields and rules, never the values that were sent.
    """

    status: ClassVar[int] = 400

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        """Stable, machine-readable reason."""
        self.message = message


class InvalidError(RefusedError):
    """The content breaks a rule of the domain."""

    status: ClassVar[int] = 422


class ConflictError(RefusedError):
    """The request contradicts an earlier one."""

    status: ClassVar[int] = 409


class NotFoundError(RefusedError):
    """What the request is about does not exist."""

    status: ClassVar[int] = 404


class UnauthenticatedError(RefusedError):
    """The request carries no credentials that count."""

    status: ClassVar[int] = 401
