"""The record and the summary that are made of what was taken down of a run."""

import logging
from datetime import UTC, datetime
from typing import Any

from proposer import __version__, digests
from proposer.errors import Outcome
from proposer.git import shown
from proposer.invocation.home import PROFILE, agents_chain
from proposer.notes import Notes
from proposer.outputs.answer import Finding
from proposer.provenance import attempts, record, statement
from proposer.reports import journal, markdown
from proposer.reports.summary import Summary

__all__ = ["close"]

_NO_ATTEMPT = (Outcome.UNAVAILABLE, Outcome.INTERRUPTED, Outcome.DRIFTED)
"""Outcomes of a run that may be tried again as it was."""
_EVENTS = {Outcome.CLEAN, Outcome.FINDINGS, Outcome.BLOCKED, Outcome.INCOMPLETE}


def close(notes: Notes, store: record.Store) -> Summary:
    """Put the record in place and return the summary."""
    if notes.verdict is None and notes.stopped is None:
        raise AssertionError("a run without a verdict and without a reason is not clean")
    reasons = list(notes.verdict.reasons) if notes.verdict else []
    if notes.stopped is not None:
        reasons.append((notes.stopped.outcome, notes.stopped.message))
    if notes.touched:
        names = ", ".join(map(shown, notes.touched[:3]))
        reasons.append((Outcome.VIOLATED, f"the working tree changed during the run: {names}"))
    outcome = Outcome.worst(*(reason[0] for reason in reasons))
    tape = notes.provider.tape if notes.provider else None
    if tape is not None and notes.stopped is None and notes.draft is not None:
        rows = tape.unlike(notes.draft.folder, outcome.label)
        reasons += [(Outcome.DRIFTED, f"{row} (cassette {tape.name})") for row in rows]
        outcome = Outcome.worst(*(reason[0] for reason in reasons))
    message = next((text for kind, text in reasons if kind is outcome), "nothing to report")
    hint = notes.stopped.hint if notes.stopped is not None and outcome is notes.stopped.outcome else ""
    finished = datetime.now(UTC)
    verdict, session = notes.verdict, notes.session
    result: dict[str, Any] = {
        "message": notes.redactor.text(message),
        "hint": hint,
        "summary": notes.redactor.text(verdict.summary if verdict else ""),
        "findings": [notes.redactor.value(row.model_dump(mode="json")) for row in verdict.findings] if verdict else [],
        "answer": notes.redactor.value(verdict.answer) if verdict else {},
        "carried": [notes.redactor.value(row.document()) for row in verdict.carried] if verdict else [],
        "dropped": verdict.dropped if verdict else 0,
        "reasons": [notes.redactor.text(text) for _, text in reasons],
        "not_reviewed": notes.named(notes.diff.not_reviewed),
        "excluded": notes.named(notes.diff.excluded),
        "instruction_paths": notes.named(notes.stage.touched if notes.stage else ()),
        "notes": [notes.redactor.text(text) for text in (*notes.remarks, *(verdict.notes if verdict else ()))],
        "refused_commands": len(notes.observed.refused),
        "proposal": notes.redactor.value(notes.proposal.document(f"{record.FOLDER}/runs/{notes.known_draft.id}"))
        if notes.proposal
        else None,
        "usage": vars(session.relay.usage) if session else {},
        "price": notes.price(),
        "seconds": round((finished - notes.started).total_seconds(), 3),
        "drift": tape.difference if tape else "",
    }
    findings = tuple(Finding.model_validate(row) for row in result["findings"])
    if notes.draft is None:
        return notes.summary(run="", outcome=outcome, **{**result, "findings": findings})
    facts = {key: tuple(value) if isinstance(value, list) else value for key, value in result.items()}
    facts["findings"] = findings
    draft = notes.known_draft
    summary = notes.summary(run=draft.id, outcome=outcome, **facts)
    event = _complete(notes, summary)
    document = _document(notes, summary, result, finished)
    folder = store.keep(draft, document, lambda digest: statement.of(document, digest), reusable=notes.reusable)
    journal.emit(event)
    if notes.failure and session is not None and outcome not in _NO_ATTEMPT:
        attempts.keep(store, notes.failure, draft.id)
    return notes.summary(run=draft.id, outcome=outcome, statement=digests.of_file(folder / record.STATEMENT), **facts)


def _complete(notes: Notes, summary: Summary) -> logging.LogRecord:
    """Write the files that every record has, and return the event for the log."""
    folder = notes.known_draft.folder
    for name in ("events.jsonl", "requests.jsonl", "responses.jsonl", "stderr.log", "prompt.md"):
        (folder / name).touch()
    notes.known_draft.write("answer.md", markdown.render(summary))
    if summary.drift:
        notes.known_draft.write("drift.diff", summary.drift + "\n")
    event = journal.entry(
        good=summary.outcome in _EVENTS,
        component="ci" if notes.origin.ci else "local",
        run=summary.run,
        workflow=summary.workflow,
        sandbox=notes.workflow.sandbox if notes.workflow else None,
        approval_policy="never",
        prompt=notes.workflow.prompt if notes.workflow else None,
        codex_cli_version=notes.known_lock.codex_version,
        model=notes.known_lock.model,
        result=summary.outcome.label,
        usage=summary.document()["usage"],
    )
    journal.write(event, folder / "log.json")
    return event


def _document(notes: Notes, summary: Summary, result: dict[str, Any], finished: datetime) -> record.Document:
    subject, draft, lock, workflow = notes.known_subject, notes.known_draft, notes.known_lock, notes.workflow
    files = notes.pinned.digests()
    chain = agents_chain(notes.pinned.files)
    return record.Document(
        tool=record.Tool(
            pinned_cli_version=lock.codex_version,
            model=lock.model,
            effort=lock.effort,
            profile=PROFILE,
            codex_sha256=notes.binary.sha256 if notes.binary else "",
            codex_reference=notes.binary.reference if notes.binary else "",
            proposer_version=__version__,
            provider=notes.provider.name if notes.provider else "",
        ),
        run=record.Run(
            id=draft.id,
            name=notes.name,
            timestamp_utc=_stamp(notes.started),
            started_at=_stamp(notes.started),
            finished_at=_stamp(finished),
            runner=notes.origin.runner,
            job_id=notes.origin.job_id,
            workflow=notes.origin.workflow,
            actor=notes.origin.actor,
            repo=notes.origin.repo,
            git=record.GitPart(
                base_sha=subject.base,
                head_sha=subject.head,
                tree=subject.tree,
                kind=subject.kind,
                old_tree=subject.old,
                parent_sha=subject.parent,
                branch=notes.branch,
            ),
            outcome=summary.outcome.label,
            fingerprint=notes.fingerprint,
            unlocked=notes.unlocked,
            lock_from=notes.lock_from,
            replay_of=notes.provider.tape.manifest.run if notes.provider and notes.provider.tape else None,
        ),
        inputs=record.Inputs(
            prompt_file=workflow.prompt if workflow else None,
            prompt_sha256=files.get(workflow.prompt) if workflow else None,
            agents_md_sha256=digests.of_bytes(chain.encode()) if chain else None,
            rules_sha256=notes.pinned.together(".codex/rules/"),
            skills_sha256=notes.pinned.together(".agents/skills/"),
            output_schema_file=workflow.output_schema if workflow else None,
            schema_sha256=files.get(workflow.output_schema) if workflow else None,
            config_sha256=notes.session.config.policy_sha256 if notes.session else None,
            lock_sha256=digests.of_bytes(notes.pinned.lock_text) if notes.pinned.lock_text else None,
            diff_sha256=digests.of_bytes(notes.diff.text.encode(errors="surrogatepass")),
            untrusted=notes.untrusted,
            provider_sha256=notes.provider.digest if notes.provider else None,
        ),
        policy=record.Policy(
            sandbox=workflow.sandbox if workflow else "read-only",
            shell=bool(notes.session and notes.session.shell),
            limits=notes.limits.model_dump() if notes.limits else {},
        ),
        outputs=record.Outputs(
            final_message_file="answer.json" if (draft.folder / "answer.json").exists() else None,
            jsonl_log_file="events.jsonl",
            log_schema=journal.SCHEMA,
            files_changed=notes.named(notes.observed.written),
            files_ignored=notes.named(notes.observed.ignored),
            artifacts_sha256=draft.artifacts(),
        ),
        result={**result, "redactions": draft.redactions()},
    )


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
