"""Which values of an environment are secrets: by their names, and by what they look like."""

import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote, urlsplit

from proposer.outputs.masking.known import is_worth
from proposer.outputs.masking.likeness import is_drawn, is_placeholder
from proposer.outputs.masking.names import kind_of

__all__ = ["leaves", "secret_values"]

_LONG = 20
_LEAF = 16
_NAMED = re.compile(
    r"(?i)(?:^|[_.-])(?:key|keys|pass|pw|pat|otp|pin|salt|seed|cookie|cookies|private|bearer|webhook|passwd)(?:$|[_.-])"
    r"|secret|token|passw|passphrase|credential|apikey|auth(?!or)|_dsn$|_pwd$|^dsn$|conn(?:ection)?_?str"
)
_PUBLIC = re.compile(
    r"(?i)(?:^|_)(?:public|pub|path|paths|file|files|dir|dirs|home|root|sock|socket|host|hosts|hostname|port|name|names"
    r"|type|version|user|username|email|url|uri|endpoint|region|id|ids|timeout|ttl|algorithm|method|mode|enabled|disabled"
    r"|count|length|size|lifetime|expiry|ref|refs|sha|sha1|sha256|commit|rev|revision|digest|hash|checksum|head|base|tree"
    r"|branch|tag|repository|repo|slug|workflow|actor|job|run|image|args|opts|options|flags|colors|colours|prompt|desktop"
    r"|display|session|term|lang|date|time|timestamp|title|message|description|author|build|sourceversion)(?:$|_[0-9]*$)"
)
_SYSTEM_TEXT = """
    PATH HOME PWD OLDPWD SHELL TERM LANG LANGUAGE USER LOGNAME HOSTNAME TMPDIR TEMP TMP EDITOR VISUAL PAGER
    DISPLAY MANPATH INFOPATH PYTHONPATH LD_LIBRARY_PATH LS_COLORS LSCOLORS COLORTERM TERM_PROGRAM PS1 PS2 PS4
    PROMPT_COMMAND IFS _ INVOCATION_ID JOURNAL_STREAM SHLVL TZ MAIL LESSOPEN LESSCLOSE XDG_DATA_DIRS
    XDG_CONFIG_DIRS DBUS_SESSION_BUS_ADDRESS SSH_AUTH_SOCK SSH_AGENT_PID SSH_CLIENT SSH_CONNECTION SSH_TTY
    GPG_AGENT_INFO XAUTHORITY WINDOWID SESSION_MANAGER
"""
_SYSTEM = frozenset(_SYSTEM_TEXT.split())
_PLACE = re.compile(
    r"^(?:[~.]{0,2}/|[A-Za-z]:[\\/]|\$|[\w.-]+(?::[0-9]+)?/?$(?<=\.(?:com|org|net|dev))|(?:[\w.+-]+:)?(?:/[\w.@%+-]+)+/?$)"
)

_DOTTED = re.compile(r"^[A-Za-z]+(?:\.[A-Za-z]+)+$")


def secret_values(environment: Mapping[str, str]) -> list[str]:
    """Return the values of an environment whose name or length suggests a secret, and the secret parts of them.

    Left out is what would make reports unreadable if it were masked: words, paths, addresses without a password,
    and what CI systems publish about a build.
    """
    found: dict[str, None] = {}
    for name, value in environment.items():
        named = bool(_NAMED.search(name) or kind_of(name)) and not name.upper().startswith(("NEXT_PUBLIC_", "VITE_"))
        if name in _SYSTEM or name.startswith(("LC_", "XDG_")) or not is_worth(value):
            continue
        if value.isalpha() and value != value.swapcase() and not kind_of(name) and not is_drawn(value):
            continue  # one word, and the name is not that of a secret itself: AUTH_BACKEND=cognitopool
        public = bool(_PUBLIC.search(name))
        found.update(dict.fromkeys(_chosen(value, named=named, public=public)))
    return list(found)


def _chosen(value: str, *, named: bool, public: bool) -> Iterable[str]:
    """Yield the secret parts of one value."""
    text = value.strip()
    if "://" in text:
        yield from _of_url(value, named=named)
        return
    if text.startswith(("{", "[")):
        yield from (leaf for leaf in leaves(text) if is_drawn(leaf) or "\n" in leaf)
        if named:
            yield value
        return
    if is_placeholder(text) or _PLACE.match(text) or _DOTTED.match(text):
        return
    if named and not public:
        yield value
        user, colon, password = text.partition(":")
        if colon and user.isidentifier() and is_worth(password) and "\n" not in text:
            yield password
    elif (named and is_drawn(text)) or (
        not public and len(text) >= _LONG and not re.search(r"\s", text) and _is_token(text)
    ):
        yield value


def _is_token(text: str) -> bool:
    return is_drawn(text) and not re.search(r"[,;()<>{}|*?]|\.\.|/[^/]*/[^/]*\.", text)


def _of_url(value: str, *, named: bool) -> Iterable[str]:
    """Yield the password of a URL, and the whole of one whose name says that it is a secret, such as a web hook."""
    parts = _userinfo(value.strip())
    yield from parts
    if named and (parts or is_drawn(value.strip().rpartition("/")[2])):
        yield value


def _userinfo(text: str) -> list[str]:
    """Return the passwords of a URL, as written and decoded."""
    try:
        password = urlsplit(text).password or ""
    except ValueError:
        return []
    return [part for part in {password: None, unquote(password): None} if is_worth(part) and not is_placeholder(part)]


def leaves(document: str) -> list[str]:
    """Return the long strings of a JSON document, such as the tokens of an auth.json."""
    found: list[str] = []
    try:
        waiting = [json.loads(document)]
    except (ValueError, RecursionError):
        return []
    while waiting:
        value = waiting.pop()
        if isinstance(value, str) and len(value) >= _LEAF:  # shorter ones are names and modes
            found.append(value)
        elif isinstance(value, dict):
            waiting.extend(reversed(value.values()))
        elif isinstance(value, list):
            waiting.extend(reversed(value))
    return found
