"""Writes docs/reference, schemas/ and a chart from the code that they show; `--check` compares (session `docs`)."""

import argparse
import json
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

from invoke.tasks import Task  # noqa: TC002 - read at run time
from prometheus_client.metrics_core import Metric
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from proposer.archive.entry import REASONS
from proposer.archive.totals import summed
from proposer.config import answers, assets
from proposer.config.prices import Price, Prices
from proposer.config.publishing import Publish
from proposer.config.settings import (
    SETTINGS_NAME,
    Evals,
    Limits,
    Paths,
    Project,
    Proposals,
    Provider,
    Settings,
    Thresholds,
    Workflow,
    parse,
)
from proposer.errors import EXIT_INTERNAL, EXIT_INTERRUPTED, EXIT_USAGE, Outcome
from proposer.outputs.answer import Finding, ReviewAnswer, schema_of
from proposer.outputs.forms import FORMS
from proposer.outputs.proposal import CODES, DEFAULT, FORBIDDEN, MIGRATIONS
from proposer.provenance import envelope
from proposer.provenance.attestation import BUILD_TYPE, Resource, Statement
from proposer.provenance.pruned import Tombstone
from proposer.provenance.record import Document, Store
from proposer.provenance.signed_head import SignedHead
from proposer.proving.drill import catalogue
from proposer.relay.tape import MANIFEST, Manifest
from proposer.reports.journal import Event
from proposer.reports.metrics import families
from proposer.reports.overview.canvas import canvas, svg
from proposer.reports.overview.charts import levels
from proposer.tasks import codex

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "reference"
NOTE = "<!-- Written by docs/generate.py; do not edit. -->"


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Yield the lines of a Markdown table; bars inside a cell are escaped."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


def outcomes() -> Iterator[str]:
    """Yield the page about outcomes and exit codes."""
    yield from (
        "# Outcomes and exit codes",
        "",
        "The worst outcome of a run wins; the table lists the worst first.",
        "",
    )
    rows = [(f"`{one.label}`", str(one.exit_code), one.meaning) for one in Outcome]
    yield from table(("outcome", "exit", "means"), rows)
    yield from ("Codes that are no outcome of a run:", "")
    others = [
        (str(EXIT_USAGE), "the request or the configuration cannot be used; the message says what to change"),
        (str(EXIT_INTERNAL), "a bug; the message says how to report it"),
        (str(EXIT_INTERRUPTED), "interrupted before there was a record"),
        ("1", "Invoke's own: a typo in an option or a task; never a verdict"),
    ]
    yield from table(("exit", "means"), others)


def kind(field: FieldInfo) -> str:
    """Return a field's type as people write it."""
    choices = get_args(field.annotation)
    if choices and all(isinstance(choice, str) for choice in choices):
        return " or ".join(f"`{choice}`" for choice in choices)
    names = {
        "str": "text", "int": "number", "float": "number", "Decimal": "number", "bool": "true or false",
        "datetime.date | None": "date", "dict": "table",
    }  # fmt: skip
    text = getattr(field.annotation, "__name__", str(field.annotation))
    return names.get(text, "list" if "tuple" in str(field.annotation) else text)


def keys(model: type[BaseModel]) -> Iterator[str]:
    """Yield the table of a settings table's keys."""
    rows = []
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            continue  # a table of its own
        default = "needed" if field.is_required() else f"`{json.dumps(field.get_default(call_default_factory=True))}`"
        rows.append((f"`{field.alias or name}`", kind(field), default, field.description or ""))
    yield from table(("key", "value", "default", "means"), rows)


def settings() -> Iterator[str]:
    """Yield the page about proposer.toml."""
    yield from ("# Settings: proposer.toml", "")
    yield "A run reads the file from its base commit, never from the change that it looks at. Unknown keys are errors."
    yield from ("", f"`version` is {Settings.model_fields['version'].default}.", "")
    tables: dict[str, type[BaseModel]] = {
        "[project]": Project, "[provider]": Provider, "[limits]": Limits, "[paths]": Paths,
        "[proposals]": Proposals, "[evals]": Evals, "[publish]": Publish,
        "[prices]": Prices, '[prices.models."NAME"]': Price,
        "[workflows.NAME]": Workflow,
        "[workflows.NAME.thresholds]": Thresholds,
    }  # fmt: skip
    for name, model in tables.items():
        yield from (f"## {name}", "", (model.__doc__ or "").strip().splitlines()[0], "")
        yield from keys(model)


def tasks() -> Iterator[str]:
    """Yield the page about the tasks."""
    yield from ("# Tasks", "", "`inv --list` shows them; `inv --help codex.review` explains one.", "")
    for name in sorted(codex.task_names):
        task: Task[Callable[..., Any]] = codex[name]
        yield from (f"## inv codex.{name}", "")
        yield from (line.strip() for line in (task.__doc__ or "").strip().splitlines())
        yield ""
        options = [argument for argument in task.get_arguments() if argument.name]
        rows = []
        for option in options:
            spelled = f"{option.name.upper()}" if option.positional else f"--{option.name.replace('_', '-')}"
            takes = "" if option.takes_value is False or option.positional else " VALUE"
            rows.append((f"`{spelled}{takes}`", option.help or ""))
        yield from table(("option", "means"), rows)


def shape(model: type[BaseModel], prefix: str = "") -> list[tuple[str, ...]]:
    """Return (field, type, meaning) of a model and the models inside it."""
    rows: list[tuple[str, ...]] = []
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            rows += shape(inner, f"{prefix}{name}.")
        else:
            text = str(inner).replace("typing.", "").removeprefix("<class '").removesuffix("'>")
            rows.append((f"`{prefix}{name}`", f"`{text}`", field.description or ""))
    return rows


def parts(model: type[BaseModel], prefix: str = "") -> list[tuple[str, ...]]:
    """Return (field, type, meaning) of an answer; the rows of a list come after it."""
    rows: list[tuple[str, ...]] = []
    for name, field in model.model_fields.items():
        inner = [one for one in get_args(field.annotation) if isinstance(one, type) and issubclass(one, BaseModel)]
        text = "list of rows" if inner else str(field.annotation).replace("typing.", "")
        shown = text.removeprefix("<class '").removesuffix("'>")
        rows.append((f"`{prefix}{name}`", f"`{shown}`", field.description or ""))
        rows += parts(inner[0], f"{prefix}{name}[].") if inner else []
    return rows


def documents() -> Iterator[str]:
    """Yield the page about the answer and the record."""
    yield from (
        "# Documents",
        "",
        "## The answer of a review",
        "",
        "`schemas/review.schema.json`; closed, all needed.",
        "",
    )
    yield from table(("field", "type", "means"), [row for row in shape(ReviewAnswer) if "findings" not in row[0]])
    yield from ("Each of `findings`:", "")
    yield from table(("field", "type", "means"), shape(Finding))
    for name, form in FORMS.items():
        if form is not ReviewAnswer:
            yield from (f"## The answer of {name}", "", f"`schemas/{name}.schema.json`; closed, all needed.", "")
            yield from table(("field", "type", "means"), parts(form))
    yield from ("## record.json", "", "The record and what vouches for it: [provenance](provenance.md).", "")
    yield from (f"## {MANIFEST}", "", "The manifest of a cassette (`--record FOLDER`).", "")
    yield "Beside it lie the files of the run's record, as they are, and the codex.lock that counted."
    yield from (
        "",
        "A replay must give `prompt.md`, `answer.json`, `proposal.patch` and the outcome again, byte for byte.",
    )
    yield "`requests.jsonl` must be equal without ids and times; `events.jsonl` then is, in any order inside a turn."
    yield from ("A missing or changed file is exit 3, and so is another Codex; no manifest or another format is 2.", "")
    rows = [(row[0].replace("`format`", "`schema`"), *row[1:]) for row in shape(Manifest)]
    yield from table(("field", "type", "means"), rows)


def written(model: type[BaseModel], prefix: str = "") -> list[tuple[str, ...]]:
    """Return (field, type, meaning) as a document has them on disk, with the models inside it and inside its lists."""
    rows: list[tuple[str, ...]] = []
    for name, field in model.model_fields.items():
        found = [one for one in (field.annotation, *get_args(field.annotation))
                 if isinstance(one, type) and issubclass(one, BaseModel)]  # fmt: skip
        listed = bool(found) and found[0] is not field.annotation
        path = f"{prefix}{field.alias or name}{'[]' * listed}"
        told = field.description or (first_line(found[0]) if found else "")
        rows.append((f"`{path}`", "list of objects" if listed else "object" if found else typed(field), told))
        if found and found[0] is not Resource:
            rows += written(found[0], f"{path}.")
    return rows


def first_line(model: type[BaseModel]) -> str:
    """Return the first line of a model's docstring."""
    return (model.__doc__ or "").strip().splitlines()[0]


def typed(field: FieldInfo) -> str:
    """Return a field's type in the words of JSON."""
    text = field.annotation.__name__ if isinstance(field.annotation, type) else str(field.annotation)
    if text.startswith("typing.Literal"):
        return " or ".join(f"`{choice}`" for choice in get_args(field.annotation))
    names = {"str": "string", "int": "number", "float": "number", "bool": "true or false", "list": "list",
             "dict": "object"}  # fmt: skip
    first = text.removeprefix("typing.").split("[")[0].split(" ")[0]
    return names[first] + (" or null" if text.endswith("| None") else "")


PROVENANCE = """
A run leaves its record in `.proposer/runs/RUN/`. Each file vouches for the one before it:

```text
files -> record.json (their SHA-256) -> statement.json (that of record.json) -> leaf of the ledger -> head of the ledger
                                        '-> statement.dsse.json, where it is signed
```

[Verify a record](../how-to/verify-a-record.md) tells how to check that. Digests are hexadecimal SHA-256 unless their
name says otherwise. Whatever a digest is taken of that is not a file as it lies there is canonical JSON ([RFC
8785](https://www.rfc-editor.org/rfc/rfc8785)); so are the statement and the envelope. The documents are closed: a
field that is not listed here is refused. Each has a JSON Schema (draft 2020-12), made from the models that write the
documents.
"""
BUILD_TYPE_TEXT = """
`{build_type}` identifies a run of Codex by this library. `proposer.invalid` is a reserved name (RFC 2606): it
resolves nowhere, and nothing needs to be fetched to verify. `externalParameters` are what whoever started the run
chose, `internalParameters` what the base's lock and settings chose; what the run was instructed by stands in
`resolvedDependencies`, what it left in `byproducts`. What is proposed (else the answer, else the record) is the
subject: it is never empty. A change that makes any of these mean something else gets another `buildType`; a field
that is only added does not, though an older proposer refuses it.
"""
DEPENDENCIES = """
A *resource* is `name`, `digest` (an object: `sha256`, `gitCommit` or `gitTree`, never empty) and, where there is more
to say, `annotations`.
"""
ENVELOPE = """
[DSSE v1](https://github.com/secure-systems-lab/dsse/blob/v1.0.2/envelope.md), as canonical JSON, with ed25519
signatures over the media type and the payload. There is one way to write an envelope; bytes that would mean the same
are refused.
"""
LEDGER = """
`.proposer/ledger` has one line for each statement, in the order in which they were made: `INDEX LEAF CHAIN`. `INDEX`
counts from 0; `LEAF` is the SHA-256 of the statement's bytes; `CHAIN` is the SHA-256 of the former line's chain (32
zero bytes before the first) followed by the leaf's bytes. A line without its end was never acknowledged, and the next
append removes it.

The head is the size of the ledger and the root of the Merkle tree of [RFC
6962](https://www.rfc-editor.org/rfc/rfc6962#section-2.1) whose entries are the leaves' 32 bytes.
`provenance/ledger.head`, to be committed, has one line for each clone's ledger: `ORIGIN SIZE ROOT`, where `ORIGIN` is
the chain of the ledger's first line.
"""
SIGNED_HEAD = f"""
`inv codex.audit --sign-head` writes `provenance/ledger-ORIGIN.head.dsse.json` (the first 16 digits of the origin): an
envelope as above with the `payloadType` `{envelope.HEAD}`, whose payload is canonical JSON. `inv codex.audit` holds the
ledger against every head, plain or signed, that the working tree, HEAD or a commit before it has.
"""


def provenance() -> Iterator[str]:
    """Yield the page about records, statements, envelopes and the ledger."""
    columns = ("field", "type", "means")
    yield from ("# Provenance", PROVENANCE)
    yield from table(("document", "schema"), [(f"`{told}`", f"[{name}](schemas/{name})") for name, (told, _) in
                                              PUBLISHED.items()])  # fmt: skip
    yield from ("## buildType", BUILD_TYPE_TEXT.format(build_type=BUILD_TYPE), "## statement.json", "")
    yield "[in-toto Statement v1](https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md) with the"
    yield from ("predicate [SLSA provenance v1](https://slsa.dev/spec/v1.0/provenance).", DEPENDENCIES)
    yield from table(columns, written(Statement))
    yield from ("## record.json", "", "Null where a desk has no such thing; it is never invented.", "")
    yield from table(columns, written(Document))
    yield from ("## log.json", "", "One line, as it also goes to the logger `proposer.runs`.", "")
    yield from table(columns, written(Event))
    yield from ("## statement.dsse.json", ENVELOPE)
    yield from table(columns, [
        ("`payloadType`", "string", f"`{envelope.STATEMENT}`."),
        ("`payload`", "string", "The bytes of statement.json, in base64."),
        ("`signatures[]`", "list of objects", "At least one; every one must fit."),
        ("`signatures[].keyid`", "string", "`ed25519:` and the public key, 64 hexadecimal digits."),
        ("`signatures[].sig`", "string", "The signature, in base64."),
    ])  # fmt: skip
    yield from ("## The ledger", LEDGER, "## Signed heads", SIGNED_HEAD)
    yield from table(columns, written(SignedHead))
    yield from ("## Tombstones", "")
    yield "`.proposer/pruned/ID.tombstone.json`: that records were pruned; a leaf of the ledger like any statement."
    yield ""
    yield from table(columns, written(Tombstone))


def questions() -> Iterator[str]:
    """Yield the page about the template's answers."""
    context = json.loads((assets.folder("template") / "cookiecutter.json").read_text(encoding="utf-8"))
    prompts = context["__prompts__"]
    yield from ("# Template answers", "", "Give them with `proposer new DEST --set KEY=VALUE`.", "")
    rows = []
    for name, default in context.items():
        if not name.startswith("_"):
            allowed = ", ".join(f"`{choice}`" for choice in answers.CHOICES.get(name, ())) or "text"
            first = default[0] if isinstance(default, list) else default
            rows.append((f"`{name}`", str(prompts.get(name, "")), allowed, f"`{first}`"))
    yield from table(("answer", "question", "allowed", "default"), rows)


def drills() -> Iterator[str]:
    """Yield the page about the shipped drills."""
    found = catalogue()
    yield from (
        "# Drills",
        "",
        f"The {len(found)} attacks that `inv codex.drill` tries. How to read the result and how to write another one:",
        "[read and write a drill](../how-to/write-a-drill.md).",
        "",
    )
    rows = [(f"`{name}`", drill.tried, f"`{drill.sandbox}`") for name, drill in found.items()]
    yield from table(("drill", "what the model tries", "sandbox"), rows)


GATE = """
What a workflow with `sandbox = "workspace-write"` leaves in its stage is a proposal. The gate compares the two trees,
under the policy of the base's `proposer.toml`; the patch is `proposal.patch` of the record. It is masked for secrets,
not for personal data: it must come out as it went in. One reason is enough to refuse it; {forbidden} make the run
`violated` (8), all others `blocked` (7).
"""
GLOBS = """
As in `.gitignore`: `*` and `?` stay within one part of a path, `**` stands for any number of parts, a pattern without a
slash matches a name at any depth, one with a slash is anchored at the top, a last slash means all that is below, and
`!` takes back what an earlier pattern matched. `allowed` is compared to the letter and must match the file itself:
`src/**` or `src/` for all below `src`, `docs/*.md` for what is directly in `docs`. `protected` wins, and is compared
without regard to case, composition and look-alike letters. A pattern that cannot be read stops the run before it
starts.
"""


def proposals() -> Iterator[str]:
    """Yield the page about the gate of proposals."""
    forbidden = " and ".join(f"`{code}`" for code in sorted(FORBIDDEN))
    folders = ", ".join(f"`{one}`" for one in MIGRATIONS if not one.startswith("!"))
    yield from ("# Proposals", GATE.format(forbidden=forbidden), "## Reasons", "")
    yield from table(("code", "means"), [(f"`{code}`", meaning) for code, meaning in CODES.items()])
    yield from ("## Patterns", GLOBS, "## Protected in every workflow", "")
    yield from (", ".join(f"`{one}`" for one in DEFAULT), "")
    yield f"A workflow with `migrations = true` may touch {folders}."


def workflows(folder: Path = ROOT) -> Iterator[str]:
    """Yield the page about the workflows that a repository declares."""
    declared = parse((folder / SETTINGS_NAME).read_bytes()).workflows
    yield from (
        "# Workflows",
        "",
        "What this repository's own `proposer.toml` declares; a generated one starts with the same.",
        "",
    )
    rows = []
    for name, workflow in declared.items():
        ways = ", ".join(f"`{one}`" for one in workflow.inputs) or "-"
        gates = ", ".join(f"`{one}`" for one in workflow.gates) or "-"
        task = f"`inv codex.{name}`" if name in codex.task_names else f"`inv codex.run {name}`"
        rows.append((task, f"`{workflow.sandbox}`", workflow.summary, ways, gates))
    yield from table(("task", "sandbox", "gives", "inputs", "gates"), rows)


def prompts() -> Iterator[str]:
    """Yield the page about the rules of the prompts and what covers each."""
    rows = tomllib.loads((ROOT / "docs" / "coverage.toml").read_text(encoding="utf-8"))["rule"]
    yield from ("# Prompts: which eval covers which rule", "")
    yield "An eval is a change with a planted defect that a model must find; `inv codex.eval` runs a repository's own."
    yield "Where there is none, tests with a scripted model show that the host's side of the rule holds; how well a"
    yield from ("real model judges there has not been measured.", "")
    table_rows = [
        (row["prompt"], row["rule"], ", ".join(f"`{one}`" for one in row.get("evals", ())) or "none yet",
         ", ".join(f"`{one}`" for one in row.get("shown_by", ())) or "-")
        for row in rows
    ]  # fmt: skip
    yield from table(("prompt", "rule begins", "evals", "shown by"), table_rows)


def metrics() -> Iterator[str]:
    """Yield the page about metrics."""
    yield from (
        "# Metrics", "",
        "`inv codex.metrics` prints them in Prometheus' text format; `--out FILE` writes a file for node_exporter's",
        "textfile collector, at once or not at all. They are made from the records each time: counters never go down,",
        "also where records were pruned. Replays count in nothing. Labels are of the sets below, whatever a record",
        "says: `other` stands for the rest.", "",
    )  # fmt: skip
    nothing = summed(Store(Path("nowhere")))
    yield from table(("metric", "type", "means", "labels"), [
        (f"`{one.name}{'_total' * (one.type == 'counter')}`", one.type, one.documentation, labels(one))
        for one in families(nothing)
    ])  # fmt: skip
    yield from ("## Reasons", "", "`codex_exec_failures_total` counts runs whose exit code is not 0:", "")
    rows = [
        (f"`{name}`", f"`{outcome.label}`", str(outcome.exit_code), told) for name, (outcome, told) in REASONS.items()
    ]
    yield from table(("reason", "outcome", "exit", "means"), rows)


def labels(family: Metric) -> str:
    """Return the labels of a family with their values."""
    found: dict[str, list[str]] = {}
    for sample in family.samples:
        for name, value in sample.labels.items():
            if value not in found.setdefault(name, []):
                found[name].append(value)
    return (
        "; ".join(f"`{name}`: {', '.join(f'`{value}`' for value in values)}" for name, values in found.items()) or "-"
    )


PUBLISHED: dict[str, tuple[str, type[BaseModel]]] = {
    "statement.schema.json": ("statement.json", Statement),
    "record.schema.json": ("record.json", Document),
    "log.schema.json": ("log.json", Event),
}
"""The published schemas: which document each is of, and the model that writes it."""


def published(name: str) -> str:
    """Return a schema as JSON; its id is a name that nothing fetches."""
    document, model = PUBLISHED[name]
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"https://proposer.invalid/{name}"}
    return json.dumps({**head, **model.model_json_schema(), "title": document}, indent=2) + "\n"


PAGES = {
    "outcomes": outcomes, "settings": settings, "tasks": tasks, "documents": documents, "answers": questions,
    "drills": drills, "proposals": proposals, "workflows": workflows, "prompts": prompts,
    "metrics": metrics, "provenance": provenance,
}  # fmt: skip


COLOURS = {
    "ink": "#57606a", "grid": "#d0d7de", "good": "#2da44e", "warn": "#bf8700", "bad": "#cf222e", "soft": "#8c959f",
    "accent": "#0969da",
}  # fmt: skip
"""Of a picture that stands alone; each is readable on white and on black."""


def picture() -> str:
    """Return the chart of the automation levels as a file of its own."""
    with canvas() as figure:
        text = svg("levels", figure(3.2), levels)
    for name, colour in COLOURS.items():
        text = text.replace(f"var(--{name})", colour)
    title = "<title>Risk of each automation level: 2, 3, 5, 7 and 10 of 10</title>"
    head = '<svg xmlns="http://www.w3.org/2000/svg" font-family="sans-serif"'
    text = text.replace("<svg", head, 1).replace(' aria-hidden="true" focusable="false">', f' role="img">{title}', 1)
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def texts() -> Iterator[tuple[Path, str]]:
    """Yield each generated file and its text."""
    for name, page in PAGES.items():
        head, *rest = page()
        yield FOLDER / f"{name}.md", "\n".join([head, "", NOTE, *rest]).rstrip() + "\n"
    for name, model in FORMS.items():
        yield ROOT / "schemas" / f"{name}.schema.json", json.dumps(schema_of(model), indent=2) + "\n"
    for name in PUBLISHED:
        yield FOLDER / "schemas" / name, published(name)
    yield ROOT / "docs" / "explanation" / "levels.svg", picture()


def main() -> int:
    """Write or compare; 1 where a page differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only")
    check = parser.parse_args().check
    stale = []
    for path, text in texts():
        if check and (not path.exists() or path.read_text(encoding="utf-8") != text):
            stale.append(path.relative_to(ROOT).as_posix())
        elif not check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for name in stale:
        sys.stderr.write(f"{name} does not fit the code; run: nox -s docs -- --write\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
