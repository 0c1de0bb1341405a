"""Who did something on a forge."""

from dataclasses import dataclass

__all__ = ["NOBODY", "Account"]


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account; `id` tells accounts apart, for names can be chosen. 0: the forge does not say."""

    id: int = 0
    login: str = ""
    bot: bool = False


NOBODY = Account()
"""Whoever the forge does not name."""
