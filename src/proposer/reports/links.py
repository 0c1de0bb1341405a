"""Where published text may lead: https on an exact host, or on from where it is published, in a plain form.

A plain form is one that every parser and browser reads alike.
"""

import re
from collections.abc import Collection

__all__ = ["Links"]

_HOST = r"(?i:https)://(?P<host>[A-Za-z0-9.-]+(?::[0-9]+)?)(?=[/?#]|$)"
_PATH = r"[\w/?#.~%&=+:;,!'-]"
_BARE = re.compile(rf"{_HOST}{_PATH}*")
_DESTINATION = re.compile(rf"{_HOST}(?:{_PATH}|\({_PATH}*\)|(?<=\w)@)*")
_ONWARD = re.compile(r"#[\w.-]+|(?:\.{0,2}/)?(?:[\w.~+-]+/)*[\w.~+-]+/?(?:\?[\w.=-]*)?(?:#[\w.-]*)?")
"""A path, or a place on the page: on the host where the text is published."""
_ATTACHED = re.compile(r"(?i)/user-attachments/|\.(?:mp4|m4v|mov|webm|ogv|mp3|oga|ogg|wav|flac)(?:[?#]|$)")


class Links:
    """The hosts that links may lead to."""

    def __init__(self, hosts: Collection[str]) -> None:
        """Take exact host names, with a port where the host is reached by one."""
        self._hosts = frozenset(host.lower() for host in hosts)

    def reach(self, destination: str) -> bool:
        """Tell whether a link may have this destination. Without hosts, none may."""
        onward = bool(self._hosts) and _ONWARD.fullmatch(destination) is not None
        return onward or self._allows(_DESTINATION, destination)

    def keep_bare(self, address: str) -> bool:
        """Tell whether this address may stand in the text by itself, where platforms make a link or a player of it."""
        return self._allows(_BARE, address) and not _ATTACHED.search(address)

    def _allows(self, form: re.Pattern[str], address: str) -> bool:
        match = form.fullmatch(address)
        return match is not None and match["host"].lower() in self._hosts and address.count("//") == 1
