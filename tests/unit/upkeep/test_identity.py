"""The script of the job that attests: it ends the job unless statement and proposal are what was handed over."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from proposer import digests
from proposer.provenance.attestation import Resource, Statement
from proposer.upkeep.identity import COMPARED


def record(folder: Path, *subjects: tuple[str, str]) -> str:
    """Write what the script looks at, and return the digest that a job would hand over."""
    place = folder / ".proposer/runs/r"
    place.mkdir(parents=True)
    (place / "proposal.patch").write_text("a patch\n", encoding="utf-8")
    rows = [Resource(name=name, digest={"sha256": digest}) for name, digest in subjects]
    statement = Statement.model_construct(type="t", subject=rows, predicate_type="p", predicate=None)
    text = digests.canonical(statement.model_dump(mode="json", by_alias=True, exclude_none=True, warnings=False))
    (place / "statement.json").write_bytes(text)
    return f"sha256:{digests.of_bytes(text)}"


def run(folder: Path, digest: str) -> int:
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "RUN": "r", "DIGEST": digest}
    argv = ["bash", "-e", "-c", "\n".join(COMPARED)]
    return subprocess.run(argv, cwd=folder, env=env, capture_output=True, check=False).returncode


PATCH = ("proposal.patch", digests.of_bytes(b"a patch\n"))
CHANGES: dict[str, Callable[[Path], object]] = {
    "another proposal": lambda place: (place / "proposal.patch").write_text("b\n"),
    "no proposal": lambda place: (place / "proposal.patch").unlink(),
    "another statement": lambda place: (place / "statement.json").write_bytes(b"{}"),
    "no statement": lambda place: (place / "statement.json").unlink(),
}


def test_what_was_handed_over_is_attested(tmp_path: Path) -> None:
    assert run(tmp_path, record(tmp_path, PATCH)) == 0


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_was_changed_is_not(tmp_path: Path, change: Callable[[Path], object]) -> None:
    digest = record(tmp_path, PATCH)
    change(tmp_path / ".proposer/runs/r")
    assert run(tmp_path, digest) != 0


@pytest.mark.parametrize(
    "subjects",
    [
        [("proposal.patch", "0" * 64)],
        [("answer.json", PATCH[1])],
        [(f'","subject":[{{"digest":{{"sha256":"{PATCH[1]}"}},"name":"proposal.patch"}}]', "0" * 64)],
        [PATCH, ("answer.json", "0" * 64)],
    ],
    ids=["another digest", "another name", "one in a text", "one more"],
)
def test_a_statement_of_something_else_is_not(tmp_path: Path, subjects: list[tuple[str, str]]) -> None:
    assert run(tmp_path, record(tmp_path, *subjects)) != 0
