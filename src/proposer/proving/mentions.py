"""What a Markdown file names in code: tasks, nox sessions, paths and Python modules. Nothing is looked up here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

__all__ = ["Mention", "mentions"]

Kind = Literal["task", "session", "path", "module", "part"]

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_TASK = re.compile(r"\binv(?:oke)? ([a-z][\w.-]*)")
_NOX = re.compile(r"\bnox (?:-s|--sessions?|-e)((?: [a-z_][\w.-]*)+)")
_RUN = re.compile(r"\bpython3? -m ([a-z_][\w.]*)")
_PARTS = re.compile(r"\bmodules? (`[a-z_]\w*`(?:(?:, (?:and |or )?| and | or )`[a-z_]\w*`)*)")
_PATH = re.compile(r"\.?[A-Za-z0-9_@+*][A-Za-z0-9_.@+*-]*(?:/[A-Za-z0-9_.@+*-]+)*/?")
_MODULE = re.compile(r"[a-z_]\w*(?:\.[A-Za-z_]\w*)+")
_SUFFIXES = (
    ".py", ".pyi", ".md", ".toml", ".json", ".jsonl", ".yml", ".yaml", ".lock", ".rules", ".txt", ".cfg", ".ini", ".sh",
    ".sql", ".html", ".css", ".js", ".ts", ".tsx", ".mako", ".example", ".xml", ".csv", ".svg", ".patch",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Mention:
    """One name in a file. `part` is a module of the application by its bare name."""

    line: int
    kind: Kind
    name: str


def mentions(text: str) -> Iterator[Mention]:
    """Yield what the code spans and code blocks of a Markdown text name, and `modules` that it enumerates."""
    fence = ""
    for number, row in enumerate(text.split("\n"), 1):
        mark = _FENCE.match(row)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence):
            fence = ""
        elif fence:
            yield from _code(row, number)
        else:
            for span in _SPAN.finditer(row):
                yield from _code(span[2].strip(), number)
            for enumerated in _PARTS.finditer(row):
                for name in re.findall(r"`(\w+)`", enumerated[1]):
                    yield Mention(line=number, kind="part", name=name)


def _code(code: str, line: int) -> Iterator[Mention]:
    code = code.partition("  #")[0]
    for found in _TASK.finditer(code):
        yield Mention(line=line, kind="task", name=found[1].rstrip("."))
    for found in _NOX.finditer(code):
        for name in found[1].split():
            yield Mention(line=line, kind="session", name=name)
    for found in _RUN.finditer(code):
        yield Mention(line=line, kind="module", name=found[1])
    for word in code.split():
        if _is_path(word):
            yield Mention(line=line, kind="path", name=word.removeprefix("./"))
    if _MODULE.fullmatch(code) and not _is_path(code):
        yield Mention(line=line, kind="module", name=code)


def _is_path(word: str) -> bool:
    """Tell whether a word is a path of a repository; `src/NAME` and `<x>/y` are patterns for a reader."""
    placeholder = any(len(part) > 1 and part.isupper() and part.isalpha() for part in word.split("/"))
    if placeholder or not _PATH.fullmatch(word.removeprefix("./")):
        return False
    return "/" in word or word.endswith(_SUFFIXES) or (word.startswith(".") and word[1:2].isalpha())
