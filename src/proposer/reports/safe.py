"""Makes text of a model or a stranger harmless for the place where it is shown."""

import re
from collections.abc import Collection
from itertools import count, islice, pairwise

from rich.emoji import Emoji

from proposer.inputs.untrusted import clean
from proposer.reports.blocks import Blocks
from proposer.reports.defusal import as_code, defuse
from proposer.reports.edits import Edit, applied
from proposer.reports.links import Links
from proposer.reports.witness import objections

__all__ = ["inline", "log_line", "markdown", "terminal"]

_PATIENCE = 8
"""Passes before what is still live is published as code."""
_WORD = "word"
_BLOCK_START = re.compile(
    r"^(?=>|#{1,6}(?: |$)|[+*-](?: |$)|([*_-])(?: ?\1){2,}$|`{3,}[^`]*$|~~~|\[[^\]]*\]:)|^[0-9]{1,9}(?=[.)](?: |$))"
)
"""Where a backslash keeps a line from starting a block: before a mark, or before the dot of a number."""
_TICKS = {ord("`"): "'"}
_CUT = "[cut: the text was longer]"

_COMMAND = re.compile(r"(?m)^([^\S\n]*):(?=:(?:[A-Za-z][\w-]*(?:[^\S\n].*)?$|.*?::))")
_KNOWN = re.compile(
    r"(?i)(?<=\s):(?=:(?:add-mask|add-matcher|add-path|debug|echo|endgroup|error|group|internal-set-repo-path|notice"
    r"|remove-matcher|save-state|set-env|set-output|stop-commands|warning)(?:[^\S\n].*?)?::)"
)
_BRACKET = re.compile(r"##(?=[A-Za-z]*\[)")
_SECTION = re.compile(r"(?i)(section_(?:start|end)):")

_TAG = re.compile(r"(?<!\\)(\\*)(\[(?:[a-z#/@][^\[]*?\])?)")
"""What Rich takes for a tag (rich.markup.RE_TAGS), or a bracket alone."""
_LONGEST_NAME = 120
_NOTHING = "[none][/]"
"""Markup that prints nothing and parts what stands on its two sides."""


def markdown(text: str, hosts: Collection[str] = ("github.com",)) -> str:
    """Return text that can be published as Markdown on GitHub and GitLab.

    In the result nothing acts: no mention, closing form, command at the start of a line, raw HTML, image, link but
    https to the hosts given, diagram, formula that links, suggestion to commit; nor a reference to another project
    (`o/r#1`, `o/r@0a1b2c3`), which leaves an entry in its history. What was live is shown as code. Code stays as it is,
    and so does text in which nothing is live. Idempotent; linear in the length of the text.

    Args:
        text: Markdown of a model.
        hosts: exact hosts that links may lead to.
    """
    links = Links(hosts)
    text = _cleaned(text)
    for attempt in count():
        settled = _settled(text, links)
        if _cleaned(settled) == settled:
            break
        # Disarmed, the text is longer than clean lets it be; a cut that is not enough is followed by a deeper one.
        data, length = text.encode(), len(settled.encode())
        kept = data[: len(data) * min(len(data), length) // length * max(0, 50 - 2**attempt) // 50]
        text = _cleaned(f"{kept.decode(errors='ignore').removesuffix(_CUT).rstrip()}\n{_CUT}")
    return settled


def inline(text: str, hosts: Collection[str] = ("github.com",)) -> str:
    """Return text for the middle or the end of a line of Markdown: after a heading's mark, an item's, or words.

    What `markdown` promises holds there too, and the text starts no block: no fence, quote, item or definition.

    Args:
        text: text of a model; its line breaks become spaces.
        hosts: exact hosts that links may lead to.
    """
    line = " ".join(_cleaned(text).split())
    for _ in range(_PATIENCE):
        before = line
        whole = markdown(f"{_WORD} {line}", hosts)
        line = _BLOCK_START.sub(r"\g<0>\\", whole.removeprefix(f"{_WORD} "), count=1)
        if line == before == markdown(line, hosts):
            return line
        line = " ".join(markdown(line, hosts).split())
    return f"`{' '.join(clean(text).split()).translate(_TICKS)}`"


def _cleaned(text: str) -> str:
    """Clean text, but leave tags, comments and entities in code as they are: there they hide nothing."""
    spare = tuple(islice((char for char in map(chr, range(0xE000, 0xF8FF)) if char not in text), 2))
    if len(spare) < 2:  # noqa: PLR2004 - a text that holds all of Unicode's private use area
        return clean(text)
    angle, ampersand = spare

    def cleaned(*parts: tuple[int, int]) -> str:
        """Clean text with `<` and `&` put aside in some parts of it."""
        aside = [Edit(*part, text[slice(*part)].replace("<", angle).replace("&", ampersand)) for part in parts]
        return clean(applied(text, aside)).replace(angle, "<").replace(ampersand, "&")

    text = cleaned((0, len(text)))
    for _ in range(_PATIENCE):
        again = cleaned(*Blocks.read(text).code())
        if again == text:
            return text
        text = again
    return clean(text)


def _settled(text: str, links: Links) -> str:
    """Return a text that another pass leaves alone."""
    for number in range(2 * _PATIENCE):
        again = defuse(text, links, bluntly=number >= _PATIENCE)
        if again == text:
            again = defuse(text, links, refused=set(objections(text, links)))
        if again == text:
            return text
        text = again
    return as_code(text)


def log_line(text: str) -> str:
    """Return text for a CI log: no line of it is a command of the runner.

    GitHub's runner acts on `::x::` after white space at the start of a line and on `##[x]` anywhere, Azure's on
    `##vso[x]`, GitLab's on `section_start:`. A space parts the characters. `::x::` of a command that the runner knows
    is parted after white space too, since a table or a terminal may break the line there. Idempotent.
    """
    text = _BRACKET.sub("## ", _SECTION.sub(r"\1 :", clean(text)))
    return _KNOWN.sub(": ", _COMMAND.sub(r"\1: ", text))


def terminal(text: str) -> str:
    """Return markup that Rich prints as the cleaned text: no control sequences, styles, links or emoji codes."""
    text = clean(text)
    # Rich makes a picture of `:name:`; a tag between the colon and the name keeps the two apart.
    colons = [match.start() for match in re.finditer(":", text)]
    cuts = [
        start + 1 for start, end in pairwise(colons) if _is_picture(text[start : min(end + 1, start + _LONGEST_NAME)])
    ]
    pieces = [text[start:end] for start, end in pairwise((0, *cuts, len(text)))]
    return _NOTHING.join(map(_unmarked, pieces))


def _is_picture(code: str) -> bool:
    return Emoji.replace(code) != code


def _unmarked(text: str) -> str:
    """Escape what Rich takes for a tag; backslashes at the end must not escape what follows."""
    escaped = _TAG.sub(lambda found: f"{found[1] * (2 if len(found[2]) > 1 else 1)}\\{found[2]}", text)
    slashes = len(text) - len(text.rstrip("\\"))
    return escaped + "\\" * slashes + (_NOTHING if slashes else "")
