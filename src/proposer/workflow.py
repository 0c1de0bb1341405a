"""One run, stage by stage: lock, subject, stage, prompt, invoke, events, answer, gates, record, report."""

import contextlib
import random
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from proposer import harvest, premises
from proposer.chronicle import Chronicle
from proposer.config import lock as locks
from proposer.config import settings as config
from proposer.config import strict
from proposer.errors import InterruptedRunError, Outcome, StopError, UsageError
from proposer.facts import collection
from proposer.facts.ground import Ground
from proposer.git import root_of, shown
from proposer.inputs import arguments, failure, files, includes
from proposer.inputs import prompt as prompts
from proposer.inputs import stage as stages
from proposer.inputs import subject as subjects
from proposer.inputs import workspace as workspaces
from proposer.inputs.branch import branch_of
from proposer.interrupts import interruptible, shielded
from proposer.invocation import binary as binaries
from proposer.invocation import session as sessions
from proposer.invocation import support, trial
from proposer.outputs import answer as answers
from proposer.outputs import carried
from proposer.outputs import patch as patches
from proposer.outputs.merging import merged
from proposer.outputs.redact import Redactor
from proposer.outputs.verdict import Observed, Verdict, judge
from proposer.provenance import earlier
from proposer.provenance import origin as origins
from proposer.provenance import record as records
from proposer.relay import patience
from proposer.relay import provider as providers
from proposer.relay import tape as tapes
from proposer.relay.places import CODEX, RUN, Places
from proposer.reports.summary import Summary
from proposer.request import Replay, Request

__all__ = ["Replay", "Request", "execute"]

_RESERVE = 4_000
"""Characters kept free for headings, fences and lists of names around what goes into the prompt."""
_PAUSE = {False: (1.0, 5.0), True: (0.0, 0.1)}
"""Seconds before a busy provider is asked once more, at least and at most; a script (True) need not be spared."""


def execute(
    folder: Path, request: Request, *, environment: Mapping[str, str], on_step: Callable[[str], None]
) -> Summary:
    """Run a workflow in the repository that holds `folder`, and keep a record of it.

    Args:
        folder: somewhere inside the repository; the repository itself is only read, but for `.proposer/`.
        request: what to do.
        environment: the caller's environment; it names the key and the CI job, nothing else.
        on_step: told what happens, for people.

    Returns:
        The summary of the run; its outcome may be any.

    Raises:
        UsageError: the request or the configuration cannot be used; there is no record then.
        OSError: the record cannot be written.
    """
    origin = origins.of(environment)
    if request.unlocked and origin.ci:
        raise UsageError("--unlocked is refused in CI", "leave it out: CI runs what codex.lock pins")
    if request.record is not None:
        tapes.check_target(request.record)
    root = root_of(folder)
    store = records.Store(root)
    store.check()
    store.check_ledger()
    redactor = Redactor(premises.secrets(environment))
    chronicle = Chronicle(store=store, workflow=request.workflow, origin=origin, unlocked=request.unlocked)
    with interruptible(), workspaces.opened(root) as workspace:
        before = _tree(workspace) if origin.ci else ""
        try:
            reused = _steps(root, request, environment, workspace, chronicle, redactor, on_step)
            if reused is not None:
                return reused
        except KeyboardInterrupt:
            chronicle.stop(InterruptedRunError())
        except StopError as stop:
            chronicle.stop(stop)
        except BaseException:
            with shielded(forget=True):
                chronicle.discard()
            raise
        with shielded(forget=True):  # it is over: an interrupt now must not leave half a record
            chronicle.touches(before, _tree(workspace) if before else "", workspace.git())
            summary = chronicle.close()
            if request.record is not None:
                chronicle.tape(request.record)
            return summary


def _tree(workspace: workspaces.Workspace) -> str:
    """Return the tree of the user's files as they are now; empty where git cannot say (unmerged entries)."""
    with contextlib.suppress(UsageError):
        return subjects.snapshot(workspace, everything=True)
    return ""


def _steps(  # noqa: PLR0915 - the steps, one after the other, on one screen
    root: Path,
    request: Request,
    environment: Mapping[str, str],
    workspace: workspaces.Workspace,
    chronicle: Chronicle,
    redactor: Redactor,
    on_step: Callable[[str], None],
) -> Summary | None:
    """Take the steps in order; a summary is returned only where a finished run is reused."""
    again = request.replay
    raw = (
        again.texts
        if again
        else [(path.name, premises.read(path)) for path in filter(None, (request.log, *request.texts))]
    )
    # 2. Subject: object ids before anything else.
    on_step("resolving the subject")
    subject = subjects.recall(workspace, again.subject) if again else premises.subject(root, request, workspace)
    # 1. Lock of the base, its settings, and the bytes that it pins.
    pinned, lock = premises.locked(root, request, workspace, subject, chronicle)
    settings = config.parse(pinned.settings or b"")
    personal = settings.project.personal_data
    redactor = redactor.with_personal() if personal else redactor
    chronicle.begin(subject, lock, pinned, redactor)
    chronicle.drift(locks.differences(lock, pinned) if not request.unlocked else [])
    workflow = settings.workflow(request.workflow)
    if workflow.once and not again and request.log is None:
        raise UsageError(f"{request.workflow} needs the log of the failing check", "add: --log FILE")
    asked = again.arguments if again else request.arguments
    if workflow.kinds:
        arguments.check(workflow, asked, workspace.git().tree(subject.base))
    source, schema = (
        premises.asset(pinned, workflow.prompt).decode(errors="replace"),
        premises.asset(pinned, workflow.output_schema),
    )
    strict.check(schema, workflow.output_schema)
    provider = again.provider if again else providers.choose(
        request.provider, settings.provider.default, root=root, environment=environment
    )  # fmt: skip
    values = premises.secrets(environment)
    if revealed := premises.revealed(provider):  # a keyring or a file, which the environment does not know
        values += revealed
        redactor = Redactor(values, personal=personal)
        chronicle.masks(redactor)
    chronicle.uses(workflow, provider, settings.prices, settings.limits, replayed=again.untrusted if again else None)
    provider.fits(lock.codex_version)
    patches.policy_of(workflow, settings.proposals, asked)  # without a meaning, it must stop before it is paid for
    # 3. Stage; the digest of the binary is taken meanwhile.
    on_step("staging the subject")
    instruction = partial(stages.is_instruction, more=settings.paths.instruction, exact=frozenset(pinned.files))
    with ThreadPoolExecutor(1) as pool:
        checked = pool.submit(binaries.check, binaries.find(), lock, cached=not chronicle.notes.origin.ci)
        stage = stages.prepare(workspace, subject, instruction=instruction)
        binary = checked.result()
    chronicle.staged(stage, binary)
    # 4. Facts and prompt.
    ground = Ground(
        root=root, git=workspace.git(), subject=subject, settings=settings, workflow=workflow,
        now=chronicle.notes.started, arguments=request.arguments, texts=raw, damage=premises.damage(root),
    )  # fmt: skip
    facts = collection.again(again.facts, raw) if again else collection.collect(ground)
    known, given = (
        redactor.value(dict(facts.data)),
        redactor.value(dict(again.arguments if again else request.arguments)),
    )
    named = branch_of(root, head=request.head, named=chronicle.notes.origin.branch)
    branch = redactor.text(named) if named else named  # anybody can give a branch any name, also that of a secret
    before = again.earlier if again else earlier.carried_before(
        records.Store(root), workspace.git(), workflow=request.workflow, branch=branch, base=subject.base,
        rehearsed=provider.rehearsed, shelf=chronicle.kept_by_ci(),
    )  # fmt: skip
    chronicle.knows(known, given, before, branch)
    fenced = [(name, premises.cleaned(collection.written(fact), redactor).text) for name, fact in known.items()]
    texts = [(name, text, premises.cleaned(text, redactor)) for name, text in facts.texts]
    labels = [name if again else cleaned.label(prompts.label_of(name)) for name, _, cleaned in texts]
    parts = includes.beside(workflow.prompt, pinned.files)
    used = (
        sum(map(len, (source, *parts.values())))
        + sum(len(cleaned.text) for _, _, cleaned in texts)
        + sum(len(text) for _, text in fenced)
        + _RESERVE
    )
    diff = prompts.diff_of(
        workspace.git(),
        subject,
        generated=stage.generated,
        exclude=settings.paths.exclude,
        budget=max(settings.limits.prompt_characters - used, 0),
        calls=settings.limits.parts if workflow.split else 1,
    )
    said = [(name, premises.cleaned(text, redactor).text) for name, text in given.items()]
    shares = diff.shown()
    calls = [
        prompts.render(
            source,
            diff=share,
            texts=[(label, cleaned.text) for label, (_, _, cleaned) in zip(labels, texts, strict=True)],
            limit=settings.limits.prompt_characters,
            values=prompts.values_of(fenced, said, workflow.arguments),
            includes=parts,
            part=f"{number} of {len(shares)}" if len(shares) > 1 else "",
        )
        for number, share in enumerate(shares, 1)
    ]
    chronicle.asks(prompts.joined(calls), diff, [(name, text, cleaned.text) for name, text, cleaned in texts])
    if not (request.fresh or request.record or again) and (kept := chronicle.known()) is not None:
        return kept
    if workflow.once and not again:
        chronicle.failing(failure.signature(raw[0][1], [text for _, text in raw[1:]]), subject.tree, workspace.git())
    if not subject.changes and workflow.empty_is_clean:
        chronicle.judged(Verdict(outcome=Outcome.CLEAN, reasons=((Outcome.CLEAN, "the change is empty"),)))
        if (stop := provider.failure()) is not None:
            raise stop
        return None
    # 5.-7. Invoke, behind the relay; events as they come.
    draft = chronicle.notes.draft
    if draft is None:  # pragma: no cover - begin() has made it
        raise AssertionError("begin() comes first")
    places = Places({RUN: workspace.root, CODEX: binary.package, **premises.objects(workspace)})
    # What the host will run, the model can run too.
    installed = [*trial.installed(), support.furnish(workspace)] if workflow.checks else []
    try:
        with providers.opened(
            provider,
            codex=binary.path,
            upstream=settings.provider.upstream,
            folder=workspace.root,
            places=places,
            home=workspace.codex_home,
            plan=settings.provider.plan,
        ) as backend:
            chronicle.calls(settings.limits.calls_a_day)
            patient = patience.Patient(backend, pause=partial(random.uniform, *_PAUSE[provider.rehearsed]),
                                       left=partial(_left, time.monotonic() + settings.limits.wall_seconds),
                                       on_step=on_step, more=provider.tape is None)  # fmt: skip
            session = sessions.hold(
                stage=stage, binary=binary, lock=lock, files=pinned.files, workflow=workflow, limits=settings.limits,
                backend=patient, prompts=[call.text for call in calls], schema=schema, mark=draft.id,
                folder=draft.folder,
                redact=lambda line: redactor.jsonl(places.hide(line)),
                readable=(workspace.store / "objects", *workspace.lenders, *installed),
                programs=(trial.programs_folder(),) if workflow.checks else (),
                read_only=tuple(sorted(name for name in pinned.files if (stage.path / name).exists())),
                on_step=lambda step: on_step(redactor.text(step)), on_request=provider.meets,
                login=provider.login is not None,
            )  # fmt: skip
    finally:
        redactor = premises.refreshed(provider, redactor, values)
        chronicle.masks(redactor)
        chronicle.complains(workspace.root / "stderr.log")
    chronicle.note(patient.told)
    on_step("checking what was done and said")
    answer, fault = _answer(session, provider, places, chronicle, schema)
    # What is proposed must come out as it went in: it is masked for secrets, not for personal data.
    crop = harvest.gather(
        stage=stage, binary=binary, workflow=workflow, settings=settings,
        answer=redactor.value(answer) if fault is None else None, arguments=given, files=pinned.files,
        mask=Redactor(values).text, mark=draft.id, on_step=on_step,
        failing=failure.failed_tests(raw[0][1]) if workflow.once and raw else (),
    )  # fmt: skip
    observed = _observe(session, stage, crop)
    chronicle.heard(session, observed)
    chronicle.proposes(crop.proposal, settings.proposals, crop.trials)
    chronicle.note(crop.follows)
    # 8., 9. Answer and gates: the world first, whatever the answer claims.
    lookup = files.Sides(workspace.git(), old=subject.old, new=subject.tree).text
    chronicle.judged(judge(answer, workflow=workflow, diff=diff, observed=observed, lookup=lookup, mask=redactor.text,
                           facts=known, rehearsed=provider.rehearsed, earlier=carried.read(before),
                           tree=subject.tree))  # fmt: skip
    if (fault := fault or crop.fault) is not None:
        raise fault
    return None


def _left(deadline: float) -> float:
    return deadline - time.monotonic()


def _answer(
    session: sessions.Session, provider: providers.Provider, places: Places, chronicle: Chronicle, schema: bytes
) -> tuple[Any, StopError | None]:
    """Return the validated answer, or None and why there is none."""
    failure = provider.failure() or session.failure()
    if failure is not None:
        return None, failure
    try:
        messages = [places.hide(answers.final_message(last, file)) for last, file in session.said]
        chronicle.said(messages)
        found = [answers.validated(message, schema) for message in messages]
    except StopError as stop:
        return None, stop
    return merged(found), None


def _observe(session: sessions.Session, stage: stages.Stage, crop: harvest.Harvest) -> Observed:
    """Look at the world after the run: files of the stage, the rendered configuration, what was offered and called."""
    return Observed(
        written=tuple(shown(name) for name in crop.written if name not in crop.hidden),
        ignored=tuple(sorted(map(shown, crop.hidden))),
        proposal=crop.proposal.report if crop.proposal else None,
        tried=crop.tried,
        config_changed=session.config.changed(),
        violations=tuple(session.relay.violations),
        refused=tuple(session.relay.refused),
        truncated=tuple(session.tally.truncated),
        instruction_paths=tuple(map(shown, stage.touched)),
        strays=session.ended.strays,
    )
