"""What a record holds for a replay: the manifest of its cassette, texts as they were sent, facts as they were known."""

import json
import re
from pathlib import Path
from typing import Any

from proposer import digests
from proposer.errors import UsageError
from proposer.provenance.record import Document
from proposer.relay.tape import Manifest

__all__ = ["FACTS", "facts_of", "manifest_of", "texts_of"]

FACTS = "facts.json"
"""The file of a record that holds what the host found out and what the caller gave, where there is any."""

_FENCED = re.compile(r"(?s)<<<(DATA-[0-9a-f]+-*) ([^\n]*)\n(.*?)\n\1>>>")
"""What `inputs.untrusted.fence` writes."""


def manifest_of(document: Document) -> Manifest:
    """Return the manifest of a run's cassette; its list of files is filled in by `relay.tape.write`."""
    tool, run = document.tool, document.run
    return Manifest(
        run=run.id,
        workflow=run.name,
        outcome=run.outcome,
        fingerprint=run.fingerprint,
        provider=tool.provider,
        model=tool.model,
        effort=tool.effort,
        codex_version=tool.pinned_cli_version,
        codex_sha256=tool.codex_sha256,
        proposer_version=tool.proposer_version,
        base=run.git.base_sha,
        head=run.git.head_sha,
        tree=run.git.tree,
        files={},
    )


def texts_of(document: Document, prompt: str) -> tuple[tuple[str, str], ...]:
    """Return (label, text) of each untrusted text of a run, found in its prompt by its digest.

    The label is what stands in the prompt: what was removed from a text cannot be told from what is left of it.

    Raises:
        UsageError: a text is not there as it was sent.
    """
    # By digest alone: the prompt does not show a name that a stranger could have made up.
    fenced = {
        digests.of_bytes(found[3].encode(errors="surrogatepass")): (found[2], found[3])
        for found in _FENCED.finditer(prompt)
    }
    texts = []
    for entry in document.inputs.untrusted:
        sent = fenced.get(entry["cleaned_sha256"])
        if sent is None:
            raise UsageError(
                f"the text {entry['name']} of run {document.run.id} is not in its prompt as it was sent",
                f"record the run with --record FOLDER, then give the text again: "
                f"inv codex.{document.run.name} --provider cassette:FOLDER --text FILE",
            )
        texts.append(sent)
    return tuple(texts)


def facts_of(folder: Path) -> dict[str, Any]:
    """Return `facts`, `arguments` and `earlier` of a recorded run, as far as it had any."""
    path = folder / FACTS
    known: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return known
