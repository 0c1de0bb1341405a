"""proposer.toml: workflows, limits and paths of one repository, read from the base commit."""

import tomllib
from typing import Annotated, Literal, Self, get_args
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from proposer.config.prices import Prices
from proposer.config.publishing import Publish
from proposer.errors import UsageError

__all__ = [
    "SETTINGS_NAME",
    "Evals",
    "Evidence",
    "Gate",
    "Input",
    "Limits",
    "Paths",
    "Project",
    "Proposals",
    "Provider",
    "Settings",
    "Thresholds",
    "Workflow",
    "parse",
]

SETTINGS_NAME = "proposer.toml"

Severity = Literal["P0", "P1", "P2", "P3"]
Sandbox = Literal["read-only", "workspace-write"]
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0, strict=True)]
Input = Literal["risk", "migrations", "history", "reports", "evidence"]
"""What the host finds out before the model is asked; the prompt has each as `facts.NAME`."""
Gate = Literal["verified", "risk", "migrations", "triage", "citations", "evidence"]
"""Checks of an answer against what the host knows; each can only make the outcome worse."""
Evidence = Literal["junit", "coverage", "pip-audit", "sarif", "record", "drills", "lock"]
"""Kinds of files that a decision about a deployment can stand on."""
Pattern = Annotated[str, Field(min_length=1, pattern=r"^[^!\\]")]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Project(_Table):
    """The repository itself."""

    default_branch: str = Field(
        "", description="Branch that changes are compared with; empty: origin/HEAD, main, master."
    )
    personal_data: bool = Field(default=False, description="Mask card numbers, IBANs and e-mail addresses too.")
    pin_days: Count = Field(90, description="Age of the pin of Codex at which `inv codex.doctor` warns; 0: never.")


class Provider(_Table):
    """Who answers for the model."""

    default: Literal["openai"] = Field("openai", description="Provider of a run without `--provider`.")
    upstream: str = Field(
        "https://api.openai.com/v1/responses", description="Address that the key broker forwards to; https or loopback."
    )
    plan: str = Field(
        "https://chatgpt.com/backend-api/codex/responses",
        description="Address that is asked with a ChatGPT login (`--provider chatgpt`); https or loopback.",
    )

    @field_validator("upstream", "plan")
    @classmethod
    def _safe(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")):
            return value
        raise ValueError("must be an https address, or http on loopback")


class Limits(_Table):
    """Ceilings of one run."""

    wall_seconds: Annotated[float, Field(gt=0, le=7200)] = Field(900, description="Seconds for the whole run.")
    idle_seconds: Annotated[float, Field(gt=0, le=3600)] = Field(
        180, description="Seconds without an event, a request or a byte of an answer."
    )
    turns: Annotated[int, Field(gt=0, le=1000)] = Field(60, description="Requests to the model.")
    tokens: Annotated[int, Field(gt=0)] = Field(2_000_000, description="Input and output tokens together.")
    calls_a_day: Annotated[int, Field(ge=0, strict=True)] = Field(
        100, description="Runs that may ask a model on one day (UTC), counted in this clone; 0: any number."
    )
    prompt_characters: Annotated[int, Field(ge=2_000, le=1_000_000)] = Field(
        900_000, description="Size of the prompt; Codex itself refuses more than 1,048,576."
    )
    parts: Annotated[int, Field(ge=1, le=20)] = Field(
        4, description="Calls that a change which does not fit into one prompt is split into (workflows with `split`)."
    )


class Paths(_Table):
    """Which files mean what; patterns where `*` matches any characters, also `/`."""

    instruction: tuple[str, ...] = Field((), description="More paths that instruct Codex and are taken from the base.")
    exclude: tuple[str, ...] = Field((), description="More paths that are listed as excluded instead of reviewed.")
    sensitive: tuple[str, ...] = Field(
        (), description="More paths whose change alone is a risk (`facts.risk`), compared without case."
    )


class Proposals(_Table):
    """What a proposal may be, in every workflow that writes; a number above its default is named in the report."""

    files: Count = Field(50, description="Changed files; a file that moves is two.")
    total_bytes: Count = Field(1_048_576, description="Bytes of all new files together.")
    file_bytes: Count = Field(262_144, description="Bytes of one new file.")
    added_lines: Count = Field(2_000, description="Added lines, as `git diff --numstat` counts them.")
    protected: tuple[Pattern, ...] = Field(
        (), description="More patterns of paths that no proposal may touch; matched as in .gitignore, without case."
    )


class Thresholds(_Table):
    """Numbers that gates compare with."""

    risk: Annotated[int, Field(ge=1, le=10)] = Field(8, description="Risk score (1 to 10) from which on it is blocked.")
    evidence_hours: Annotated[float, Field(gt=0, le=8760)] = Field(24, description="Age at which evidence is stale.")
    coverage: Annotated[float, Field(ge=0, le=100)] = Field(80, description="Least per cent of lines that tests cover.")


class Evals(_Table):
    """What the reviews of `evals/` must reach together: `inv codex.eval` exits 7 below it."""

    precision: Share = Field(0.7, description="Findings that report an expected defect, at least (0 to 1).")
    recall: Share = Field(0.8, description="Expected defects that were reported, at least (0 to 1).")
    noise: Annotated[float, Field(ge=0)] = Field(0.34, description="Findings for each clean change, at most.")


class Workflow(_Table):
    """A declared job for Codex."""

    summary: str = Field(description="One line for lists.")
    prompt: str = Field(description="Prompt file (Jinja), relative to the repository.")
    output_schema: str = Field(alias="schema", description="JSON Schema of the answer, relative to the repository.")
    sandbox: Sandbox = Field("read-only", description="`read-only`, or `workspace-write` for work in the stage.")
    block: tuple[Severity, ...] = Field(("P0", "P1"), description="Severities that make the outcome `blocked`.")
    needs: tuple[tuple[str, ...], ...] = Field(
        (), description="Commands (argv prefixes) that must not be refused; else the run is `incomplete`."
    )
    allowed: tuple[str, ...] = Field(
        (),
        description="Patterns of paths that a proposal may change (as in .gitignore; `{x}`: an argument).",
    )
    protected: tuple[Pattern, ...] = Field((), description="More patterns of paths that its proposals may not touch.")
    migrations: bool = Field(default=False, description="Its proposals may touch folders of database migrations.")
    tests: Literal["protect", "free"] = Field(
        "protect", description="`protect`: its proposals may not weaken tests, or the settings of checks."
    )
    checks: tuple[Annotated[tuple[str, ...], Field(min_length=1)], ...] = Field(
        (), description="Commands (argv) that the host runs on a proposal, sandboxed, in a copy; all must exit 0."
    )
    openapi: tuple[str, ...] = Field(
        (),
        description="Command (argv) that prints the OpenAPI document; run, sandboxed, before and after a proposal. "
        "What breaks clients must be named in the answer (`breaking`).",
    )
    then: tuple[str, ...] = Field(
        (),
        description="What a person runs once a proposal was applied; the report and `inv codex.apply` say so.",
    )
    renders: Literal["", "adr", "module"] = Field(
        "", description="What the host writes into the proposal from the answer: `adr`, `module`; empty: nothing."
    )
    once: bool = Field(
        default=False, description="Needs `--log`; the same failure is tried once, then a person must look."
    )
    empty_is_clean: bool = Field(default=False, description="An empty change gives `clean` without asking the model.")
    split: bool = Field(
        default=False, description="A change that does not fit into one prompt is split by module; answers are merged."
    )
    inputs: tuple[Input, ...] = Field(
        (), description="What the host finds out first: " + ", ".join(f"`{one}`" for one in get_args(Input)) + "."
    )
    gates: tuple[Gate, ...] = Field(
        (), description="Checks of the answer, in order: " + ", ".join(f"`{one}`" for one in get_args(Gate)) + "."
    )
    arguments: tuple[Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,31}$")], ...] = Field(
        (), description="Names of texts that the caller gives; the prompt has each as `arguments.NAME`."
    )
    kinds: dict[str, Literal["module", "model"]] = Field(
        default_factory=dict,
        description="What an argument is: `module` (of the base, with dto.py and routes.py) or `model` (PascalCase).",
    )
    thresholds: Thresholds = Field(Thresholds(), description="Numbers for the gates.")
    evidence: tuple[Evidence, ...] = Field(
        get_args(Evidence), description="Kinds of evidence that the gate `evidence` wants to see."
    )

    @model_validator(mode="after")
    def _kinds_of_arguments(self) -> Self:
        if unknown := sorted(set(self.kinds) - set(self.arguments)):
            raise ValueError(f"kinds names {unknown[0]!r}, which is not among the arguments")
        return self

    @field_validator("prompt", "output_schema")
    @classmethod
    def _inside(cls, value: str) -> str:
        if value.startswith("/") or ".." in value.split("/") or not value:
            raise ValueError("must be a path inside the repository")
        return value


class Settings(_Table):
    """The whole of proposer.toml."""

    version: Literal[1] = Field(1, description="Format version.")
    project: Project = Project()
    provider: Provider = Provider()
    limits: Limits = Limits()
    paths: Paths = Paths()
    proposals: Proposals = Proposals()
    evals: Evals = Evals()
    prices: Prices = Prices()
    publish: Publish = Publish()
    workflows: dict[str, Workflow] = Field(default_factory=dict, description="One table per workflow.")

    def workflow(self, name: str) -> Workflow:
        """Return the workflow of that name.

        Raises:
            UsageError: there is none; the message names those that exist.
        """
        if name not in self.workflows:
            known = ", ".join(sorted(self.workflows)) or "none"
            raise UsageError(f"proposer.toml of the base declares no workflow {name!r}", f"declared: {known}")
        return self.workflows[name]


def parse(data: bytes) -> Settings:
    """Read a proposer.toml.

    Raises:
        UsageError: not TOML, an unknown key or a value that is not allowed.
    """
    try:
        return Settings.model_validate(tomllib.loads(data.decode("utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(
            f"proposer.toml: {where}: {first['msg'].lower()}", "see docs/reference/settings.md of proposer"
        ) from error
    except ValueError as error:
        raise UsageError(f"proposer.toml cannot be read: {error}", "mend the file, then run: inv codex.lock") from error
