"""Path patterns as in gitignore(5), parsed strictly: what cannot be parsed is an error, not a rule without matches."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

__all__ = ["Globs", "PatternError"]


class PatternError(ValueError):
    """A pattern that has no meaning; the message names it."""


@dataclass(frozen=True, kw_only=True)
class Globs:
    """An ordered list of patterns; the last one that matches a path decides.

    `*` and `?` stay within one part of a path, `[...]` is a class, `**` stands for any number of parts. A pattern
    without a slash (other than a last one) matches a name at any depth; one with a slash is anchored at the top. A
    last slash stands for everything below a folder. `!` takes back what an earlier pattern matched.
    """

    _groups: tuple[tuple[bool, re.Pattern[str]], ...]

    @classmethod
    def parse(cls, patterns: Sequence[str], *, below: bool, fold: Callable[[str], str] = lambda text: text) -> "Globs":
        """Read patterns.

        Args:
            patterns: the patterns, in order.
            below: a pattern that matches a folder matches everything below it too, as in gitignore(5).
            fold: applied to each pattern; the caller applies it to paths.

        Raises:
            PatternError: a pattern cannot be parsed.
        """
        groups: list[tuple[bool, list[str]]] = []
        for pattern in patterns:
            wanted = not pattern.startswith("!")
            source = _translate(fold(pattern.removeprefix("!")), pattern, below=below)
            if not groups or groups[-1][0] is not wanted:
                groups.append((wanted, []))
            groups[-1][1].append(source)
        return cls(_groups=tuple((wanted, re.compile("|".join(rows), re.DOTALL)) for wanted, rows in groups))

    def match(self, path: str) -> bool:
        """Tell whether a path matches."""
        return next((wanted for wanted, regex in reversed(self._groups) if regex.fullmatch(path)), False)


def _translate(text: str, shown: str, *, below: bool) -> str:
    """Return a pattern as a regular expression."""
    folder = text.endswith("/")
    body = text.removesuffix("/")
    anchored = "/" in body
    parts = body.removeprefix("/").split("/")
    if "\\" in text or any(char < " " or char == "\x7f" for char in text):
        raise PatternError(f"pattern {shown!r} holds a backslash or a control character")
    if any(part in ("", ".", "..") for part in parts):
        raise PatternError(f"pattern {shown!r} has an empty part, `.` or `..`")
    end = "/.+" if folder else "(?:/.+)?" if below and parts[-1] != "**" else ""
    start = "" if anchored else "(?:.*/)?"
    return f"(?:{start}{''.join(_parts(parts, shown))}{end})"


def _parts(parts: list[str], shown: str) -> Iterable[str]:
    last = len(parts) - 1
    for at, part in enumerate(parts):
        if part == "**":
            yield ".+" if at == last else "(?:.*/)?"
        else:
            yield _part(part, shown) + ("" if at == last else "/")


def _part(part: str, shown: str) -> str:
    """Return one part of a pattern; wildcards do not cross a slash."""
    found: list[str] = []
    at = 0
    while at < len(part):
        char = part[at]
        at += 1
        if char == "*":
            if not found or found[-1] != "[^/]*":
                found.append("[^/]*")
        elif char == "?":
            found.append("[^/]")
        elif char == "[":
            end = part.find("]", at + (2 if part[at : at + 1] in ("!", "^") else 1))
            if end < 0:
                raise PatternError(f"pattern {shown!r} has a `[` without its `]`")
            found.append(_class(part[at:end], shown))
            at = end + 1
        else:
            found.append(re.escape(char))
    return "".join(found)


def _class(body: str, shown: str) -> str:
    negated = body[0] in "!^"
    inside = re.sub(r"([\\\]\[&~|^])", r"\\\1", body[1:] if negated else body)
    try:
        re.compile(f"[{inside}]")
    except re.error as error:
        raise PatternError(f"pattern {shown!r} has a class that cannot be read") from error
    return f"(?!/)[^{inside}]" if negated else f"(?!/)[{inside}]"
