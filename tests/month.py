"""A month of mixed runs: what a small team's records look like, with one open P0 and one workflow that costs most."""

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from history import History, carried, finding
from proposer.archive import trials
from proposer.outputs.answer import Finding

START = datetime(2026, 10, 1, 7, 30, tzinfo=UTC)
NOW = datetime(2026, 10, 31, 18, 0, tzinfo=UTC)
P0 = "A retry posts the same transaction twice"
DEAREST = "autofix"
_WORKFLOWS = (("review", 60, 0.11), ("risk", 22, 0.04), ("autofix", 18, 0.94), ("triage", 10, 0.07),
              ("release-notes", 4, 0.05), ("migrations", 8, 0.06))  # fmt: skip
_OUTCOMES = ("clean", "clean", "clean", "findings", "findings", "findings", "blocked", "incomplete", "unavailable")
_TITLES = {
    "P1": "The fee is rounded before it is summed",
    "P2": "The report reads every transaction to count them",
    "P3": "The error names the table",
}
_PATHS = ("src/ledger/finance/services.py", "src/ledger/finance/routes.py", "src/ledger/core/database.py",
          "src/ledger/dev/routes.py", "migrations/versions/0007_fees.py", "tests/test_http.py")  # fmt: skip
_PATCH = """diff --git a/src/ledger/finance/services.py b/src/ledger/finance/services.py
index 1111111..2222222 100644
--- a/src/ledger/finance/services.py
+++ b/src/ledger/finance/services.py
@@ -41,7 +41,7 @@ def fee(amount: Decimal) -> Decimal:
     rate = settings.fee_rate
-    return round(amount * rate, 2)
+    return (amount * rate).quantize(CENT, ROUND_HALF_EVEN)


 def post(request: CreateTransactionRequest) -> Transaction:
"""
_FILE, _SHA = ".github/codex/prompts/review.md", "5e" * 32
_PROMPT = """# Review of a change

Report what must not be merged: broken rules of the domain, lost money, missing authentication.

```diff
+    return round(amount * rate, 2)
```
"""


def relay(*commands: tuple[str, str], said: str = "") -> dict[str, str]:
    """Return the two files of the relay: commands with what came back, and a message before the answer."""
    calls = [
        {"tool": "exec_command", "call_id": str(number), "given": json.dumps({"cmd": command})}
        for number, (command, _) in enumerate(commands)
    ]
    back = [{"call_id": str(number), "text": text} for number, (_, text) in enumerate(commands)]
    item = {"type": "message", "content": [{"type": "output_text", "text": said}]}
    events = [{"type": "response.output_item.done", "item": item}] if said else []
    rows = [
        {"turn": 1, "status": 200, "note": "", "calls": calls, "events": []},
        {"turn": 2, "status": 200, "note": "", "calls": [], "events": events},
    ]
    return {
        "responses.jsonl": "".join(json.dumps(row) + "\n" for row in rows),
        "requests.jsonl": json.dumps({"turn": 2, "outputs": back}) + "\n",
        "prompt.md": _PROMPT,
    }


def month(history: History) -> History:
    """Fill a repository with the runs of a month."""
    chance = random.Random(7)  # noqa: S311 - the same month each time
    plan = [(START + timedelta(minutes=chance.randrange(30 * 24 * 60)), workflow, cost)
            for workflow, count, cost in _WORKFLOWS for _ in range(count)]  # fmt: skip
    before: dict[tuple[str, str], dict[str, Finding]] = {}
    for at, workflow, cost in sorted(plan):
        _run(history, chance, workflow, cost, at, before)
    told = "`post` writes before it looks for the key, so a client that tries again pays twice."
    row = finding("P0", _PATHS[0], "session.add(transaction)", title=P0, start_line=87, end_line=88, body=told)
    refusal = "rejected: A person pushes, after reading the proposal."
    shown = "    session.add(transaction)\n    session.flush()\n"
    files = relay(
        ("git diff --stat main", " services.py | 12 +++---\n"),
        ("git push origin HEAD", refusal),
        ("sed -n 80,95p src/ledger/finance/services.py", shown),
        said="One finding blocks.",
    )
    history.add("blocked", row, at=NOW - timedelta(hours=5), branch="feature/retries", files=files,
                price="0.1800 USD (prices of 2026-09-01)", seconds=48.2, runner="github-actions", actor="ada",
                usage={"input_tokens": 41200, "cached_input_tokens": 30100, "output_tokens": 1900},
                message=f"P0: {P0}", reasons=[f"P0: {P0}"], refused_commands=1,
                summary="The change posts before it checks the idempotency key.", prompt_file=_FILE, prompt_sha256=_SHA,
                output_schema_file="schemas/review.schema.json", base_sha="4f" * 20, head_sha="9c" * 20)  # fmt: skip
    _around(history)
    return history


def _run(
    history: History, chance: random.Random, workflow: str, cost: float, at: datetime,
    before: dict[tuple[str, str], dict[str, Finding]],
) -> None:  # fmt: skip
    branch = f"feature/{chance.randrange(12)}"
    outcome = chance.choice(_OUTCOMES)
    rows = []
    if outcome in ("findings", "blocked"):
        for level in chance.sample(sorted(_TITLES), chance.randint(1, 3)):
            path = chance.choice(_PATHS)
            rows.append(finding(level, path, f"line of {path} {chance.randrange(10)}", title=_TITLES[level]))
    told = [carried(row, "persisting" if row.path in before.get((workflow, branch), {}) else "new") for row in rows]
    for path, row in before.get((workflow, branch), {}).items():
        if path not in {one.path for one in rows}:
            told.append(carried(row, chance.choice(("resolved", "resolved", "resolved", "unknown"))))
    if outcome in ("clean", "findings", "blocked", "incomplete"):
        before[workflow, branch] = {row.path: row for row in rows}
    factor = chance.uniform(0.4, 1.9)
    tokens = int(60000 * cost * factor) + 800
    files = relay(("git log --oneline -5", "1111111 Add a fee\n"), said="Done.")
    fix = workflow == "autofix" and outcome != "unavailable"
    if fix:
        files["proposal.patch"] = _PATCH
    price = f"{cost * factor:.4f} USD (prices of 2026-09-01)" if chance.random() < 0.95 else "unknown"
    facts: dict[str, Any] = {"proposal": {"allowed": outcome != "blocked"} if fix else None}
    history.add(outcome, *rows, at=at, name=workflow, branch=branch, files=files, carried_rows=told,
                price=price, seconds=round(chance.lognormvariate(3, 0.7), 1), refused_commands=chance.randrange(3),
                runner=chance.choice(("workstation", "github-actions")), dropped=chance.randrange(2),
                sandbox="workspace-write" if workflow == "autofix" else "read-only",
                usage={"input_tokens": tokens, "cached_input_tokens": tokens // 2, "output_tokens": tokens // 12},
                **facts)  # fmt: skip


def _around(history: History) -> None:
    """Add what stands beside the runs: drills, an evaluation, the name of the project."""
    root = history.store.root
    names = ("env-canary", "poison-agents", "push-bypass", "planted-git", "planted-hook", "tool-off-list")
    drills = [{"name": name, "tried": f"the model tries {name}", "reached": True, "stopped_by": "sandbox",
               "outcome": "contained"} for name in names]  # fmt: skip
    trials.keep(root, {"schema": "proposer/drills/v1", "drills": drills}, NOW)
    cases = [{"name": "double-posting", "result": "found"}, {"name": "slow-report", "result": "missed"},
             {"name": "clean-route", "result": "silent"}]  # fmt: skip
    trials.keep(root, {"schema": "proposer/evals/v1", "provider": "openai", "measures_quality": True,
                       "precision": 0.86, "recall": 0.79, "noise": 0.1, "cases": cases}, NOW)  # fmt: skip
    answers = {"answers": {"project_name": "Ledger", "automation": "comment"}}
    (root / ".proposer-template.json").write_text(json.dumps(answers), encoding="utf-8")
