"""What a CI file lets its jobs do and what they check, whatever system runs them."""

import re
from dataclasses import dataclass, field
from typing import Any

__all__ = ["EVERYTHING", "LEVELS", "Check", "Job", "Pipeline"]

EVERYTHING = "*"
"""Stands for all scopes of a token, or for all secrets."""
LEVELS = ("none", "read", "write")
_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class Check:
    """A command that judges a change: the events it runs on, and what can keep it from running or failing."""

    command: str
    events: frozenset[str]
    unless: frozenset[str]


@dataclass(kw_only=True)
class Job:
    """One job. `permissions` is None where nothing limits its token; `secrets` maps names to how far they are seen."""

    name: str
    permissions: dict[str, str] | None = None
    secrets: dict[str, int] = field(default_factory=dict)
    unpinned: set[str] = field(default_factory=set)
    pinned: set[str] = field(default_factory=set)
    needs: set[str] = field(default_factory=set)
    condition: str = ""
    environment: str = ""
    runners: set[str] = field(default_factory=set)
    limited: bool = False
    leaves_token: int = 0
    risky: set[str] = field(default_factory=set)
    checks: list[Check] = field(default_factory=list)
    gates: set[str] = field(default_factory=set)

    def pin(self, uses: str) -> None:
        """Take down an action or an image (`docker://...`) as pinned to its bytes or not; local ones are neither."""
        if not uses or uses.startswith("./"):
            return
        name, _, reference = uses.rpartition("@")
        image = uses.startswith("docker://")
        good = reference.startswith("sha256:") if image else _SHA.fullmatch(reference) is not None
        bare = name or uses
        (self.pinned if good else self.unpinned).add(re.sub(r":[^/]*$", "", bare) if image else bare)

    @property
    def trusted(self) -> bool:
        """Whether it has what an attacker wants: a secret, or a token that writes."""
        return bool(self.secrets) or self.permissions is None or "write" in self.permissions.values()


@dataclass(kw_only=True)
class Pipeline:
    """A whole file. `permissions` is what a job gets that says nothing itself; None: no limit."""

    permissions: dict[str, str] | None = None
    events: dict[str, Any] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
