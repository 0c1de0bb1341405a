"""What a repository knows about a run that another clone made: its commits, its statement, a committed head."""

import re
from collections.abc import Iterator
from pathlib import Path

from proposer.git import Git
from proposer.provenance import heads, proofs, record
from proposer.provenance.attestation import Statement

__all__ = ["known"]

_OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def known(repository: Git, place: Path, stated: Statement) -> Iterator[tuple[str, str]]:
    """Yield what this repository says about a record that came here: (fault, note), one of them empty.

    Args:
        repository: git over the verifier's clone.
        place: the folder of the record; a proof lies beside it (`proof.json`), as in the bundle of an incident.
        stated: its statement, as it was read.

    Raises:
        RefusedError: the proof beside it proves nothing, or the committed heads cannot be read.
    """
    text = (place / record.STATEMENT).read_bytes()
    yield "", _ledger(repository, place.parent / proofs.FILE, text)
    run = stated.predicate.run_details.metadata.invocation_id
    committed = _committed(repository, f"provenance/{run}.statement.json")
    if committed is not None and committed != text:
        yield f"another statement of run {run} was committed here", ""
    rows = {row.name: row.digest for row in stated.predicate.build_definition.resolved_dependencies}
    for name in ("base", "head"):
        commit = rows.get(name, {}).get("gitCommit", "")
        if not commit:
            continue
        if not _OID.fullmatch(commit):
            yield f"its {name} {commit[:100]} is no commit", ""
            continue
        done = repository.call("rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^{{tree}}")
        if done.returncode:
            yield "", f"its {name} {commit} is not in this repository"
        elif name == "head" and done.stdout.decode().strip() != rows.get("subject", {}).get("gitTree"):
            yield f"its subject is not the tree of its head {commit}", ""


def _ledger(repository: Git, path: Path, statement: bytes) -> str:
    """Return the note about the ledger, which is in the other clone."""
    if not path.is_file():
        return "it is of another clone, whose ledger is not here"
    proof = proofs.read(path, statement)
    anchors = heads.read((_committed(repository, heads.PATH) or b"").decode(errors="replace"))
    where = f"statement {proof.index + 1} of {proof.size} in the ledger of another clone"
    if proofs.anchored(proof, anchors.values()):
        return f"it is {where}, whose head was committed here"
    return f"by its proof it is {where}; no head of that size and root was committed here, so the proof stands alone"


def _committed(repository: Git, path: str) -> bytes | None:
    done = repository.call("cat-file", "blob", f"HEAD:{path}")
    return done.stdout if done.returncode == 0 else None
