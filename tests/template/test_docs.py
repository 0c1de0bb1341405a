"""What the generated documentation names exists, its diagrams are well formed, and hooks ask no model by themselves."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from bench import Bench, clean
from proposer import tasks
from proposer.proving.inventory import Inventory
from proposer.proving.mentions import mentions

Baker = Callable[..., Path]
Benches = Callable[..., Bench]
ANSWERS = [{}, {"stack": "django"}, {"domain": "generic", "frontend": "nextjs"}]
IDS = ["fastapi", "django", "generic-page"]
PAGES = ("codex.md", "governance.md", "rollback.md", "modules.md", "adr/0001-idempotency-keys.md", "adr/README.md")
ELSEWHERE = {
    ".venv", "node_modules", "artifacts/codex-risk-report.json", "record.json", "jobs.py", "dev_tasks.py",
    "invoke.yaml", "codex", "codex.rules",
}  # fmt: skip
"""What a reader's own commands make, names that a reader may choose, and `inv codex.*` itself."""


@pytest.mark.parametrize("answers", ANSWERS, ids=IDS)
def test_every_name_in_the_documentation_is_that_of_something_there(bench: Benches, answers: dict[str, str]) -> None:
    root = bench(**answers).root
    known = Inventory(root, {f"codex.{name}" for name in tasks.codex.task_names})
    texts = [
        *root.glob("*.md"),
        *root.rglob("docs/**/*.md"),
        *root.rglob("frontend/AGENTS.md"),
        *root.glob(".github/*.md"),
    ]
    assert {f"docs/{name}" for name in PAGES} <= {path.relative_to(root).as_posix() for path in texts}
    absent = [
        f"{path.relative_to(root)}:{mention.line} names {mention.name}: {fault}"
        for path in texts
        for mention in mentions(path.read_text(encoding="utf-8"))
        if mention.name not in ELSEWHERE and (fault := known.absent(mention, path.relative_to(root).parent))
    ]
    assert absent == []


@pytest.mark.parametrize("answers", ANSWERS, ids=IDS)
def test_every_link_leads_somewhere_and_every_page_is_linked(baked: Baker, answers: dict[str, str]) -> None:
    root, seen = baked(**answers), set()
    for path in [root / "README.md", *sorted((root / "docs").rglob("*.md"))]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", path.read_text(encoding="utf-8")):
            place = (path.parent / target).resolve()
            assert place.exists(), f"{path.name} links to {target}"
            seen.add(place)
    assert [path.name for path in (root / "docs").glob("*.md") if path.resolve() not in seen] == []


def test_the_checklist_says_what_holds_each_point_up(baked: Baker) -> None:
    text = (baked() / "docs" / "governance.md").read_text(encoding="utf-8")
    points = re.split(r"(?m)^- \[ \] ", text.partition("\n## How far")[0])[1:]
    assert len(points) >= 7
    assert [point[:40] for point in points if "*Held by:*" not in point] == []
    for word in ("Commit by itself", "restrictive", "permissive", "merge without a person"):
        assert word in text


def diagrams(text: str) -> list[str]:
    return re.findall(r"(?ms)^```mermaid\n(.*?)^```$", text)


NODE = r'(\w+)(?:\["[^"<>`]+"\])?'
EDGE = re.compile(rf"  {NODE} -->(?:\|[\w ,]+\|)? {NODE}")


def faults(diagram: str) -> list[str]:
    """Return lines outside of the part of Mermaid's flowcharts that these pages keep to, and boxes without a text.

    Every label is quoted, so no character in it can be taken for syntax. `test_page.py` asks Mermaid itself.
    """
    head, *rows = diagram.rstrip().splitlines()
    bad = [row for row in rows if not EDGE.fullmatch(row)] + (
        [] if head in {"flowchart LR", "flowchart TB"} else [head]
    )
    named = set(re.findall(r'(\w+)\["', diagram))
    used = {name for row in rows if (found := EDGE.fullmatch(row)) for name in found.groups()}
    return bad + sorted(used - named)


def test_the_two_diagrams_are_well_formed(baked: Baker) -> None:
    found = diagrams((baked() / "docs" / "codex.md").read_text(encoding="utf-8"))
    assert [diagram.splitlines()[0] for diagram in found] == ["flowchart LR", "flowchart TB"]
    assert [faults(diagram) for diagram in found] == [[], []]


@pytest.mark.parametrize(
    "diagram",
    [
        "flowchart LR\n  a[x (y)] --> b\n",
        'flowchart LR\n  a["x"] --> b\n',
        'graph\n  a["x"] --> b["y"]\n',
        "flowchart LR\n  a\n",
    ],
    ids=["unquoted", "no-text", "head", "no-edge"],
)
def test_the_check_of_diagrams_sees(diagram: str) -> None:
    assert faults(diagram)


def test_no_hook_asks_a_model_but_the_one_that_is_started_by_hand(baked: Baker) -> None:
    document = yaml.safe_load((baked() / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert document["default_stages"] == ["pre-commit"]
    hooks = {hook["id"]: hook for repo in document["repos"] for hook in repo["hooks"]}
    assert {repo["repo"] for repo in document["repos"]} == {"local"}
    by_hand = {name for name, hook in hooks.items() if hook.get("stages") == ["manual"]}
    assert by_hand == {"codex-risk-report"}
    asks = {
        name for name, hook in hooks.items() if "codex" in hook["entry"] and hook["entry"] != "inv codex.lock --check"
    }
    assert asks == by_hand
    readme = (baked() / "README.md").read_text(encoding="utf-8")
    assert "pre-commit run --hook-stage manual codex-risk-report" in readme


def test_the_hook_that_is_started_by_hand_writes_its_report(bench: Benches, tmp_path: Path) -> None:
    repository = bench()
    document = yaml.safe_load((repository.root / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    [entry] = [
        hook["entry"] for repo in document["repos"] for hook in repo["hooks"] if hook["id"] == "codex-risk-report"
    ]
    answer = {"summary": "Small.", "score": 2, "risks": []}
    script = tmp_path / "script.json"
    script.write_text(json.dumps({"schema": "proposer/rehearsal/v1", "turns": [{"answer": answer}]}), encoding="utf-8")
    git(repository.root, "add", "-A")
    git(repository.root, "commit", "-qm", "all")
    repository.write("src/PKG/extra.py", '"""x."""\n')
    git(repository.root, "add", "-A")
    program, *argv = entry.split()
    done = repository.run(program, *argv, "--provider", f"rehearsal:{script}")
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((repository.root / "artifacts" / "codex-risk-report.json").read_text(encoding="utf-8"))
    assert report
    assert git(repository.root, "status", "--porcelain") == f"A  src/{repository.package}/extra.py\n"


def git(root: Path, *argv: str) -> str:
    identity = ["-c", "user.name=lab", "-c", "user.email=lab@localhost"]
    done = subprocess.run(
        ["git", *identity, *argv], cwd=root, env=clean(root), capture_output=True, text=True, check=True
    )
    return done.stdout
