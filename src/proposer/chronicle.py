"""What is known of a run while it goes on, and the record and the summary that are made of it in the end."""

import contextlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from proposer import __version__, digests
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
from proposer.invocation.home import PROFILE, agents_chain
from proposer.invocation.session import Session
from proposer.invocation.trial import Trial
from proposer.outputs.answer import Finding
from proposer.outputs.patch import NAME as PATCH
from proposer.outputs.patch import Proposal, raised
from proposer.outputs.redact import Redactor
from proposer.outputs.trials import NAME as CHECKS
from proposer.outputs.trials import log_of
from proposer.outputs.verdict import Observed, Verdict
from proposer.provenance import attempts, calls, record, recording, statement
from proposer.provenance.origin import Origin
from proposer.relay import tape as tapes
from proposer.relay.provider import Provider
from proposer.reports import markdown
from proposer.reports.summary import Summary

__all__ = ["Chronicle"]

_MAX_STDERR = 512 * 1024
_NO_ATTEMPT = (Outcome.UNAVAILABLE, Outcome.INTERRUPTED, Outcome.DRIFTED)
"""Outcomes of a run that may be tried again as it was."""
_EVENTS = {Outcome.CLEAN, Outcome.FINDINGS, Outcome.BLOCKED, Outcome.INCOMPLETE}


class Chronicle:
    """Takes down each step of one run. Nothing is in place before `close`, which is called once."""

    draft: record.Draft | None = None

    def __init__(self, *, store: record.Store, workflow: str, origin: Origin, unlocked: bool) -> None:
        self._store = store
        self._name = workflow
        self.origin = origin
        self._unlocked = unlocked
        self.started = datetime.now(UTC)
        self.lock_from = "worktree" if unlocked else "base"
        self._notes: list[str] = []
        self._subject: Subject | None = None
        self._pinned = Pinned({}, None)
        self._workflow: config.Workflow | None = None
        self._provider: Provider | None = None
        self._prices = Prices()
        self._stage: Stage | None = None
        self._binary: Binary | None = None
        self._diff = Diff(text="", excluded=(), not_reviewed=(), hidden=())
        self._untrusted: list[dict[str, str]] = []
        self._known: dict[str, Any] = {}
        self._branch: str | None = None
        self._session: Session | None = None
        self._observed = Observed()
        self._proposal: Proposal | None = None
        self._verdict: Verdict | None = None
        self._stop: StopError | None = None
        self._fingerprint = ""
        self._reusable = True
        self._failure = ""
        self._touched: list[str] = []
        self._redactor = Redactor()

    def note(self, text: str) -> None:
        """Take down what a reader of the report should know; nothing, where there is nothing to say."""
        self._notes += filter(None, [text])

    def begin(self, subject: Subject, lock: Lock, pinned: Pinned, redactor: Redactor) -> None:
        """Take down what the run is about; from here on there is a draft."""
        self._lock, self._pinned, self._redactor = lock, pinned, redactor
        with shielded():  # there is either a subject with a draft, or neither
            self.draft = self._store.draft(record.new_id(self.started), self._redacted)
            self._subject = subject
        self._fingerprint = digests.of_json({"run": self.draft.id})
        if subject.named_by:
            self.note(subject.named_by)

    def masks(self, redactor: Redactor) -> None:
        """Use a redactor that knows more than the one before."""
        self._redactor = redactor

    def _redacted(self, text: str) -> str:
        return self._redactor.text(text)

    def drift(self, rows: Sequence[str]) -> None:
        """Stop where lock and files differ.

        Raises:
            StopError: at the first difference (`drifted`); the message counts the others.
        """
        if rows:
            more = f" (and {len(rows) - 1} more)" if len(rows) > 1 else ""
            where = "the base" if self.lock_from == "base" else "the working tree"
            raise StopError(
                Outcome.DRIFTED,
                f"in {where}, {rows[0]}{more}",
                "look at the change, then run: inv codex.lock, and commit codex.lock with it",
            )

    def uses(
        self,
        workflow: config.Workflow,
        provider: Provider,
        prices: Prices,
        *,
        replayed: Sequence[dict[str, str]] | None = None,
    ) -> None:
        """Take down which workflow runs and who answers; for a replay, the digests of the run's untrusted texts."""
        self._workflow, self._provider, self._prices = workflow, provider, prices
        if replayed is not None:
            self._reusable, self._untrusted = False, list(replayed)

    def staged(self, stage: Stage, binary: Binary) -> None:
        """Take down the stage and the checked binary."""
        self._stage, self._binary = stage, binary
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
        self._branch = branch
        self._known = {"facts": dict(facts), "arguments": dict(arguments)} if facts or arguments else {}
        kept = {**self._known, **({"earlier": list(earlier)} if earlier else {})}
        if kept:
            self._known_draft.write(recording.FACTS, json.dumps(kept, indent=2, ensure_ascii=False) + "\n")

    def failing(self, signature: str, tree: str, git: Git) -> None:
        """Take down which failure the run is to mend.

        Raises:
            StopError: a run tried it before (`incomplete`).
        """
        known = attempts.before(self._store, git, tree, signature)
        if known:
            raise StopError(
                Outcome.INCOMPLETE,
                f"run {known} tried to mend this failure already: a person must look",
                "mend it by hand, or say what that run did not know, and run again with: --text FILE",
            )
        self._failure = signature
        self._untrusted = [{**row, "failure": signature} if not at else row for at, row in enumerate(self._untrusted)]

    def asks(self, prompt: Prompt, diff: Diff, texts: Sequence[tuple[str, str, str]]) -> None:
        """Take down the prompt; the fingerprint is known now. `texts` holds (name, raw, cleaned)."""
        self._diff = diff
        self._untrusted = self._untrusted or [
            {"name": shown(name), "sha256": digests.of_bytes(raw.encode(errors="surrogateescape")),
             "cleaned_sha256": digests.of_bytes(cleaned.encode(errors="surrogatepass"))}
            for name, raw, cleaned in texts
        ]  # fmt: skip
        self._known_draft.write("prompt.md", prompt.text)
        subject, provider = self._known_subject, self._provider
        self._fingerprint = digests.of_json(
            {
                "workflow": self._name,
                "base": subject.base,
                "old": subject.old,
                "tree": subject.tree,
                "lock": digests.of_bytes(self._pinned.lock_text or b""),
                "files": self._pinned.digests() if self._unlocked else {},
                "prompt": digests.of_bytes(prompt.text.encode(errors="surrogatepass")),
                "facts": digests.of_json(self._known) if self._known else "",
                "provider": provider.name if provider else "",
                "script": (provider.digest if provider else None) or "",
            }
        )

    def calls(self, limit: int) -> None:
        """Count this run among those that ask a model today; a script and a recording are none.

        Raises:
            StopError: the limit was reached (`unavailable`).
        """
        if self._provider is not None and not self._provider.rehearsed:
            calls.claim(self._store, self._known_draft.id, limit)

    def heard(self, session: Session, observed: Observed) -> None:
        """Take down what Codex did."""
        self._session, self._observed = session, observed
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
            self._known_draft.write("stderr.log", text.decode(errors="replace"))

    def proposes(self, proposal: Proposal | None, limits: config.Proposals, trials: Sequence[Trial]) -> None:
        """Take down what a run proposes, masked already, and what the host's checks of it printed."""
        if trials:
            self._known_draft.write(CHECKS, log_of(trials))
        self._proposal = proposal
        if proposal is not None:
            (self._known_draft.folder / PATCH).write_bytes(proposal.patch)
            self._notes += raised(limits)

    def said(self, messages: Sequence[str]) -> None:
        """Take down the final message as it came, laid out where it is JSON; several of them as a list."""
        try:
            found = [self._redactor.value(json.loads(message)) for message in messages]
            text = json.dumps(found[0] if len(found) == 1 else found, indent=2, ensure_ascii=False) + "\n"
        except (ValueError, RecursionError):
            text = self._redactor.text("\n".join(messages))
        if len(messages) > 1:
            self.note(f"the change did not fit into one prompt: {len(messages)} calls looked at a part each")
        (self._known_draft.folder / "answer.json").write_text(text, encoding="utf-8", errors="replace")

    def judged(self, verdict: Verdict) -> None:
        """Take down the verdict."""
        self._verdict = verdict

    def touches(self, before: str, after: str, git: Git) -> None:
        """Take down which of the user's files changed while the run went on; in CI none may."""
        if before and after and before != after:
            self._touched = [change.path for change in changes_between(git, before, after)]

    def stop(self, stop: StopError) -> None:
        """Take down why the run could not go on."""
        self._stop = stop

    def discard(self) -> None:
        """Forget the run."""
        if self.draft is not None:
            self._store.discard(self.draft)

    def known(self) -> Summary | None:
        """Return the summary of a finished run with this fingerprint, and forget this one; None where there is none."""
        folder = self._store.with_fingerprint(self._fingerprint)
        if folder is None:
            return None
        with shielded():
            self.discard()
            self.draft = None
        document = self._store.document(folder)
        result = dict(document.result)
        findings = tuple(Finding.model_validate(row) for row in result.pop("findings"))
        return self._summary(
            run=folder.name,
            outcome=Outcome.named(document.run.outcome),
            message=f"{result.pop('message')} (reused: nothing has changed since; --fresh asks again)",
            findings=findings,
            statement=digests.of_file(folder / record.STATEMENT),
            **{key: tuple(value) if isinstance(value, list) else value for key, value in result.items()},
        )

    def close(self) -> Summary:
        """Put the record in place and return the summary."""
        if self._verdict is None and self._stop is None:
            raise AssertionError("a run without a verdict and without a reason is not clean")
        reasons = list(self._verdict.reasons) if self._verdict else []
        if self._stop is not None:
            reasons.append((self._stop.outcome, self._stop.message))
        if self._touched:
            names = ", ".join(map(shown, self._touched[:3]))
            reasons.append((Outcome.VIOLATED, f"the working tree changed during the run: {names}"))
        outcome = Outcome.worst(*(reason[0] for reason in reasons))
        tape = self._provider.tape if self._provider else None
        if tape is not None and self._stop is None and self.draft is not None:
            rows = tape.unlike(self.draft.folder, outcome.label)
            reasons += [(Outcome.DRIFTED, f"{row} (cassette {tape.name})") for row in rows]
            outcome = Outcome.worst(*(reason[0] for reason in reasons))
        message = next((text for kind, text in reasons if kind is outcome), "nothing to report")
        hint = self._stop.hint if self._stop is not None and outcome is self._stop.outcome else ""
        finished = datetime.now(UTC)
        verdict, session = self._verdict, self._session
        result: dict[str, Any] = {
            "message": self._redactor.text(message),
            "hint": hint,
            "summary": self._redactor.text(verdict.summary if verdict else ""),
            "findings": [self._redactor.value(row.model_dump(mode="json")) for row in verdict.findings]
            if verdict
            else [],
            "answer": self._redactor.value(verdict.answer) if verdict else {},
            "carried": [self._redactor.value(row.document()) for row in verdict.carried] if verdict else [],
            "dropped": verdict.dropped if verdict else 0,
            "reasons": [self._redactor.text(text) for _, text in reasons],
            "not_reviewed": self._named(self._diff.not_reviewed),
            "excluded": self._named(self._diff.excluded),
            "instruction_paths": self._named(self._stage.touched if self._stage else ()),
            "notes": [self._redactor.text(text) for text in (*self._notes, *(verdict.notes if verdict else ()))],
            "refused_commands": len(self._observed.refused),
            "proposal": self._redactor.value(self._proposal.document(f"{record.FOLDER}/runs/{self._known_draft.id}"))
            if self._proposal
            else None,
            "usage": vars(session.relay.usage) if session else {},
            "price": self._price(),
            "seconds": round((finished - self.started).total_seconds(), 3),
            "drift": tape.difference if tape else "",
        }
        findings = tuple(Finding.model_validate(row) for row in result["findings"])
        if self.draft is None:
            return self._summary(run="", outcome=outcome, **{**result, "findings": findings})
        facts = {key: tuple(value) if isinstance(value, list) else value for key, value in result.items()}
        facts["findings"] = findings
        draft = self._known_draft
        summary = self._summary(run=draft.id, outcome=outcome, **facts)
        self._complete(summary)
        document = self._document(summary, result, finished)
        folder = self._store.keep(
            draft, document, lambda digest: statement.of(document, digest), reusable=self._reusable
        )
        if self._failure and session is not None and outcome not in _NO_ATTEMPT:
            attempts.keep(self._store, self._failure, draft.id)
        return self._summary(
            run=draft.id, outcome=outcome, statement=digests.of_file(folder / record.STATEMENT), **facts
        )

    def tape(self, folder: Path) -> None:
        """Write the record, which is closed, as a cassette too.

        Raises:
            UsageError: the folder cannot be written.
        """
        if self.draft is not None:
            kept = self._store.runs / self.draft.id
            manifest = recording.manifest_of(self._store.document(kept))
            tapes.write(folder, manifest, kept, self._pinned.lock_text)

    def _price(self) -> str:
        """Return what the run costs, as far as the settings know."""
        session = self._session
        asked = session is not None and self._provider is not None and not self._provider.rehearsed
        model = self._lock.model if self._subject else ""  # before there is a subject, no lock was read either
        return self._prices.estimate(model, vars(session.relay.usage) if session else {}, asked=asked)

    def _named(self, paths: Iterable[str]) -> list[str]:
        """Return file names as a report may show them."""
        return [self._redactor.text(shown(path)) for path in paths]

    def _complete(self, summary: Summary) -> None:
        """Write the files that every record has."""
        folder = self._known_draft.folder
        for name in ("events.jsonl", "requests.jsonl", "responses.jsonl", "stderr.log", "prompt.md"):
            (folder / name).touch()
        self._known_draft.write("answer.md", markdown.render(summary))
        if summary.drift:
            self._known_draft.write("drift.diff", summary.drift + "\n")
        good = summary.outcome in _EVENTS
        line = {
            "ts": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": "INFO" if good else "ERROR",
            "event": "codex.exec.completed" if good else "codex.exec.failed",
            "component": "ci" if self.origin.ci else "local",
            "run": summary.run,
            "workflow": summary.workflow,
            "sandbox": self._workflow.sandbox if self._workflow else None,
            "approval_policy": "never",
            "prompt": self._workflow.prompt if self._workflow else None,
            "codex_cli_version": self._lock.codex_version,
            "model": self._lock.model,
            "result": summary.outcome.label,
            "usage": summary.document()["usage"],
        }
        (folder / "log.json").write_text(json.dumps(line, sort_keys=True) + "\n", encoding="utf-8")

    def _summary(self, *, run: str, outcome: Outcome, **more: Any) -> Summary:
        subject = self._subject
        return Summary(
            run=run,
            workflow=self._name,
            outcome=outcome,
            record=f"{record.FOLDER}/runs/{run}" if run else "",
            fingerprint=self._fingerprint,
            provider=self._provider.label if self._provider else "",
            model=self._lock.model if subject else "",
            base=subject.base if subject else "",
            head=(subject.head or subject.tree) if subject else "",
            **more,
        )

    @property
    def _known_subject(self) -> Subject:
        if self._subject is None:
            raise AssertionError("begin() comes first")
        return self._subject

    @property
    def _known_draft(self) -> record.Draft:
        if self.draft is None:
            raise AssertionError("begin() comes first")
        return self.draft

    def _document(self, summary: Summary, result: dict[str, Any], finished: datetime) -> record.Document:
        subject, draft, lock, workflow = self._known_subject, self._known_draft, self._lock, self._workflow
        files = self._pinned.digests()
        chain = agents_chain(self._pinned.files)
        return record.Document(
            tool=record.Tool(
                pinned_cli_version=lock.codex_version,
                model=lock.model,
                effort=lock.effort,
                profile=PROFILE,
                codex_sha256=self._binary.sha256 if self._binary else "",
                codex_reference=self._binary.reference if self._binary else "",
                proposer_version=__version__,
                provider=self._provider.name if self._provider else "",
            ),
            run=record.Run(
                id=draft.id,
                name=self._name,
                timestamp_utc=_stamp(self.started),
                started_at=_stamp(self.started),
                finished_at=_stamp(finished),
                runner=self.origin.runner,
                job_id=self.origin.job_id,
                workflow=self.origin.workflow,
                actor=self.origin.actor,
                repo=self.origin.repo,
                git=record.GitPart(
                    base_sha=subject.base,
                    head_sha=subject.head,
                    tree=subject.tree,
                    kind=subject.kind,
                    old_tree=subject.old,
                    parent_sha=subject.parent,
                    branch=self._branch,
                ),
                outcome=summary.outcome.label,
                fingerprint=self._fingerprint,
                unlocked=self._unlocked,
                lock_from=self.lock_from,
                replay_of=self._provider.tape.manifest.run if self._provider and self._provider.tape else None,
            ),
            inputs=record.Inputs(
                prompt_file=workflow.prompt if workflow else None,
                prompt_sha256=files.get(workflow.prompt) if workflow else None,
                agents_md_sha256=digests.of_bytes(chain.encode()) if chain else None,
                rules_sha256=_together(files, ".codex/rules/"),
                skills_sha256=_together(files, ".agents/skills/"),
                output_schema_file=workflow.output_schema if workflow else None,
                schema_sha256=files.get(workflow.output_schema) if workflow else None,
                config_sha256=self._session.config.policy_sha256 if self._session else None,
                lock_sha256=digests.of_bytes(self._pinned.lock_text) if self._pinned.lock_text else None,
                diff_sha256=digests.of_bytes(self._diff.text.encode(errors="surrogatepass")),
                untrusted=self._untrusted,
                provider_sha256=self._provider.digest if self._provider else None,
            ),
            policy=record.Policy(
                sandbox=workflow.sandbox if workflow else "read-only", shell=bool(self._session and self._session.shell)
            ),
            outputs=record.Outputs(
                final_message_file="answer.json" if (draft.folder / "answer.json").exists() else None,
                jsonl_log_file="events.jsonl",
                files_changed=self._named(self._observed.written),
                files_ignored=self._named(self._observed.ignored),
                artifacts_sha256=draft.artifacts(),
            ),
            result=result,
        )


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _together(files: dict[str, str], prefix: str) -> str | None:
    """Return one digest over all files below a folder; None where there is none."""
    found = {path: digest for path, digest in files.items() if path.startswith(prefix)}
    return digests.of_json(found) if found else None
