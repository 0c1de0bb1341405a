"""What a platform acts on in rendered text: addresses, mentions, references, commands.

GitHub looks for mentions in rendered text with ASCII word boundaries (html-pipeline's MentionFilter), GitLab too
(lib/gitlab/path_regex.rb); GitLab reads quick actions from the source. Every rule here is wider.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from operator import itemgetter

from proposer.reports.inline import CODE, Inline
from proposer.reports.links import Links
from proposer.reports.references import closing, references

__all__ = ["command_at", "live"]

Part = tuple[int, int]

_SLASHES = re.compile(r":[/\\]{1,2}")
_REST = re.compile(rf"[^\s<`|{CODE}]+")
_SCHEME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-")
_LONGEST = 1000
_TOKEN = re.compile(rf"[^ \t\n<]{{1,{_LONGEST}}}")
_LONGEST_SCHEME = 40
_HALF = 2
"""A colon and a single slash, which browsers take for two where they know the scheme."""
_WWW = re.compile(rf"(?<![A-Za-z0-9])(?i:www)\.[^\s<`|{CODE}]*")
_SCHEMELESS = re.compile(rf"(?<![\w:/\\.])//[\w-]{{1,63}}(?:\.[\w-]{{1,63}})+[^\s<`|{CODE}]*")
_BROKEN = r"[\t\n]*"
_SCRIPT = re.compile(
    rf"(?i)(?:{_BROKEN.join('javascript')}|{_BROKEN.join('vbscript')}):[^\s`|{CODE}]+"
    rf"|(?<![a-z0-9])data:(?=[a-z]+/|[;,])[^\s`|{CODE}]+"
)
_TRAILING = ".,;:!?'\"*_~>"
_PAIRS = {")": "(", "]": "[", "}": "{"}

_LOCAL = frozenset("._%+-")
_DOMAIN = re.compile(r"(?:[\w@-]|\.(?=[A-Za-z0-9]))+")
_BEYOND = re.compile(r"[:/][\w.@/~+-]*")
_MENTION = re.compile(r"(?<![A-Za-z0-9])[@\uff20\ufe6b](?=[._]*[A-Za-z0-9])[\w./-]*")

_BEFORE_COMMAND = (
    r"(?:[ \t>*_~+:\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000-]|[0-9]{1,9}[.)]|\[[ xX]\]|#{1,6}(?=[ \t])"
    r"|\[\^[^\[\]\s]{1,99}\]:)*"
)
_COMMAND = re.compile(rf"(?m)^{_BEFORE_COMMAND}(/[A-Za-z][^\s`<>|{CODE}]*)")


def live(inline: Inline, links: Links, held: list[Part], *, opens_line: bool) -> list[Part]:
    """Return the parts of a stretch's source that would act on their own, in order.

    Args:
        inline: the stretch.
        links: the hosts that addresses may lead to.
        held: the destinations of the allowed links, in order; in them only closing forms act.
        opens_line: the stretch starts at the start of a line (the second cell of a row does not).
    """
    text = inline.shown
    addresses = list(_addresses(inline, links, held))
    found = [(start, end) for start, end, allowed in addresses if not allowed]
    links_in_text = [(start, end) for start, end, allowed in addresses if allowed]
    named = [part for part in references(text) if not _within(part, links_in_text)]
    found += [(start, end) for start, end in named if "/" in text[start:end]]  # of another project
    if "@" in text or "\uff20" in text or "\ufe6b" in text:
        found += _mails(inline)
        found += _trimmed(text, _MENTION, _bare_name)
    if "/" in text:
        found += _commands(text, opens_line=opens_line)
    parts = sorted(inline.place(*part) for part in found)
    parts = [part for part in parts if not _within(part, held)]
    return sorted({*parts, *(inline.place(*part) for part in closing(text, dict(named)))})


def command_at(line: str) -> bool:
    """Tell whether a line starts with a command such as `/close`; a path (`/usr/bin`) is none."""
    match = _COMMAND.match(line)
    return match is not None and "/" not in match[1][1:]


def _trimmed(text: str, form: re.Pattern[str], trim: Callable[[str], str]) -> Iterator[Part]:
    for match in form.finditer(text):
        yield match.start(), match.start() + len(trim(match[0]))


def _bare_name(mention: str) -> str:
    return mention.rstrip("._/-")


def _bare_address(address: str) -> str:
    """Return an address without the punctuation of the sentence around it."""
    missing = {closing: address.count(closing) - address.count(opening) for closing, opening in _PAIRS.items()}
    end = len(address)
    while end and (address[end - 1] in _TRAILING or missing.get(address[end - 1], 0) > 0):
        end -= 1
        if address[end] in missing:
            missing[address[end]] -= 1
    return address[:end]


def _within(part: Part, others: list[Part]) -> bool:
    """Tell whether a part lies in one of the others, which are in order."""
    number = bisect_right(others, part[0], key=itemgetter(0)) - 1
    return number >= 0 and part[1] <= others[number][1]


def _addresses(inline: Inline, links: Links, held: list[Part]) -> Iterator[tuple[int, int, bool]]:
    """Yield where each address is, and whether it may stay."""
    text = inline.shown
    done = 0
    while slashes := _SLASHES.search(text, done):
        start = _scheme(text, slashes.start(), done)
        done = slashes.end()
        if _within((inline.starts[start], inline.starts[done]), held):
            number = bisect_right(held, inline.starts[start], key=itemgetter(0)) - 1
            done = bisect_left(inline.starts, held[number][1])
            continue
        web = text[start : slashes.start()].lower().endswith(("http", "https", "ftp"))
        if len(slashes[0]) == _HALF and not web:
            continue
        source, at = inline.source, inline.starts[start]
        token = _token(inline, at, held)
        ended = source.startswith("](", at + len(token))
        rest = _REST.match(text, done, bisect_left(inline.starts, at + len(token)) if ended else len(text))
        if rest is None:
            if len(slashes[0]) > _HALF:
                yield start, done, False
            continue
        end = start + len(_bare_address(text[start : rest.end()]))
        if inline.masked[max(0, at - 1) : at] == "<" and (close := source.find(">", at, at + rest.end() - start)) > 0:
            allowed = links.reach(source[at:close])
            end = start + close - at
        else:
            allowed = len(token) < _LONGEST and links.keep_bare(_bare_address(token))
        done = max(end, done)
        yield start, done, allowed
    for form in (_WWW, _SCRIPT, _SCHEMELESS):
        yield from ((*part, False) for part in _trimmed(text, form, _bare_address))


def _token(inline: Inline, at: int, held: list[Part]) -> str:
    """Return what cmark-gfm takes into an address: all up to white space or `<`, backticks and escapes too.

    The end of an allowed link ends it, too, if the link started before it.
    """
    match = _TOKEN.match(inline.source, at)
    token = match[0] if match else ""
    ending = token.find("](")
    number = bisect_left(held, (at + ending,))
    if ending >= 0 and number < len(held) and held[number][0] == at + ending and "[" not in token[:ending]:
        return token[:ending]
    return token


def _scheme(text: str, colon: int, done: int) -> int:
    """Return where the scheme before a colon starts."""
    start = colon
    while start > max(done, colon - _LONGEST_SCHEME) and text[start - 1] in _SCHEME:
        start -= 1
    while start < colon and not text[start].isalpha():
        start += 1
    return start


def _mails(inline: Inline) -> Iterator[Part]:
    text = inline.shown
    done = 0
    for match in re.finditer("@", text):
        start = at = match.start()
        while start > done and (text[start - 1].isalnum() or text[start - 1] in _LOCAL):
            start -= 1
        domain = _DOMAIN.match(text, at + 1) if done <= start < at else None
        if domain is None:
            continue
        first, last = inline.place(*domain.span())
        if not _is_domain(domain[0].rstrip("._-@"), plain=inline.source[first:last] == domain[0]):
            continue
        end = domain.end() - len(domain[0]) + len(domain[0].rstrip("._-@"))
        if beyond := _BEYOND.match(text, end):
            end += len(beyond[0].rstrip(".:/-"))
        for scheme in ("mailto:", "xmpp:"):
            if text[max(done, start - len(scheme)) : start].lower() == scheme:
                start -= len(scheme)
        done = end
        yield start, end


def _is_domain(name: str, *, plain: bool) -> bool:
    """Tell whether a platform takes what follows an `@` for a domain (cmark-gfm: the last character is a letter)."""
    if "." not in name:
        return False
    return name[-1].isalpha() if plain and name.isascii() else bool(re.search(r"\..*[^\W\d_]", name))


def _commands(text: str, *, opens_line: bool) -> Iterator[Part]:
    for match in _COMMAND.finditer(text):
        command = match[1].rstrip(_TRAILING)
        if (match.start() or opens_line) and "/" not in command[1:]:
            yield match.start(1), match.start(1) + len(command)
