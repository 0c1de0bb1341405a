"""Rewrites the strings of a JSON document in place: what is not a secret stays as it is, byte for byte."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from json.decoder import scanstring  # type: ignore[attr-defined] # the decoder of one string, in C
from typing import TypeVar

from proposer.outputs.masking.names import Kind, kind_of

__all__ = ["NAMES", "Field", "promised", "rewrite"]

_T = TypeVar("_T")
_OUTSIDE = re.compile(r"[ \t\r\n{}\[\],:0-9.eE+\-truefalsnNIiy]*")
_MARKS = re.compile(r"[{}\[\],:]|(?<![0-9.eE+-])[0-9]{6,40}(?![0-9.eE+-])")
_BREAKS = {"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_FLAG = re.compile(r"--?[A-Za-z][\w-]{2,60}")
NAMES = ("name", "key", "variable", "parameterkey", "parametername", "keyname")
_VALUES = ("value", "parametervalue", "secretvalue", "defaultvalue", "val")
_VAGUE = (*_VALUES, "data", "raw", "content", "plaintext", "text", "current", "default")


@dataclass(slots=True)
class Field:
    """One string or long number of a document.

    Attributes:
        start: where its token begins.
        end: where its token ends.
        text: its value.
        key: the key that it stands under, also through lists.
        kind: what that key promises.
        is_key: whether it is a key itself.
    """

    start: int
    end: int
    text: str
    key: str = ""
    kind: Kind = ""
    is_key: bool = False


@dataclass(slots=True)
class _Frame:
    """An object or a list that is open."""

    is_object: bool
    key: str
    kind: Kind
    parent: "_Frame | None" = None
    name: str = ""
    keys: list[Field] = field(default_factory=list)
    members: dict[str, Field] = field(default_factory=dict)
    inner: dict[str, "_Frame"] = field(default_factory=dict)
    previous: str = ""


def _fields(line: str) -> tuple[list[Field], list[_Frame]] | None:
    """Return the strings and long numbers of a JSON document; None where it is none."""
    fields: list[Field] = []
    frames: list[_Frame] = []
    top = _Frame(is_object=False, key="", kind="")
    at = 0
    while True:
        quote = line.find('"', at)
        stop = quote if quote >= 0 else len(line)
        if not _OUTSIDE.fullmatch(line, at, stop):
            return None
        top = _between(line, at, stop, top, fields, frames)
        if quote < 0:
            return (fields, frames) if at or fields else None
        try:
            text, end = scanstring(line, quote + 1, False)
        except ValueError:
            return None
        item = Field(quote, end, text)
        if top.is_object and line[end : end + 8].lstrip().startswith(":"):
            item.is_key = True
            top.name = text
            top.keys.append(item)
        else:
            _member(top, item)
        fields.append(item)
        at = end


def _between(line: str, at: int, stop: int, top: _Frame, fields: list[Field], frames: list[_Frame]) -> _Frame:
    """Read what stands between two strings; the object or list that is open then."""
    for mark in _MARKS.finditer(line, at, stop):
        sign = mark[0]
        if sign in "{[":
            top = _opened(top, is_object=sign == "{")
            frames.append(top)
        elif sign in "}]":
            if top.is_object:
                _closed(top)
            top = top.parent or top
        elif sign not in ",:":
            fields.append(_member(top, Field(*mark.span(), sign)))
    return top


def _opened(top: _Frame, *, is_object: bool) -> _Frame:
    name = top.name if top.is_object else top.key
    frame = _Frame(is_object=is_object, key=name, kind=_kind(top, name), parent=top)
    if top.is_object:
        top.inner[name.lower()] = frame
    return frame


def _kind(top: _Frame, name: str) -> Kind:
    if not top.is_object:
        return top.kind
    return promised(name) or (top.kind if name.lower() in _VAGUE else "")


@lru_cache(maxsize=4096)
def promised(name: str) -> Kind:
    """Return what a key promises for its value, or for the values of its list."""
    return kind_of(name) or kind_of(name.removesuffix("s"))


def _member(top: _Frame, item: Field) -> Field:
    """Say what a value stands under."""
    if top.is_object:
        item.key, item.kind = top.name, _kind(top, top.name)
        top.members[top.name.lower()] = item
    else:
        item.key, item.kind = top.key, top.kind
        if _FLAG.fullmatch(top.previous):
            item.kind = kind_of(top.previous)
        top.previous = item.text
    return item


def _closed(frame: _Frame) -> None:
    """Judge what only the whole object tells: pairs of name and value, Kubernetes secrets, private JSON web keys."""
    members = frame.members
    for name in NAMES:
        if name in members and (kind := kind_of(members[name].text)):
            for item in _chosen(members, _VALUES):
                item.kind = item.kind or kind
    if "kind" in members and members["kind"].text == "Secret":
        for inner in _chosen(frame.inner, ("data", "stringdata")):
            for item in inner.members.values():
                item.kind = "password"
    if "kty" in members:
        for item in _chosen(members, ("d", "k", "p", "q", "dp", "dq", "qi")):
            item.kind = "secret"


def _chosen(table: dict[str, _T], names: Iterable[str]) -> list[_T]:
    return [table[name] for name in names if name in table]


def rewrite(line: str, mask: Callable[[Field], str]) -> str | None:
    """Return a JSON document on one line, its strings rewritten; None where the line is no JSON document.

    Args:
        line: the document.
        mask: gives the new text of a field.
    """
    read = _fields(line)
    if read is None:
        return None
    fields, frames = read
    fresh = {id(item): mask(item) for item in fields}
    for frame in frames:
        _apart(frame, fresh)
    pieces: list[str] = []
    at = 0
    for item in fields:
        pieces.append(line[at : item.start].replace("\n", " ").replace("\r", " "))
        text, token = fresh[id(item)], line[item.start : item.end]
        pieces.append(token if text == item.text and "\n" not in token and "\r" not in token else _quoted(text))
        at = item.end
    pieces.append(line[at:].replace("\n", " ").replace("\r", " "))
    result = "".join(pieces)
    for char, escape in _BREAKS.items():
        result = result.replace(char, escape)
    return result


def _apart(frame: _Frame, fresh: dict[int, str]) -> None:
    """Keep keys apart that look the same once they are masked."""
    used = {item.text for item in frame.keys if fresh[id(item)] == item.text}
    numbers: dict[str, int] = {}
    for item in frame.keys:
        name = fresh[id(item)]
        if name != item.text:
            while fresh[id(item)] in used:
                numbers[name] = numbers.get(name, 1) + 1
                fresh[id(item)] = f"{name}#{numbers[name]}"
            used.add(fresh[id(item)])


def _quoted(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(text)
    return json.dumps(text, ensure_ascii=False)
