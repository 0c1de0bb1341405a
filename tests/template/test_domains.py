"""What a domain leaves in a generated repository: its own rules in one pinned file, and no trace of another domain."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from bench import Bench, answers_of, tree
from matrix import SUPPORTED
from proposer.config.answers import CHOICES
from proposer.inputs import includes
from proposer.inputs.prompt import Diff, render

Baker = Callable[..., Path]
RULES = ".github/codex/prompts/domain.md"
REVIEW = ".github/codex/prompts/review.md"

FINANCE = re.compile(
    r"(?i:financ|ledger|money|monetary|\baccount|\bcurrenc|\bamount|\bposting|\bposted|\bpostings?\b|invoice|payment|"
    r"\bpay(?:s|er|ee)?\b|\bbalance|double.entry|debit|\bcredit(?!ent)|minor.unit|\biban|\bbank|\bcents?\b|\beur\b|"
    r"\bcard\b|\bsales\b|\bfees?\b)|Transaction|transactions|transaction_|transaction-"
)
"""Words that only an application that keeps money has a use for; a `transaction` in small letters is a database's."""
ALLOWED = {
    "what the database does, in the word of its makers": re.compile(
        r'Leave transactions to `_begin`|_a_transaction_(?:that_failed|is_refused)|"transaction_mode"'
    ),
    "the ledger of statements, a file that `inv codex.apply` writes": re.compile(r"ledger\.head"),
    "the ledger of statements, where runs keep it and CI collects it": re.compile(
        r"\.proposer/ledger|codex[/-]ledger|\$RUNNER_TEMP/ledger|LEDGER_TOKEN|--into ledger|-C ledger|username=ledger"
    ),
    "a category of findings in the schema, which is the same in every repository": re.compile(r'(?m)^\s+"money",$'),
}
"""What may be said all the same, and why."""


def traces(files: dict[str, bytes]) -> list[str]:
    """Return where a tree speaks of finance, in contents and names of files."""
    rows = [name for name in files if FINANCE.search(name)]
    for name, data in files.items():
        if name.endswith(("LICENSE", "package-lock.json")):  # other people's words
            continue
        text = data.decode("utf-8")
        for pattern in ALLOWED.values():
            text = pattern.sub("", text)
        rows += [f"{name}: {found[0]}" for found in FINANCE.finditer(text)]
    return rows


@pytest.mark.parametrize("name", [name for name, row in SUPPORTED.items() if row["domain"] == "generic"])
def test_a_generic_application_holds_no_trace_of_finance(baked: Baker, name: str) -> None:
    assert traces(tree(baked(**SUPPORTED[name]))) == []


def test_traces_would_be_found(baked: Baker) -> None:
    found = traces(tree(baked()))
    for name in (
        "AGENTS.md",
        "README.md",
        RULES,
        "pyproject.toml",
        ".github/CODEOWNERS",
        "docs/modules.md",
        "tasks.py",
    ):
        assert any(row.startswith(f"{name}:") for row in found), name


def test_what_is_allowed_is_really_said(baked: Baker) -> None:
    text = "\n".join(data.decode("utf-8") for data in tree(baked(domain="generic")).values())
    assert [why for why, pattern in ALLOWED.items() if not pattern.search(text)] == []


@pytest.mark.parametrize("domain", CHOICES["domain"])
def test_the_rules_of_the_domain_are_pinned_and_reach_the_model(baked: Baker, domain: str) -> None:
    files = tree(baked(domain=domain))
    assert RULES in tomllib.loads(files["codex.lock"].decode())["files"]
    included = includes.beside(REVIEW, files)
    assert set(included) == {"domain.md"}
    prompt = render(
        files[REVIEW].decode(), diff=Diff(text="", excluded=(), not_reviewed=(), hidden=()), texts=(), limit=100_000,
        values={}, includes=included,
    ).text  # fmt: skip
    rules = re.sub(r"(?s)^\{#-.*?-#\}\n", "", files[RULES].decode())
    assert rules in prompt
    assert "{#" not in prompt
    assert prompt.count("# The domain\n") == 1


def test_no_prompt_speaks_of_a_domain_by_itself(baked: Baker) -> None:
    prompts = {name: data for name, data in tree(baked()).items() if re.match(r"\.(github/codex|agents)/", name)}
    prompts.pop(RULES)
    assert REVIEW in prompts
    assert traces(prompts) == []


@pytest.mark.parametrize("domain", CHOICES["domain"])
def test_each_prompt_includes_the_rules_of_the_domain(baked: Baker, domain: str) -> None:
    root = baked(domain=domain)
    for path in (root / RULES).parent.glob("*.md"):
        text = path.read_text(encoding="utf-8")
        assert path.name == "domain.md" or '{% include "domain.md" ignore missing %}' in text, path.name


@pytest.mark.parametrize("domain", CHOICES["domain"])
def test_agents_and_readme_say_where_the_rules_of_the_domain_stand(baked: Baker, domain: str) -> None:
    for name in ("AGENTS.md", "README.md"):
        assert RULES in (baked(domain=domain) / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("domain", CHOICES["domain"])
def test_modules_are_core_dev_and_the_one_of_the_domain(baked: Baker, domain: str) -> None:
    root = baked(domain=domain)
    modules = {path.parent.name for path in (root / "src" / answers_of(root)["package_name"]).glob("*/api.py")}
    assert modules == {"core", "dev", {"generic": "example"}.get(domain, domain)}


MUTATIONS = {
    "a key is not claimed": ("src/PKG/example/services.py", "if first is not None:", "if False:"),
    "a name may be empty": ("src/PKG/example/domain.py", "if not name:", "if False:"),
    "a fingerprint leaves the note out": ("src/PKG/example/domain.py", "[self.name, self.note]", "[self.name]"),
    "the database takes any name": ("migrations/versions/0002_example.py", "length(name) BETWEEN 1 AND 80", "1"),
    "an audit row says what was written": ("src/PKG/example/services.py", '"example.item.created"', "wanted.name"),
    "pages overlap": ("src/PKG/example/services.py", "ItemRow.number <", "ItemRow.number <="),
}
ON_DJANGO = {
    "a key is not claimed on Django": ("src/PKG/example/services.py", "if first is not None:", "if False:"),
    "the database takes any name on Django": (
        "src/PKG/example/migrations/0001_initial.py", 'models.Q(("name", ""), _negated=True)', "models.Q(number__gt=0)",
    ),
    "pages overlap on Django": ("src/PKG/example/services.py", "number__lt=", "number__lte="),
}  # fmt: skip


@pytest.mark.parametrize("what", [*MUTATIONS, *ON_DJANGO])
def test_the_tests_of_the_example_notice_that(bench: Callable[..., Bench], what: str) -> None:
    repository = bench(domain="generic", stack="django" if what in ON_DJANGO else "fastapi")
    repository.edit(*(MUTATIONS | ON_DJANGO)[what])
    done = repository.run(
        "pytest", "-q", "-x", "src/PKG/example".replace("PKG", repository.package), "tests/test_example_http.py"
    )
    assert done.returncode == 1, done.stdout
    assert "failed" in done.stdout
