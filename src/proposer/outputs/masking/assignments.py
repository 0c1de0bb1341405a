"""Secrets that are known by the name they are given to, in any notation: shell, YAML, JSON, TOML, XML, code, URLs."""

import re
from collections.abc import Iterator

from proposer.outputs.masking.likeness import is_drawn, is_placeholder, is_reference, is_scrambled, is_vague
from proposer.outputs.masking.names import KEYWORDS, Kind, kind_of
from proposer.outputs.masking.shadows import Span

__all__ = ["find", "is_secret"]

_RULE = "assignment"
_NAME = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
_REACH = 64
_QUOTE = r"\\{0,8}[\"']?"
_AFTER = re.compile(
    r"(?P<rest>[A-Za-z0-9_-]{0,60})(?![A-Za-z0-9_-])(?P<closed>(?:\\{0,8}[\"'`]|[\])]){0,3})[ \t]{0,40}(?:"
    r"(?P<pair>(?:[:=]?[ \t]{0,4}\{|,)?\s{0,80}(?:-[ \t]{1,4})?"
    + _QUOTE
    + r"(?:(?:[Pp]arameter|[Dd]efault)?_?[Vv]alue|[Dd]efault)"
    + _QUOTE
    + r"[ \t]{0,20}[:=])"
    r"|(?P<typed>:[ \t]{0,20}&?(?:'\w{1,20} )?[A-Za-z_][\w.\[\], |?]{0,40}=(?![=>]))"
    r"|(?P<go>(?<=[ \t])string[ \t]{1,9}=)"
    r"|(?P<assign>\?=|<<<|\|\||\?\?|:=|=>|={1,3}|!={1,2}|\+=|:(?!:))"
    r"|(?P<tag>(?:[\w:-]{1,30}=\"[^\"<>\r\n]{0,80}\"[ \t]{0,4}){0,4}>)"
    r"|(?P<comma>,(?=\s{0,40}\\{0,8}[\"']))"
    r"|(?P<cell>\|)"
    r"|(?P<says>(?<=[ \t])(?:is|was|are)(?=[ \t:])[ \t]{0,9}:?)"
    r"|(?P<blank>(?<=[ \t])(?=[^\s=:])))"
)
_OPEN = re.compile(r"[ \t]{0,40}[(\[]?(?:\\?\r?\n[ \t]{0,80})?[fFrRbBuU@$]{0,2}(\\{0,8})(\"\"\"|'''|[\"'`])")
_BODY = {
    '"': re.compile(r'[^"\\\r\n]{0,1024}(?:\\.[^"\\\r\n]{0,1024}){0,64}(?=")'),
    "'": re.compile(r"[^'\\\r\n]{0,1024}(?:\\.[^'\\\r\n]{0,1024}){0,64}(?=')"),
    "`": re.compile(r"[^`\r\n]{0,1024}(?=`)"),
}
_LIMIT = 512
_BARE = re.compile(r"[ \t]{0,40}([^\s\"'`<>]{6,521})")
"""As long as the longest value that is looked at, and a mark behind it as far as its colon."""

_CUT = re.compile(r"[\\;&,](?:(?<=\\)[nrt\"'\\]|(?<=[;&,])\s*[\w.\[\]-]{1,40}[=:]|(?<=&)amp;)")
_MARK = "[REDACTED:"
_CLOSING = ",;)]}.:\\"
_REST = re.compile(r"[^\s\"'`<>]*")
_TYPE = re.compile(
    r"(?i)^(?:u?int|float|n?varchar2?|n?char|utf|sha|md|base|string|bytes?|text|argon|pbkdf|str)[-_]?\d{1,4}$"
)
_DOTTED = re.compile(r"^[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*)+[!?]?$")
_FIELD = re.compile(r"\{[A-Za-z_][\w.\[\]]{0,60}(?:![rsa])?(?::[^{}]{0,20})?\}")
"""A field of a format string: `f"password={password!r}"`."""

_OPERATOR = re.compile(r"\|\||&&|[;,]")
_CODED = re.compile(r"(?=.*[0-9])(?=.*[a-z])(?=.*[A-Z])(?=.*[+/=])[A-Za-z0-9+/]{32,}={0,2}$")
_NUMBERED = re.compile(r"(?!.*(?:19|20)[0-9]{6})(?=(?:.*?[0-9]){5})(?=(?:.*?[A-Za-z]){4})[A-Za-z0-9_.-]{12,64}$")
_LONGISH = re.compile(r"(?=(?:.*?[0-9]){3})[A-Za-z0-9_.+-]{16,}$")
_PHRASE = re.compile(r"[a-z]{2,12}(?:[ -][a-z]{2,12}){3,23}")
_SPACED = re.compile(r"[ \t]{0,40}[\"'`]?([A-Za-z0-9+/_.~-]{16,512}={0,2})(?=[\s\"'`|,;)]|\.?$|\.\s)")
_STRONG = re.compile(
    r"[ \t]{0,40}(?=\S{0,64}[A-Za-z])(?=(?:\S{0,64}?[0-9]){2})(?=\S{0,64}[!@#$^&*])"
    r"([A-Za-z0-9!@#$%^&*_.+-]{8,64})(?<!\.)(?=\.?(?:[\s,;|]|$))"
)
_DJANGO = re.compile(
    r"[ \t]{0,40}[\"']?((?:django-insecure-)?(?=(?:[^!@#$%^&*(=+)\s]{0,50}[!@#$%^&*(=+)]){3})(?=(?:[^\d\s]{0,50}\d){3})"
    r"[A-Za-z0-9!@#$%^&*(\-_=+)]{40,64})(?![A-Za-z0-9!@#$%^&*(\-_=+)])"
)
"""What `django-admin startproject` writes as SECRET_KEY; it may look like code: `x(`, `$y`, `&z=`."""

_FURTHER = frozenset({"key", "keys", "phrase"})
"""Names that say nothing without the word before them: `api key`, `signing.key`."""

_LAST_WORD = re.compile(r"[A-Za-z][\w-]{1,40}[ .]$")
_ENDS = re.compile(r"(?:;?[ \t]*(?:[\r\n]|$)|[ \t]+[A-Za-z_]|&|;[A-Z])")
_PROSE = frozenset(
    "the for your to is be of in must enter please and or not with this that if it are can as on".split()  # noqa: SIM905
)
_SHORTEST, _KEY, _LISTED = 6, 12, 16
_SYMBOLS = frozenset("!@#$%^&*+=?~")
_VALUE_FIRST = re.compile(
    r"[Vv]alueQG[:=]GQ([^\s\"'\\]{6,256})Q,?\s{0,80}Q(?:[Nn]ame|[Kk]ey|[Ii]d)QG[:=]GQ([\w-]{3,64})".replace(
        "Q", _QUOTE
    ).replace("G", r"[ \t]{0,20}")
)


def is_secret(value: str, kind: Kind, *, quoted: bool = True, loose: bool = False) -> bool:
    """Judge a value that is given to a name.

    Args:
        value: without its quotes.
        kind: what the name promises.
        quoted: a literal for sure; otherwise it may be a piece of code.
        loose: a notation that has no code in it, such as an environment file, a command line or a header.
    """
    if not kind or len(value) < _SHORTEST or is_placeholder(value) or is_reference(value):
        return False
    if is_drawn(value) or _CODED.match(value) or _NUMBERED.match(value):
        return True
    if kind == "secret" and loose and _LONGISH.match(value):
        return True
    return kind == "password" and _is_password(value, quoted=quoted, loose=loose)


def _is_password(value: str, *, quoted: bool, loose: bool) -> bool:
    """Judge what a person may have thought of."""
    if any(map(str.isspace, value)) or value.count("-") >= 3:  # noqa: PLR2004
        if not value.islower() or any(map(str.isdigit, value)):
            return not any(map(str.isspace, value)) and _is_mixed(value, quoted=quoted, loose=loose)
        return _is_phrase(value) and (quoted or loose)
    return _is_mixed(value, quoted=quoted, loose=loose)


def _is_mixed(value: str, *, quoted: bool, loose: bool) -> bool:
    """Judge a password without blanks."""
    if value.isdigit():
        return True
    letters, digits = any(map(str.isalpha, value)), sum(map(str.isdigit, value))
    if letters and not _SYMBOLS.isdisjoint(value) and not _DOTTED.match(value):
        return True
    if quoted or loose:
        words = value.isalpha() and value.islower() and len(value) >= (10 if loose else 16)
        return (letters and digits > 0) or words or is_scrambled(value)
    return digits > 1 and value[0].islower() and "_" not in value and not _TYPE.match(value)


def _is_phrase(value: str) -> bool:
    """Tell whether some plain words are a passphrase, and no sentence about one."""
    words = re.split("[ -]", value)
    return bool(_PHRASE.fullmatch(value)) and _PROSE.isdisjoint(words) and sum(map(is_vague, words)) < 2  # noqa: PLR2004


def find(text: str, low: str) -> Iterator[Span]:
    """Yield the values that are given to secret names; `low` is the text in small letters, place for place."""
    for keyword in KEYWORDS:
        at = low.find(keyword)
        while at >= 0:
            after = _AFTER.match(text, at)
            if after is not None:
                start = _start(text, at, after.end("rest"))
                kind = kind_of(text[start : after.end("rest")])
                if not kind and low[start : after.end("rest")] in _FURTHER:
                    word = _LAST_WORD.search(text, max(0, start - _REACH), start)
                    kind = kind_of(text[word.start() : after.end("rest")]) if word else ""
                if kind:
                    yield from _given(text, start, after, kind)
            at = low.find(keyword, at + len(keyword))
    if "value" in low:
        for match in _VALUE_FIRST.finditer(text):
            if is_secret(match[1], kind_of(match[2])):
                yield Span(*match.span(1), _RULE)


def _start(text: str, at: int, end: int) -> int:
    r"""Return where the name around `at` begins; the letter of an escape such as `\n` before it is none of it."""
    floor = max(0, at - _REACH)
    start = floor + len(text[floor:at].rstrip(_NAME))
    escaped = start < at and text[start] in "nrtbf" and text[start - 1 : start] == "\\"
    return start + 1 if escaped and kind_of(text[start + 1 : end]) else start


def _given(text: str, start: int, after: re.Match[str], kind: Kind) -> Iterator[Span]:
    """Yield the value that a name is given, if it is one."""
    loose = _is_loose(text, start, after)
    at = after.end()
    if loose is None:
        if after.lastgroup in ("blank", "cell"):
            yield from _behind(text, at, kind)
        return
    if kind == "secret" and (key := _DJANGO.match(text, at)):
        yield Span(*key.span(1), _RULE)
        return
    if opened := _OPEN.match(text, at):
        at = opened.end()
        last = _closing(text, at, opened[1], opened[2])
        if last >= 0:
            listed = after.lastgroup == "comma" and kind == "secret" and last - at < _LISTED
            if not listed and is_secret(text[at:last], kind, loose=loose):
                yield Span(at, last, _RULE)
            return
    elif after.lastgroup == "comma" or (after.lastgroup == "blank" and not loose):
        return
    if kind == "password" and text[start : after.end("rest")].lower().endswith(("phrase", "mnemonic")):
        phrase = _PHRASE.match(text, at + 1)
        if phrase and text[at] == " " and is_secret(phrase[0], kind):
            yield Span(*phrase.span(), _RULE)
            return
    yield from _bare(text, at, start, after, kind, loose=loose)


def _behind(text: str, at: int, kind: Kind) -> Iterator[Span]:
    """Yield what stands behind a name with nothing but blanks between, if it cannot be a word."""
    spaced = _SPACED.match(text, at)
    if spaced and is_drawn(spaced[1]) and sum(map(str.isdigit, spaced[1])) > 1 and _is_literal(spaced[1]):
        yield Span(*spaced.span(1), _RULE)
    elif kind == "password" and (strong := _STRONG.match(text, at)) and _is_literal(strong[1]):
        yield Span(*strong.span(1), _RULE)


def _bare(text: str, at: int, start: int, after: re.Match[str], kind: Kind, *, loose: bool) -> Iterator[Span]:
    """Yield the value that stands at a place without quotes, if it is one."""
    bare = _BARE.match(text, at)
    if bare is None:
        return
    cut = _CUT.search(bare[1])
    value = (bare[1][: cut.start()] if cut else bare[1]).partition(_MARK)[0][:_LIMIT]
    if _FIELD.match(value):
        return
    value = value.rstrip(_CLOSING)
    place = bare.start(1)
    last = place + len(value)
    loose = loose or (after.lastgroup == "assign" and _is_line(text, start, after, value, last))
    judged = value if loose else _OPERATOR.split(value, maxsplit=1)[0]
    called = text[last : last + 1] in ("(", "[") and not text.startswith(_MARK, last)
    if called or (_is_dotted(judged) and not loose):
        return
    if is_secret(judged, kind, quoted=False, loose=loose):
        rest = _REST.match(text, last) if len(value) >= _LIMIT else None
        yield Span(place, rest.end() if rest else last, _RULE)


def _is_literal(value: str) -> bool:
    return not (is_placeholder(value) or is_reference(value))


def _is_dotted(value: str) -> bool:
    """Tell whether a value is the name of an attribute, such as `settings.password2`."""
    return bool(_DOTTED.match(value)) and not any(len(part) >= _KEY and is_drawn(part) for part in value.split("."))


def _is_line(text: str, start: int, after: re.Match[str], value: str, last: int) -> bool:
    """Tell whether a name and its value stand as in a configuration file or a connection string.

    That is `password=hunter2` up to the end of a line or a blank, `Password=hunter2;Server=`, and `db_pass: hunter2` on
    a line of its own, but nothing that may be a name or a type of code.
    """
    tight = after["assign"] == "=" and not text[after.end() : after.end() + 1].isspace()
    alone = after["assign"] == ":" and not text[max(0, start - _REACH) : start].rpartition("\n")[2].strip(" \t-")
    if not (tight or alone) or "_" in value or _TYPE.match(value) or not value[:1].islower():
        return False
    ends = _ENDS.match(text, last)
    return ends is not None and (tight or not ends[0][-1:].isalpha())


def _is_loose(text: str, start: int, after: re.Match[str]) -> bool | None:
    """Tell whether the notation has no code in it; None where nothing is given to the name at all."""
    how, operator = after.lastgroup, after[after.lastgroup or 0]
    before, flag = text[start - 1 : start], text.startswith("-", start)
    name = text[start : after.end("rest")]
    given, loose = True, how in ("pair", "says", "tag") or flag or before in ("?", "&")
    if how == "tag":
        # <password>x</password>, <string name="password">x</string>
        # but not (?P<password>...) of a regular expression
        opened = before == "<" or (before == ":" and "<" in text[max(0, start - 20) : start])
        given = (opened and text[start - 3 : start - 1] != "?P") or (
            bool(after["closed"]) and "<" in text[max(0, start - 80) : start]
        )
    elif how == "comma":
        given = bool(after["closed"])
    elif how == "cell":
        return None
    elif how == "blank":
        # --password x; CREATE USER x PASSWORD 'x'; :password "x"; #define PASSWORD "x"
        quote = text[after.end() : after.end() + 1]
        given = flag or quote == "'" or before == ":" or (quote == '"' and name.isupper())
    elif operator == "=" and not loose:
        loose = name.isupper() and text[after.end() : after.end() + 1] not in (" ", "\t")
    elif operator == ":":
        # X-Api-Key: x; but not arn:aws:secretsmanager:region:account:secret:name
        given, loose = before != ":", loose or "-" in name
    # What stands right behind :// is the user of a URL.
    return loose if given and not text.endswith("://", 0, start) else None


def _closing(text: str, first: int, escape: str, quote: str) -> int:
    """Return where a quoted literal ends; -1 where it does not, on its line."""
    if escape or len(quote) > 1:
        last = text.find(escape + quote, first, first + 1024)
        return -1 if last < 0 or "\n" in text[first:last] else last
    body = _BODY[quote].match(text, first)
    return body.end() if body else -1
