"""The answer of a run: the last message, validated on this machine, its findings tied to lines that exist."""

import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from jsonschema.exceptions import SchemaError, best_match
from jsonschema.validators import Draft202012Validator, validator_for
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from referencing.exceptions import Unresolvable
from referencing.jsonschema import EMPTY_REGISTRY

from proposer.errors import Outcome, StopError
from proposer.inputs.untrusted import unreveal

__all__ = ["Finding", "Lookup", "ReviewAnswer", "anchored", "final_message", "findings_of", "located",
           "schema_of", "validated"]  # fmt: skip

Lookup = Callable[[str, str], str | None]
"""(side, path) -> text of the file on that side, or None."""

_SHORT_QUOTE = 4
_LONG_QUOTE = 12
_LEAST_WORDS = 2
"""Letters or digits that a quote needs: a brace, or nothing but blanks, stands somewhere in every file."""
_MOST_LINES = 400
_MOST_CHARACTERS = 40_000
_LONE = re.compile("[\ud800-\udfff]")


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Finding(_Closed):
    """One remark about lines that exist."""

    title: str = Field(description="What is wrong, in one line.")
    body: str = Field(description="Why it is wrong, what happens, and what would mend it.")
    severity: Literal["P0", "P1", "P2", "P3"] = Field(description="P0 must not be merged; P3 is worth knowing.")
    confidence: float = Field(description="0 to 1.", ge=0, le=1)
    category: Literal["correctness", "security", "money", "data", "migration", "privacy", "performance", "tests", "api"]
    side: Literal["new", "old"] = Field(description="`old` for lines that the change removes.")
    path: str = Field(description="Path of the file, relative to the repository.")
    start_line: int = Field(description="First line, counted from 1.")
    end_line: int = Field(description="Last line.")
    quote: str = Field(description="Verbatim text of those lines on that side.")


class ReviewAnswer(_Closed):
    """What a review answers."""

    summary: str = Field(description="Two or three sentences for the author of the change.")
    verdict: Literal["approve", "comment", "request_changes"]
    findings: list[Finding] = Field(description="At most five, most severe first; an empty list is a good answer.")


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """Return a model's JSON Schema in the form that strict structured outputs want: closed, all required, inlined."""
    schema = model.model_json_schema()
    definitions = schema.pop("$defs", {})

    def inline(node: Any) -> Any:
        if isinstance(node, list):
            return [inline(item) for item in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return inline(definitions[node["$ref"].rpartition("/")[2]])
        # `title` of a schema says nothing; a property of that name is a table and stays.
        return {key: inline(item) for key, item in node.items() if not (key == "title" and isinstance(item, str))}

    closed: dict[str, Any] = inline(schema)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **closed}


def _strict(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:40]} is out of range")
    return value


def _whole(value: Any) -> Any:
    """Replace lone surrogates, which no file and no terminal can hold."""
    if isinstance(value, str):
        return _LONE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {_whole(key): _whole(item) for key, item in value.items()}
    return value


def final_message(last: str | None, file: Path) -> str:
    """Return the final message: the last one of the stream, which must equal the `-o` file.

    Raises:
        StopError: there is none, it is empty, or the file says something else (`invalid`).
    """
    hint = "look at events.jsonl of the record"
    if last is None or not last.strip():
        raise StopError(Outcome.INVALID, "the model gave no answer", hint)
    try:
        written = file.read_bytes().decode("utf-8", errors="replace")
    except OSError as error:
        raise StopError(Outcome.INVALID, "codex wrote no last-message file", hint) from error
    if written.rstrip("\n") != last.rstrip("\n"):
        raise StopError(Outcome.INVALID, "the last-message file contradicts the stream", hint)
    return last


def validated(message: str, schema: bytes) -> Any:
    """Parse an answer and check it against the workflow's schema; nothing is fetched for that.

    Raises:
        StopError: not JSON, or it does not fit (`invalid`); or the schema itself is broken.
    """
    hint = "look at answer.json of the record; the prompt or the model may need a change"
    try:
        answer = _whole(
            json.loads(message, object_pairs_hook=_strict, parse_constant=_no_constant, parse_float=_finite)
        )
    except RecursionError as error:
        raise StopError(Outcome.INVALID, "the answer is nested too deeply", hint) from error
    except ValueError as error:
        raise StopError(Outcome.INVALID, f"the answer is not JSON: {str(error)[:120]}", hint) from error
    try:
        document = json.loads(schema)
        kind = validator_for(document, default=Draft202012Validator)
        kind.check_schema(document)
        wrong = best_match(kind(document, registry=EMPTY_REGISTRY).iter_errors(answer))
    except RecursionError as error:
        raise StopError(Outcome.INVALID, "the answer is nested too deeply", hint) from error
    except (SchemaError, Unresolvable, ValueError, TypeError, AttributeError) as error:
        raise StopError(
            Outcome.INVALID, f"the schema of the workflow is broken: {str(error)[:120]}", "mend it"
        ) from error
    if wrong is not None:
        where = "/".join(str(part) for part in wrong.absolute_path) or "the answer"
        raise StopError(
            Outcome.INVALID, f"the answer breaks the schema: {where[:120]}: {wrong.message[:160]}", hint
        ) from wrong
    return answer


def findings_of(answer: Any) -> tuple[list[Finding], int]:
    """Return the findings of an answer, and how many of them cannot be read; an answer of another kind has none.

    A workflow's own schema may allow what this library does not know: what cannot be read is counted, never dropped
    without a word. Fields that a workflow adds are left aside.
    """
    rows = answer.get("findings") if isinstance(answer, dict) else None
    if rows is None:
        return [], 0
    if not isinstance(rows, list):
        return [], 1
    found: list[Finding] = []
    for row in rows:
        known = {name: row[name] for name in Finding.model_fields if name in row} if isinstance(row, dict) else row
        try:
            found.append(Finding.model_validate(known))
        except ValidationError:
            continue
    return found, len(rows) - len(found)


def anchored(finding: Finding, lookup: Lookup, mask: Callable[[str], str]) -> Finding | None:
    """Return the finding at the lines where its quote really stands, or None where it stands nowhere.

    The quote is compared with its own side. Escapes that `reveal` made are undone; where the quote still does not
    occur, quote and file are compared with secrets masked on both sides. A quote that says nothing, or that is longer
    than anybody would quote, stands nowhere.
    """
    found = located(finding.side, finding.path, finding.quote, finding.start_line, lookup, mask)
    return finding.model_copy(update={"start_line": found[0], "end_line": found[1]}) if found else None


def located(
    side: str, path: str, quote: str, near: int, lookup: Lookup, mask: Callable[[str], str]
) -> tuple[int, int] | None:
    """Return first and last line at which a quote stands in a file, nearest to a line; None where it stands nowhere."""
    if len(quote) > _MOST_CHARACTERS or quote.count("\n") >= _MOST_LINES or not _says_something(quote):
        return None
    text = lookup(side, path)
    if text is None:
        return None
    for read in (lambda said: said, unreveal, mask):
        found = _locate(read(quote), mask(text) if read is mask else text, near)
        if found is not None:
            return found
    return None


def _says_something(quote: str) -> bool:
    return sum(map(str.isalnum, quote)) >= _LEAST_WORDS


def _locate(quote: str, text: str, near: int) -> tuple[int, int] | None:
    """Return first and last line of the occurrence nearest to a line; blanks at both ends of a line do not count."""
    wanted = [line.strip() for line in quote.strip("\n").split("\n")]
    if not any(wanted):
        return None
    lines = [line.strip() for line in text.split("\n")]
    exact = sum(map(len, wanted)) < _SHORT_QUOTE
    best: int | None = None
    for at in range(len(lines) - len(wanted) + 1):
        if wanted[0] not in lines[at]:
            continue
        window = lines[at : at + len(wanted)]
        same = window == wanted or (not exact and _covers(window, wanted))
        if same and (best is None or abs(at + 1 - near) < abs(best + 1 - near)):
            best = at
    return (best + 1, best + len(wanted)) if best is not None else None


def _covers(window: list[str], wanted: list[str]) -> bool:
    """Tell whether a quote that starts or ends in mid-line stands in these lines.

    A part of a single line must be most of it, or long enough to mean that line and no other.
    """
    if len(wanted) == 1:
        part, line = wanted[0], window[0]
        return part in line and (len(part) >= _LONG_QUOTE or 2 * len(part) >= len(line))
    ends = window[0].endswith(wanted[0]) and window[-1].startswith(wanted[-1])
    return ends and window[1:-1] == wanted[1:-1]
