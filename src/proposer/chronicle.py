"""What is known of a run while it goes on, and the record and the summary that are made of it in the end."""

import contextlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from proposer import closing, digests
from proposer.config import lock as locks
from proposer.config import settings as config
from proposer.config.lock import Pinned
from proposer.config.lockfile import Lock
from proposer.config.prices import Prices
from proposer.errors import Outcome, StopError
from proposer.git import Git, shown
from proposer.inputs.prompt import Diff, Prompt
from proposer.inputs.stage import Stage
from proposer.inputs.subject import Subject, changes_between
from proposer.interrupts import shielded
from proposer.invocation import home
from proposer.invocation.binary import Binary
from proposer.invocation.session import Session
from proposer.invocation.trial import Trial
from proposer.notes import Notes
from proposer.outputs.answer import Finding
from proposer.outputs.patch import NAME as PATCH
from proposer.outputs.patch import Proposal, raised
from proposer.outputs.redact import Redactor
from proposer.outputs.trials import NAME as CHECKS
from proposer.outputs.trials import log_of
from proposer.outputs.verdict import Observed, Verdict
from proposer.provenance import attempts, calls, record, recording, shelf
from proposer.provenance.origin import Origin
from proposer.relay import tape as tapes
from proposer.relay.provider import Provider
from proposer.reports.summary import Summary

__all__ = ["Chronicle"]

_MAX_STDERR = 512 * 1024
_NO_ATTEMPT = (Outcome.UNAVAILABLE, Outcome.INTERRUPTED, Outcome.DRIFTED)
"""Outcomes of a run that may be tried again as it was."""
_EVENTS = {Outcome.CLEAN, Outcome.FINDINGS, Outcome.BLOCKED, Outcome.INCOMPLETE}


class Chronicle:
    """Takes down each step of one run. Nothing is in place before `close`, which is called once."""

    def __init__(self, *, store: record.Store, workflow: str, origin: Origin, unlocked: bool) -> None:
        self._store = store
        self.notes = Notes(
            name=workflow, origin=origin, unlocked=unlocked, lock_from="worktree" if unlocked else "base"
        )

    def note(self, text: str) -> None:
        """Take down what a reader of the report should know; nothing, where there is nothing to say."""
        self.notes.remarks += filter(None, [text])

    def begin(self, subject: Subject, lock: Lock, pinned: Pinned, redactor: Redactor) -> None:
        """Take down what the run is about; from here on there is a draft."""
        self.notes.lock, self.notes.pinned, self.notes.redactor = lock, pinned, redactor
        with shielded():  # there is either a subject with a draft, or neither
            self.notes.draft = self._store.draft(record.new_id(self.notes.started), self._redacted)
            self.notes.subject = subject
        self.notes.fingerprint = digests.of_json({"run": self.notes.draft.id})
        if subject.named_by:
            self.note(subject.named_by)

    def masks(self, redactor: Redactor) -> None:
        """Use a redactor that knows more than the one before."""
        self.notes.redactor = redactor

    def _redacted(self, text: str) -> str:
        return self.notes.redactor.text(text)

    def drift(self, rows: Sequence[str]) -> None:
        """Stop where lock and files differ.

        Raises:
            StopError: at the first difference (`drifted`); the message counts the others.
        """
        if rows:
            more = f" (and {len(rows) - 1} more)" if len(rows) > 1 else ""
            where = "the base" if self.notes.lock_from == "base" else "the working tree"
            raise StopError(Outcome.DRIFTED, f"in {where}, {rows[0]}{more}", locks.mending(rows))

    def uses(
        self,
        workflow: config.Workflow,
        provider: Provider,
        prices: Prices,
        limits: config.Limits,
        *,
        replayed: Sequence[dict[str, str]] | None = None,
    ) -> None:
        """Take down which workflow runs and who answers; for a replay, the digests of the run's untrusted texts."""
        self.notes.workflow, self.notes.provider, self.notes.prices = workflow, provider, prices
        if provider.login is not None:
            self.note("asked with the ChatGPT login of the person who started this; its plan pays")
        self.notes.limits = limits
        if replayed is not None:
            self.notes.reusable, self.notes.untrusted = False, list(replayed)

    def staged(self, stage: Stage, binary: Binary) -> None:
        """Take down the stage and the checked binary."""
        self.notes.stage, self.notes.binary = stage, binary
        if binary.reference != "codex.lock":
            self.note(f"codex.lock has no digest for this platform; the wheel's {binary.reference} was the reference")
        if home.SYSTEM.exists():
            self.note("/etc/codex exists: Codex reads settings from it that codex.lock does not pin")

    def knows(
        self,
        facts: Mapping[str, Any],
        arguments: Mapping[str, str],
        earlier: Sequence[dict[str, Any]],
        branch: str | None,
    ) -> None:
        """Take down what the host found out, what the caller gave and what the last run carried; all of it masked.

        A replay takes them from there. What an earlier run found does not make this another run.
        """
        self.notes.branch = branch
        self.notes.kept = {"facts": dict(facts), "arguments": dict(arguments)} if facts or arguments else {}
        kept = {**self.notes.kept, **({"earlier": list(earlier)} if earlier else {})}
        if kept:
            self.notes.known_draft.write(recording.FACTS, json.dumps(kept, indent=2, ensure_ascii=False) + "\n")

    def failing(self, signature: str, tree: str, git: Git) -> None:
        """Take down which failure the run is to mend.

        Raises:
            StopError: a run tried it before (`incomplete`).
        """
        known = attempts.before(self._store, git, tree, signature, self.kept_by_ci())
        if known:
            raise StopError(
                Outcome.INCOMPLETE,
                f"run {known} tried to mend this failure already: a person must look",
                "mend it by hand, or say what that run did not know, and run again with: --text FILE",
            )
        self.notes.failure = signature
        self.notes.untrusted = [
            {**row, "failure": signature} if not at else row for at, row in enumerate(self.notes.untrusted)
        ]

    def asks(self, prompt: Prompt, diff: Diff, texts: Sequence[tuple[str, str, str]]) -> None:
        """Take down the prompt; the fingerprint is known now. `texts` holds (name, raw, cleaned)."""
        self.notes.diff = diff
        self.notes.untrusted = self.notes.untrusted or [
            {"name": shown(name), "sha256": digests.of_bytes(raw.encode(errors="surrogateescape")),
             "cleaned_sha256": digests.of_bytes(cleaned.encode(errors="surrogatepass"))}
            for name, raw, cleaned in texts
        ]  # fmt: skip
        self.notes.known_draft.write("prompt.md", prompt.text)
        subject, provider = self.notes.known_subject, self.notes.provider
        self.notes.fingerprint = digests.of_json(
            {
                "workflow": self.notes.name,
                "base": subject.base,
                "old": subject.old,
                "tree": subject.tree,
                "lock": digests.of_bytes(self.notes.pinned.lock_text or b""),
                "files": self.notes.pinned.digests() if self.notes.unlocked else {},
                "prompt": digests.of_bytes(prompt.text.encode(errors="surrogatepass")),
                "facts": digests.of_json(self.notes.kept) if self.notes.kept else "",
                "provider": provider.name if provider else "",
                "script": (provider.digest if provider else None) or "",
            }
        )

    def calls(self, limit: int) -> None:
        """Count this run among those that ask a model today; a script and a recording are none.

        Raises:
            StopError: the limit was reached (`unavailable`).
        """
        if self.notes.provider is not None and not self.notes.provider.rehearsed:
            kept = self.kept_by_ci()
            if kept is None and self.notes.origin.ci:
                self.note(f"what other jobs asked and found is unknown: there is no branch {shelf.BRANCH} here")
            run = self.notes.known_draft.id
            calls.claim(self._store, run, limit, kept.asked_on(run[:8]) if kept else 0)

    def kept_by_ci(self) -> shelf.Shelf | None:
        """Return what CI keeps of its runs; None at a desk, which has records of its own."""
        return shelf.of(Git(cwd=self._store.root)) if self.notes.origin.ci else None

    def heard(self, session: Session, observed: Observed) -> None:
        """Take down what Codex did."""
        self.notes.session, self.notes.observed = session, observed
        if not session.shell:
            self.note(f"the sandbox does not start here ({session.shell_detail}); the model had no shell")
        if session.ended.strays:
            self.note(f"{session.ended.strays} process(es) were left over and ended")
        if session.tally.unknown:
            kinds = ", ".join(sorted(session.tally.unknown))
            self.note(f"{sum(session.tally.unknown.values())} event(s) of unknown kind were kept: {kinds[:200]}")
        for warning in session.tally.warnings[:5]:
            self.note(f"codex warns: {warning[:300]}")
        if observed.ignored:
            names = ", ".join(observed.ignored[:5])
            self.note(f"{len(observed.ignored)} file(s) that git ignores were written in the stage: {names}")

    def complains(self, stderr: Path) -> None:
        """Take down what Codex wrote on standard error, also where it was stopped; the middle of a flood is cut."""
        with contextlib.suppress(OSError), stderr.open("rb") as stream:
            text = stream.read(_MAX_STDERR)
            if rest := stream.seek(0, os.SEEK_END) - len(text):
                stream.seek(-min(rest, _MAX_STDERR), os.SEEK_END)
                text += b"\n[cut: there was more]\n" + stream.read(_MAX_STDERR)
            self.notes.known_draft.write("stderr.log", text.decode(errors="replace"))

    def proposes(self, proposal: Proposal | None, limits: config.Proposals, trials: Sequence[Trial]) -> None:
        """Take down what a run proposes, masked already, and what the host's checks of it printed."""
        if trials:
            self.notes.known_draft.write(CHECKS, log_of(trials))
        self.notes.proposal = proposal
        if proposal is not None:
            (self.notes.known_draft.folder / PATCH).write_bytes(proposal.patch)
            self.notes.remarks += raised(limits)

    def said(self, messages: Sequence[str]) -> None:
        """Take down the final message as it came, laid out where it is JSON; several of them as a list."""
        try:
            found = [self.notes.redactor.value(json.loads(message)) for message in messages]
            text = json.dumps(found[0] if len(found) == 1 else found, indent=2, ensure_ascii=False) + "\n"
        except (ValueError, RecursionError):
            text = self.notes.redactor.text("\n".join(messages))
        if len(messages) > 1:
            self.note(f"the change did not fit into one prompt: {len(messages)} calls looked at a part each")
        (self.notes.known_draft.folder / "answer.json").write_text(text, encoding="utf-8", errors="replace")

    def judged(self, verdict: Verdict) -> None:
        """Take down the verdict."""
        self.notes.verdict = verdict

    def touches(self, before: str, after: str, git: Git) -> None:
        """Take down which of the user's files changed while the run went on; in CI none may."""
        if before and after and before != after:
            self.notes.touched = [change.path for change in changes_between(git, before, after)]

    def stop(self, stop: StopError) -> None:
        """Take down why the run could not go on."""
        self.notes.stopped = stop

    def discard(self) -> None:
        """Forget the run."""
        if self.notes.draft is not None:
            self._store.discard(self.notes.draft)

    def known(self) -> Summary | None:
        """Return the summary of a finished run with this fingerprint, and forget this one; None where there is none."""
        folder = self._store.with_fingerprint(self.notes.fingerprint)
        if folder is None:
            return None
        with shielded():
            self.discard()
            self.notes.draft = None
        document = self._store.document(folder)
        result = dict(document.result)
        findings = tuple(Finding.model_validate(row) for row in result.pop("findings"))
        return self.notes.summary(
            run=folder.name,
            outcome=Outcome.named(document.run.outcome),
            message=f"{result.pop('message')} (reused: nothing has changed since; --fresh asks again)",
            findings=findings,
            statement=digests.of_file(folder / record.STATEMENT),
            **{key: tuple(value) if isinstance(value, list) else value for key, value in result.items()},
        )

    def close(self) -> Summary:
        """Put the record in place and return the summary."""
        return closing.close(self.notes, self._store)

    def tape(self, folder: Path) -> None:
        """Write the record, which is closed, as a cassette too.

        Raises:
            UsageError: the folder cannot be written.
        """
        if self.notes.draft is not None:
            kept = self._store.runs / self.notes.draft.id
            manifest = recording.manifest_of(self._store.document(kept))
            tapes.write(folder, manifest, kept, self.notes.pinned.lock_text)
