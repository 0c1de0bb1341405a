"""What is known of a run while it goes on; every field is empty until its step was taken."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from proposer.config import settings as config
from proposer.config.lock import Pinned
from proposer.config.lockfile import Lock
from proposer.config.prices import Prices
from proposer.errors import Outcome, StopError
from proposer.git import shown
from proposer.inputs.prompt import Diff
from proposer.inputs.stage import Stage
from proposer.inputs.subject import Subject
from proposer.invocation.binary import Binary
from proposer.invocation.session import Session
from proposer.outputs.patch import Proposal
from proposer.outputs.redact import Redactor
from proposer.outputs.verdict import Observed, Verdict
from proposer.provenance import record
from proposer.provenance.origin import Origin
from proposer.relay.provider import Provider
from proposer.reports.summary import Summary

__all__ = ["Notes"]


@dataclass(kw_only=True)
class Notes:
    """What was taken down of one run.

    `name` is the workflow's name and `workflow` its settings; `kept` holds facts and arguments, `remarks` what a reader
    of the report should know, `failure` the signature of the failure to mend, `touched` the user's files that changed.
    """

    name: str
    origin: Origin
    unlocked: bool
    lock_from: str
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    draft: record.Draft | None = None
    remarks: list[str] = field(default_factory=list)
    subject: Subject | None = None
    lock: Lock | None = None
    pinned: Pinned = field(default_factory=lambda: Pinned({}, None))
    workflow: config.Workflow | None = None
    provider: Provider | None = None
    prices: Prices = field(default_factory=Prices)
    limits: config.Limits | None = None
    stage: Stage | None = None
    binary: Binary | None = None
    diff: Diff = field(default_factory=lambda: Diff(text="", excluded=(), not_reviewed=(), hidden=()))
    untrusted: list[dict[str, str]] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)
    branch: str | None = None
    session: Session | None = None
    observed: Observed = field(default_factory=Observed)
    proposal: Proposal | None = None
    verdict: Verdict | None = None
    stopped: StopError | None = None
    fingerprint: str = ""
    reusable: bool = True
    failure: str = ""
    touched: Sequence[str] = ()
    redactor: Redactor = field(default_factory=Redactor)

    def price(self) -> str:
        """Return what the run costs, as far as the settings know."""
        session = self.session
        asked = session is not None and self.provider is not None and not self.provider.rehearsed
        model = self.known_lock.model if self.subject else ""  # before there is a subject, no lock was read either
        return self.prices.estimate(model, vars(session.relay.usage) if session else {}, asked=asked)

    def named(self, paths: Iterable[str]) -> list[str]:
        """Return file names as a report may show them."""
        return [self.redactor.text(shown(path)) for path in paths]

    def summary(self, *, run: str, outcome: Outcome, **more: Any) -> Summary:
        """Return the summary of the run; `more` are the fields that only its end knows."""
        subject = self.subject
        return Summary(
            run=run,
            workflow=self.name,
            outcome=outcome,
            record=f"{record.FOLDER}/runs/{run}" if run else "",
            fingerprint=self.fingerprint,
            provider=self.provider.label if self.provider else "",
            model=self.known_lock.model if subject else "",
            base=subject.base if subject else "",
            head=(subject.head or subject.tree) if subject else "",
            **more,
        )

    @property
    def known_subject(self) -> Subject:
        """Return the subject.

        Raises:
            AssertionError: there is none yet.
        """
        if self.subject is None:
            raise AssertionError("begin() comes first")
        return self.subject

    @property
    def known_draft(self) -> record.Draft:
        """Return the draft.

        Raises:
            AssertionError: there is none yet.
        """
        if self.draft is None:
            raise AssertionError("begin() comes first")
        return self.draft

    @property
    def known_lock(self) -> Lock:
        """Return the lock.

        Raises:
            AssertionError: none was read yet.
        """
        if self.lock is None:
            raise AssertionError("begin() comes first")
        return self.lock
