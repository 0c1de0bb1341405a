"""Secrets that are known by where they stand: headers, URLs, command lines, cookies. Patterns as data."""

import re
from base64 import b64decode
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from proposer.outputs.masking.likeness import is_drawn, is_placeholder, is_reference
from proposer.outputs.masking.shadows import Span

__all__ = ["PLACES", "Place", "find", "grouped"]


_LONG = 12
_DOTTED = re.compile(r"^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$")


def _any(value: str) -> bool:
    return not (is_placeholder(value) or is_reference(value))


def _drawn(value: str) -> bool:
    return is_drawn(value) and _any(value)


def _typed(value: str) -> bool:
    """Tell whether a value may be a password on a command line: no port, no path, no variable."""
    return _any(value) and not (value.isdigit() and len(value) < 6) and not value.startswith(("-", "=", ":", "/", "."))  # noqa: PLR2004


def _mixed(value: str) -> bool:
    """Tell whether a literal is more than a word."""
    return _any(value) and any(map(str.isdigit, value)) and not any(map(str.isspace, value))


def _basic(value: str) -> bool:
    """Tell whether a value is `user:password` in base64 (RFC 7617), or drawn all the same."""
    try:
        text = b64decode(value + "=" * (-len(value) % 4), altchars=b"-_").decode()
    except ValueError:
        return _drawn(value)
    user, colon, password = text.partition(":")
    return bool(colon) and (user + password).isprintable() and bool(password)


def _sent(value: str) -> bool:
    """Tell whether what follows an `Authorization:` is a credential."""
    if _DOTTED.match(value) and not any(is_drawn(part) for part in value.split(".")):
        return False
    if _drawn(value) or (len(value) >= _LONG and any(map(str.isdigit, value)) and _any(value)):
        return True
    return value.endswith("=") and _basic(value)


class Place(NamedTuple):
    """Where a secret stands.

    Attributes:
        rule: the name in `[REDACTED:<rule>]`.
        anchor: literal in small letters, the beginning of the place; empty where the pattern begins with a rare
            character and is looked for itself. One search serves all places with the same anchor.
        pattern: regular expression that begins at an anchor; its group `v` is the secret. Every repetition is bounded,
            so that a search stays linear.
        judge: has the last word about the value.
        line: what must stand before the anchor, on its line.
    """

    rule: str
    anchor: str
    pattern: re.Pattern[str]
    judge: Callable[[str], bool]
    line: re.Pattern[str] | None = None


def _place(rule: str, anchor: str, judge: Callable[[str], bool], pattern: str, line: str = "") -> Place:
    return Place(
        rule,
        anchor,
        re.compile(f"(?i:{pattern})" if anchor else pattern),
        judge,
        re.compile(line) if line else None,
    )


_Q = r"\\{0,8}[\"'`]?"
_FREE = r"(?:\b|(?<=\\[nrt]))"
"""No letter stands before, or only that of an escape."""

_CLIENTS = _FREE + r"(?:curl|wget|https?|ab|lftp|smbclient|mosquitto_[a-z]{3})\b"
_LOGINS = (
    _FREE + r"(?:sshpass|docker[ \t]+login|podman[ \t]+login|registry[ \t]+login|az[ \t]+login|oc[ \t]+login|redis-cli"
    r"|ldap[a-z]{3,9}|7z|u?n?zip|mongo[a-z]{0,9}|mysql[a-z]{0,9}|mariadb[a-z-]{0,9}|cqlsh|influx)\b"
)
PLACES: tuple[Place, ...] = (
    _place("authorization", "auth", _sent,
           r"(?:(?<![a-z])|(?<=\\[nrt]))authorization"
           + _Q + r"\]?\s{0,4}(?:=>|[:=,])\s{0,4}" + _Q + r"(?:[a-z][a-z0-9-]{2,20}[ \t]{1,4}" + _Q
           + r")?"
           r"(?P<v>[a-z0-9._~+/=:|%-]{8,4096})"),
    _place("digest", "digest ", _drawn, r"digest[ \t][^\r\n]{0,800}?response=" + _Q + r"(?P<v>[0-9a-f]{32,128})"),
    _place("bearer", "bearer", _drawn,
           r"bearer" + _Q + r"(?:[ \t]{1,4}|[ \t]?[:=][ \t]?|%20|\+)" + _Q + r"(?P<v>[a-z0-9._~+/=|-]{12,4096})"),
    _place("basic", "basic ", _basic, r"basic[ \t]{1,4}(?P<v>[a-z0-9+/_-]{8,1024}={0,2})"),
    _place("signature", "signature=", _drawn, r"signature=(?P<v>[a-z0-9%+/=_~-]{20,1024})"),
    _place("query", "", _drawn, r"[?&](?:key|auth|sid|code|apikey)=(?P<v>[A-Za-z0-9%_.~-]{16,512})"),
    _place("azure-client", "q~", _drawn, r"(?<=[\w.~-]{3}[0-9])(?P<v>q~[a-z0-9_~.-]{31,34})(?![a-z0-9_~-])"),
    _place("url-password", "://", _any,
           r"://(?P<user>[^\s/?#\"'<>@:\\]{0,128}):(?!(?P=user)@)"
           r"(?P<v>[^\s\"'<>?#/]{3,256}|(?![0-9]{1,5}[/?#])[^\s\"'<>@]{3,80})@(?=[a-z0-9\[_*.-])"),
    _place("url-token", "://", _drawn, r"://(?P<v>(?P<user>[a-z0-9_.~-]{16,255})(?::(?P=user))?)(?::(?:x-oauth-basic)?)?@"),
    _place("oracle-url", "jdbc:oracle:", _any, r"jdbc:oracle:[a-z]{1,8}:[^/\s]{1,64}/(?P<v>[^@\s\"']{3,128})@"),
    _place("curl", " -", _typed,
           r"[ ](?:-u|--user|--proxy-user)[ =]{0,2}[\"']?(?P<user>[^\s:%\"'$]{1,64})[:%](?!(?P=user)\b)"
           r"(?P<v>[^\s\"'$]{3,256})", _CLIENTS),
    _place("command-line", " -", _typed, r"[ ]-(?:p[ =]?|[aw][ ])[\"']?(?P<v>[^\s\"'-][^\s\"']{3,128})", _LOGINS),
    _place("command-line", "echo ", _typed,
           r"echo[ \t]+(?:-n[ \t]+)?[\"']?(?P<v>[^\s\"'|$]{4,128})[\"']?[ \t]*\|[ \t]*"
           r"(?:sudo[ \t]+-s\b|passwd\b|chpasswd\b|[^\r\n|]{0,120}--(?:password|token|with)-(?:stdin|token)\b)"),
    _place("basic", "auth", _mixed,
           r"auth(?: ?= ?)?\(\s{0,40}[\"'][^\"'\r\n]{1,64}[\"'],\s{0,40}[\"'](?P<v>[^\"'\r\n]{6,128})[\"']"),
    _place("openssl-pass", "pass:", _typed, r"pass:(?P<v>[^\s\"']{4,128})", r"-pass(?:in|out)?[ =]+[\"']?$"),
    _place("netrc", "machine ", _any,
           r"machine\s{1,9}\S{1,255}\s{1,9}login\s{1,9}\S{1,255}\s{1,9}password\s{1,9}(?P<v>\S{3,256})"),
    _place("sql", "identified ", _any,
           r"identified(?:[ \t]+with[ \t]+\w{1,40})?[ \t]+by[ \t]+(?:password[ \t]+)?[\"']"
           r"(?P<v>[^\"'\r\n]{3,128})[\"']"),
    _place("password-hash", "", bool,
           r"\$(?P<v>(?:1|2[abxy]?|5|6|7|g?y|sha1|apr1|argon2(?:id?|d)|scrypt|bcrypt-sha256|pbkdf2[a-z0-9-]{0,12})"
           r"\$[./A-Za-z0-9$,=+-]{20,256}"
           r"|(?:(?<=pbkdf2_sha256\$)|(?<=pbkdf2_sha1\$)|(?<=scrypt\$)|(?<=bcrypt\$)|(?<=bcrypt_sha256\$))[A-Za-z0-9./+=$]{20,256})"),
)  # fmt: skip


def grouped(rows: Iterable[Place]) -> dict[str, tuple[Place, ...]]:
    """Return places by their anchor."""
    groups = defaultdict[str, list[Place]](list)
    for row in rows:
        groups[row.anchor].append(row)
    return {anchor: tuple(group) for anchor, group in groups.items()}


_GROUPS = grouped(PLACES)
_LINE = 200
_BOUND = 4096
_REST = re.compile(r"[A-Za-z0-9._~+/=|%:-]*")

_COOKIE = re.compile(r"(?i:cookie2?)" + _Q + r"\]?[ \t]{0,4}(?:=>|[:=,])[ \t]{0,4}" + _Q + r"([^\r\n\"'`]{3,4096})")
_CRUMB = re.compile(r"[;, \t]{0,4}([A-Za-z0-9_.$%@-]{1,80})=([^;,\s\\]{6,4096})")
_ATTRIBUTES = frozenset(
    {"path", "domain", "expires", "max-age", "samesite", "secure", "httponly", "priority", "version"}
)
_SESSION = re.compile(r"(?i)sess|sid|auth|token|csrf|xsrf|jwt|login|remember|user|ticket|key|secret|id$")


def find(text: str, low: str) -> Iterator[Span]:
    """Yield secrets by where they stand; `low` is the text in small letters, place for place."""
    for anchor, group in _GROUPS.items():
        if not anchor:
            yield from _anywhere(text, group)
            continue
        at = low.find(anchor)
        while at >= 0:
            for place in group:
                found = place.pattern.match(text, at)
                if found and place.judge(found["v"]) and (place.line is None or _stands(text, at, place.line)):
                    start, end = found.span("v")
                    rest = _REST.match(text, end) if end - start >= _BOUND else None
                    yield Span(start, rest.end() if rest else end, place.rule)
            at = low.find(anchor, at + len(anchor))
    at = low.find("cookie")
    while at >= 0:
        header = _COOKIE.match(text, at)
        if header is not None:
            yield from _crumbs(text, *header.span(1))
        at = low.find("cookie", header.end() if header is not None else at + 1)


def _anywhere(text: str, group: tuple[Place, ...]) -> Iterator[Span]:
    """Yield the secrets whose place begins with a character that is rare enough to be looked for itself."""
    for place in group:
        for match in place.pattern.finditer(text):
            if place.judge(match["v"]):
                yield Span(*match.span("v"), place.rule)


def _stands(text: str, at: int, pattern: re.Pattern[str]) -> bool:
    start = max(text.rfind("\n", max(0, at - _LINE), at), at - _LINE, 0)
    return bool(pattern.search(text, start, at))


def _crumbs(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the values of cookies that hold a session, from `Cookie:` and `Set-Cookie:` (RFC 6265)."""
    for crumb in _CRUMB.finditer(text, start, end):
        name, value = crumb[1], crumb[2]
        if name.lower() in _ATTRIBUTES or not _any(value):
            continue
        if is_drawn(value) or (_SESSION.search(name) and len(value) >= 8 and any(map(str.isdigit, value))):  # noqa: PLR2004
            yield Span(*crumb.span(2), "cookie")
