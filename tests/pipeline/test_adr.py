"""`adr`: the model answers, the host writes one file; no code is touched, and what is applied is what the host renders."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from lab import Lab
from proposer import applying, digests
from proposer.errors import RefusedError
from proposer.provenance import record, statement

ANSWER: dict[str, Any] = {
    "summary": "s", "context": "Amounts are floats in `src/shop.py`.\n\n# Not a heading\n<script>x</script>",
    "decision": "Amounts are decimals.", "alternatives": [
        {"name": "Integers of cents", "why_not": "currencies differ"}, {"name": "Do nothing", "why_not": "sums drift"}],
    "consequences": "Slower.\n@everyone looks", "migration_plan": "Nothing has to move.",
}  # fmt: skip


def drafted(lab: Lab, *turns: Any, title: str = "Keep amounts as decimals", **changes: Any) -> Any:
    return lab.review(*turns, {"answer": ANSWER | changes}, name="adr", arguments={"title": title})


def test_the_host_writes_one_file_with_the_next_number_and_nothing_else(lab: Lab) -> None:
    lab.write("docs/adr/0007-older.md", "# 7. Older\n")
    lab.commit()
    summary = drafted(lab)
    path = "docs/adr/0008-keep-amounts-as-decimals.md"
    assert summary.outcome.label == "clean", summary.reasons
    assert summary.document()["proposal"]["host"] == [path]
    assert lab.git("status", "--porcelain") == ""
    applied = applying.apply(lab.root, summary.run)
    assert applied.files == (("new", path),)
    text = (lab.root / path).read_text(encoding="utf-8")
    assert text.startswith("# 8. Keep amounts as decimals\n\nStatus: proposed.\n\n## Context\n")
    assert "\n# Not" not in text
    assert "<script>" not in text
    assert "- **Integers of cents**: currencies differ" in text
    script = Path(__file__).parents[2] / "skills" / "adr" / "scripts" / "adr.py"
    spec = importlib.util.spec_from_file_location("adr_skill", script)
    assert spec is not None
    assert spec.loader is not None
    skill = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(skill)
    assert [row for row in skill.faults(lab.root / "docs/adr") if "0008" in row] == []


def test_it_is_the_first_where_there_is_none(lab: Lab) -> None:
    assert drafted(lab).document()["proposal"]["host"] == ["docs/adr/0001-keep-amounts-as-decimals.md"]


@pytest.mark.sandbox
def test_a_model_cannot_write_it_itself(lab: Lab) -> None:
    summary = drafted(lab, {"shell": "mkdir -p docs/adr; echo x > docs/adr/0001-mine.md"})
    assert summary.refused_commands >= 1
    assert summary.document()["proposal"]["host"] == ["docs/adr/0001-keep-amounts-as-decimals.md"]
    assert "0001-mine" not in (lab.record(summary) / "proposal.patch").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"context": "key " + "ghp_" + "0123456789abcdefghijABCDEFGHIJ012345"}, ""), ({"decision": "x\n" * 3000}, "too-many-lines")],
)  # fmt: skip
def test_what_the_host_renders_is_judged_too(lab: Lab, changes: dict[str, str], code: str) -> None:
    summary = drafted(lab, **changes)
    patch = (lab.record(summary) / "proposal.patch").read_text(encoding="utf-8")
    assert "0123456789abcdefghijABCDEFGHIJ012345" not in patch
    if code:
        assert (summary.outcome.label, summary.document()["proposal"]["reasons"][0][0]) == ("blocked", code)


@pytest.mark.parametrize("title", ["...", "x" * 121])
def test_a_title_that_names_no_file_is_refused(lab: Lab, title: str) -> None:
    summary = drafted(lab, title=title)
    assert (summary.outcome.label, summary.proposal) == ("blocked", None)
    assert "no title" in summary.message


def test_a_title_cannot_leave_the_folder_or_bring_a_heading(lab: Lab) -> None:
    summary = drafted(lab, title="../../x\n## Decision: `rm`")
    assert summary.document()["proposal"]["host"] == ["docs/adr/0001-x-decision-rm.md"]


def test_a_record_whose_rendered_file_was_forged_is_refused(lab: Lab) -> None:
    """The patch, its digests and the ledger agree; the answer does not render to it."""
    summary = drafted(lab)
    folder, store = lab.record(summary), record.Store(lab.root)
    document = store.document(folder)
    patch = (folder / "proposal.patch").read_bytes()
    text = "x = 1\n"
    lab.write("../scratch/x", text)
    oid = lab.git("hash-object", str(lab.scratch / "x"))
    name = "docs/adr/0001-keep-amounts-as-decimals.md"
    patch = (
        f"diff --git a/{name} b/{name}\nnew file mode 100644\nindex {'0' * 40}..{oid}\n--- /dev/null\n+++ b/{name}\n"
        f"@@ -0,0 +1 @@\n+{text}"
    ).encode()
    (folder / "proposal.patch").write_bytes(patch)
    artifacts = document.outputs.artifacts_sha256 | {"proposal.patch": digests.of_bytes(patch)}
    document = document.model_copy(
        update={"outputs": document.outputs.model_copy(update={"artifacts_sha256": artifacts})}
    )
    data = document.model_dump_json().encode()
    (folder / "record.json").write_bytes(data)
    stated = statement.of(document, digests.of_bytes(data))
    (folder / "statement.json").write_bytes(stated)
    store.ledger.append(stated)
    with pytest.raises(RefusedError, match="not what it renders"):
        applying.apply(lab.root, summary.run)


def test_the_task_takes_the_title(lab: Lab) -> None:
    done = lab.inv("codex.adr", "Keep amounts as decimals", "--provider", lab.script({"answer": ANSWER}), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["proposal"]["host"] == ["docs/adr/0001-keep-amounts-as-decimals.md"]
