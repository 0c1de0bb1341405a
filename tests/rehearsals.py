"""Scripts of a model for every workflow of a generated repository, and what each must come to.

In argv and turns, `PKG` stands for the package's name, `HEAD` for the commit, `MIGRATION` for the file of the change
that is one, `TMP` for the folder beside the repository. Exit codes are those of the documentation.
"""

import json
from dataclasses import dataclass
from typing import Any

__all__ = ["ALL", "BROKEN", "CODE", "MENDED", "MIGRATIONS", "TEST", "Rehearsal", "narrowed"]

Turn = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """A script, its exit code, and words of its message; `refused` says whether a command in it must be refused."""

    workflow: str
    case: str
    argv: tuple[str, ...] = ()
    turns: tuple[Turn, ...]
    exit: int
    words: str = ""
    refused: bool = False

    @property
    def name(self) -> str:
        """Return what a test is called after it."""
        return f"{self.workflow}: {self.case}"


CODE = '''"""Fees."""

__all__ = ["fee"]


def fee(cents: int, permille: int) -> int:
    """Return the fee of an amount in cents, rounded down."""
    return cents * permille // 1000
'''
BROKEN = CODE.replace("// 1000", "// 100")
TEST = '''"""A fee is a share of the amount."""

from PKG.dev.fees import fee


def test_a_fee_is_a_share() -> None:
    assert fee(1000, 25) == 25
    assert fee(0, 25) == 0
'''
_DJANGO = '''"""A remark beside each account."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add it."""

    dependencies = [("finance", "0003_chart")]
    operations = [migrations.AddField("accountrow", "remark", models.CharField(max_length=80, null=True))]
'''
_ALEMBIC = '''"""A remark beside each account."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Apply."""
    op.add_column("finance_account", sa.Column("remark", sa.String(80), nullable=True))


def downgrade() -> None:
    """Undo."""
    op.drop_column("finance_account", "remark")
'''
MIGRATIONS = {
    "django": ("src/PKG/finance/migrations/0004_remark.py", _DJANGO),
    "fastapi": ("migrations/versions/0003_remark.py", _ALEMBIC),
}
"""The migration of the change, for each stack: path and text."""

PUSH = {"shell": "git push origin main"}
PLACE = {"side": "new", "path": "src/PKG/dev/fees.py", "start_line": 1, "end_line": 1}
QUOTE = "return cents * permille // 100"


def says(**answer: Any) -> Turn:
    return {"answer": {"summary": "s", **answer}}


def edits(script: str) -> Turn:
    return {"shell": script}


def review(verdict: str, *quotes: str) -> Turn:
    row = {"title": "t", "body": "b", "severity": "P0", "confidence": 0.9, "category": "money", **PLACE}
    return says(verdict=verdict, findings=[{**row, "quote": quote} for quote in quotes])


def risk(score: int) -> Turn:
    return says(score=score, risks=[])


def triage(quote: str, verdict: str = "false") -> Turn:
    row = {"id": "A1", "verdict": verdict, "severity": "P2", "reason": "r", **PLACE, "quote": quote}
    return says(alerts=[row])


def notes(commit: str) -> Turn:
    return says(notes=[{"kind": "fix", "text": "t", "commits": [commit]}], regressions=[], migrations=[])


def checked(verdict: str) -> Turn:
    return says(checklist=[{"file": "MIGRATION", "topic": "locks", "verdict": verdict, "note": "n"}])


def decides(decision: str) -> Turn:
    return says(decision=decision, concerns=[])


DRAFT = says(
    context="c", decision="d", alternatives=[{"name": "a", "why_not": "w"}, {"name": "b", "why_not": "w"}],
    consequences="c", migration_plan="m",
)  # fmt: skip
FIXED = says(cause="src/PKG/dev/fees.py:8", fixed=True, remaining=[])
MODULE = says(entity="invoice", plural="invoices", remaining=[])
ADDED = says(operations=["POST /finance/preview-booking"], breaking=[], remaining=[])
FIX = edits("sed -i 's#// 100$#// 1000#' src/PKG/dev/fees.py")
LIMITS = edits('printf \'"""Limits of bills."""\\n\\nMOST = 100\\n\' > src/PKG/billing/limits.py')
STUB: Turn = {"stub": True}
"""Stands for a step that writes what the skill's stub makes."""
ELSEWHERE = edits('printf \'"""More."""\\n\' > src/PKG/core/more.py')
CI = edits("printf 'on: never\\n' > .github/workflows/ci.yml")

MENDED = (FIX, FIXED)
"""The turns of a model that mends BROKEN."""

_OWN: dict[str, tuple[str, ...]] = {
    "triage": ("--text", "TMP/scan.sarif"),
    "predeploy": ("--evidence", "TMP/evidence"),
    "adr": ("Keep amounts as decimals",),
    "autofix": ("--log", "TMP/failing.log"),
    "scaffold": ("billing",),
    "dto": ("finance", "PreviewBooking"),
}
"""What a task asks for beside the change."""
_GOOD: dict[str, tuple[Turn, ...]] = {
    "review": (review("approve"),),
    "risk": (risk(2),),
    "triage": (triage(QUOTE),),
    "release-notes": (notes("HEAD"),),
    "migrations": (checked("safe"),),
    "predeploy": (decides("go"),),
    "adr": (DRAFT,),
    "autofix": MENDED,
    "scaffold": (edits("mkdir -p src/PKG/billing"), LIMITS, MODULE),
    "dto": (STUB, ADDED),
}
"""A good run of each workflow; it ends with 0."""


def _of(workflow: str, case: str, code: int, words: str, *turns: Turn, argv: tuple[str, ...] = ()) -> Rehearsal:
    argv = argv or _OWN.get(workflow, ())
    return Rehearsal(workflow=workflow, case=case, argv=argv, turns=turns, exit=code, words=words)


def _everywhere(workflow: str, *turns: Turn) -> tuple[Rehearsal, ...]:
    argv, bad = _OWN.get(workflow, ()), {"answer": {"summary": "only a part of what the schema asks for"}}
    return (
        _of(workflow, "a good answer", 0, "", *turns),
        _of(workflow, "a bad answer", 6, "schema", bad),
        Rehearsal(workflow=workflow, case="a refused command", argv=argv, turns=(PUSH, *turns), exit=0, refused=True),
    )


_GATES = (
    _of("review", "a blocking finding", 7, "P0", review("request_changes", QUOTE)),
    _of("review", "a blocking finding that nothing shows", 5, "", review("request_changes", "return nothing of it")),
    _of("risk", "at the threshold", 7, "9", risk(9)),
    _of("triage", "evidence that is not there", 5, "A1", triage("nowhere to be seen")),
    _of("release-notes", "a commit that is not there", 5, "", notes("0" * 12)),
    _of("migrations", "unsafe", 7, "", checked("unsafe")),
    _of("predeploy", "a model that says no", 7, "the model says no-go", decides("no_go")),
    _of("adr", "a title that names no file", 7, "no title", DRAFT, argv=("x" * 121,)),
    _of("autofix", "a test that is skipped", 7, "test-skipped", edits(
        "sed -i 's/^def test/@__import__(\"pytest\").mark.skip\\n&/' tests/test_fees.py"), FIXED),
    _of("autofix", "a test that is deleted", 7, "test-removed", edits("rm tests/test_fees.py"), FIXED),
    _of("autofix", "a looser assertion", 7, "assertion-loosened",
        edits("sed -i 's/== 25/>= 25/' tests/test_fees.py"), FIXED),
    _of("autofix", "another CI", 8, "protected", FIX, CI, FIXED),
    _of("autofix", "no fix", 7, "the proposal fails", edits("sed -i 's#// 100$#// 99#' src/PKG/dev/fees.py"), FIXED),
    _of("scaffold", "another module", 7, "outside", ELSEWHERE, MODULE),
    _of("scaffold", "the manifest", 8, "protected", edits("echo >> pyproject.toml"), MODULE),
    _of("dto", "another module", 7, "outside", STUB, ELSEWHERE, ADDED),
    _of("dto", "another CI", 8, "protected", STUB, CI, ADDED),
)  # fmt: skip

ALL = (*(one for workflow, turns in _GOOD.items() for one in _everywhere(workflow, *turns)), *_GATES)
"""All rehearsals."""

CHECKS = {
    "autofix": [["python", "-m", "pytest", "-q", "tests/test_fees.py"]],
    "scaffold": [["lint-imports"]],
    "dto": [["ruff", "check", "src", "tests"]],
}
"""Few checks: that all of them run, and what they find, is shown elsewhere."""


def narrowed(text: str) -> str:
    """Return proposer.toml with other checks."""
    kept, workflow, skipping = [], "", False
    for line in text.splitlines():
        workflow = line[11:-1] if line.startswith("[workflows.") else workflow
        if line.startswith("checks = "):
            kept.append(f"checks = {json.dumps(CHECKS[workflow])}")
            skipping = not line.rstrip().endswith("]")
        elif skipping:
            skipping = line != "]"
        else:
            kept.append(line)
    return "\n".join(kept) + "\n"
