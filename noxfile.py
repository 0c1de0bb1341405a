"""The entrance: every check of this repository is a nox session, the same on a laptop and in CI.

`nox` runs the everyday sessions; `nox --list` shows all of them.
"""

import os
from pathlib import Path

import nox

nox.needs_version = ">=2025.5.1"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["lint", "types", "tests", "pipeline"]
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = False

# uv looks at its own certificates by default; behind a company's proxy the system's are the right ones.
os.environ.setdefault("UV_SYSTEM_CERTS", "1")
os.environ.setdefault("UV_NATIVE_TLS", "1")

REQUIREMENTS = Path("requirements")
SETS = {
    "run": [],
    "nox": ["--only-group", "nox"],
    "test": ["--group", "test"],
    "lint": ["--group", "lint"],
    "docs": ["--group", "docs"],
    "looks": ["--group", "looks"],
    "template": ["--group", "template"],
    "oldest": ["--group", "oldest"],
    "measure": ["--group", "measure"],
    "dist": ["--only-group", "dist"],
}
LEFT_OUT = {
    "lint types": "development tools (linters, type checker)",
    "template template-all oldest": "the generated applications' own dependencies and servers",
    "frontend": "Node.js and the registry of npm",
    "matrix": "other versions of Python and Invoke",
    "docs": "the documentation's tools",
    "looks": "a browser: Debian's package chromium",
    "dist": "the build tools",
    "measure": "minutes on an idle machine",
    "upgrade": "the package index: two more Codex of 160 MB each",
}
THROUGH_INVOKE = ("tests/pipeline/test_answers.py", "tests/pipeline/test_lineage.py")
"""Tests that start `inv` itself."""
PAGE, READER = "tests/template/test_page.py", "tests/template/test_readme.py"
CODE = ["src", "skills", "tests", "benchmarks", "docs", ".ci", "noxfile.py", "tasks.py"]


def prepare(session: nox.Session, requirements: str, *, project: bool = True) -> None:
    """Install a hash-locked set and, on top, this project without looking for anything else."""
    session.install("--require-hashes", "-r", str(REQUIREMENTS / f"{requirements}.txt"))
    if project:
        session.install("--no-deps", "-e", ".")


def pytest(session: nox.Session, *folders: str) -> None:
    """Run pytest over folders, in two processes; `-- ARGUMENTS` replaces them."""
    arguments = session.posargs or ["-n", "2", "--dist", "worksteal", *folders]
    session.run("python", "-m", "pytest", *arguments)


@nox.session
def lint(session: nox.Session) -> None:
    """Ruff (every rule, with a commented ignore list), its formatter, and the layers of the library."""
    prepare(session, "lint")
    session.run("ruff", "check", *CODE)
    session.run("ruff", "format", "--check", *CODE)
    session.run("lint-imports")


@nox.session
def types(session: nox.Session) -> None:
    """Mypy, strict."""
    prepare(session, "lint")
    session.run("mypy")


@nox.session
def tests(session: nox.Session) -> None:
    """Unit and contract tests: no Codex process, seconds."""
    prepare(session, "test")
    pytest(session, "tests/unit", "tests/contract")


@nox.session(python=["3.11", "3.12", "3.13"])
@nox.parametrize("invoke", ["2.2.1", "3.0.3"])
def matrix(session: nox.Session, invoke: str) -> None:
    """Unit and contract tests, and whole runs through `inv`, on each Python with the oldest and the newest Invoke."""
    prepare(session, "test")
    session.install("--no-deps", f"invoke=={invoke}")
    pytest(session, "tests/unit", "tests/contract", *THROUGH_INVOKE)


@nox.session
def pipeline(session: nox.Session) -> None:
    """Whole runs with the real Codex binary and scripted models: no key, no network."""
    prepare(session, "test")
    pytest(session, "tests/pipeline")


@nox.session
def template(session: nox.Session) -> None:
    """Generate repositories, and run their own checks and real linters in them: combinations that meet all pairs."""
    prepare(session, "template")
    pytest(session, "tests/template", f"--ignore={PAGE}", f"--ignore={READER}")


@nox.session
def frontend(session: nox.Session) -> None:
    """Generate repositories with the page in Next.js, and run its own checks (needs Node.js and npm's registry)."""
    prepare(session, "template")
    session.run("python", "-m", "pytest", PAGE, *session.posargs)


@nox.session
def looks(session: nox.Session) -> None:
    """Look at the report in a browser without a screen, and read the queries of dashboards (needs chromium)."""
    prepare(session, "looks")
    session.run("python", "-m", "pytest", "tests/looks", *session.posargs)


@nox.session(name="template-all")
def template_all(session: nox.Session) -> None:
    """Follow the README of every supported combination of answers, from the built wheel; by hand, many minutes."""
    prepare(session, "template")
    pytest(session, "--every-combination", "tests/template/test_combinations.py", READER)


@nox.session
def oldest(session: nox.Session) -> None:
    """Generate repositories with the oldest cookiecutter that is allowed."""
    prepare(session, "oldest")
    pytest(session, "tests/template/test_tree.py", "tests/unit/test_generation.py")


@nox.session
def guards(session: nox.Session) -> None:
    """Hold this repository to its own lock and wiring, by its own tasks; `-- BASE`: also what changed since BASE."""
    prepare(session, "run")
    before = session.run("inv", "codex.untouched", silent=True)
    for task in (("codex.lock", "--check"), ("codex.doctor",)):
        session.run("inv", *task)
    for base in session.posargs:
        session.run("inv", "codex.trailers", "--base", base)
        session.run("inv", "codex.ratchet", "--base", base)
    if session.run("inv", "codex.untouched", silent=True) != before:
        session.error("a task changed the working tree; look at: git status")


@nox.session
def upgrade(session: nox.Session) -> None:
    """Move the pin of Codex between published versions, and refuse one that breaks runs (needs the package index)."""
    prepare(session, "nox", project=False)  # uv looks hashes up
    prepare(session, "test")
    session.run("python", "-m", "pytest", "tests/upgrade", *session.posargs)


@nox.session
def measure(session: nox.Session) -> None:
    """Measure every budget against its named peer, and errors in both directions; write docs/measurements.md."""
    prepare(session, "measure")
    session.run("python", "benchmarks/measure.py", *session.posargs)


@nox.session
def archive(session: nox.Session) -> None:
    """Print what metrics, audit and report take over 100,000 and 200,000 records; `-- N`: over others."""
    prepare(session, "run")
    session.run("python", "benchmarks/archive.py", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Check the generated reference, build the pages, run what they tell readers to type (`-- --write`: update)."""
    prepare(session, "docs")
    if session.posargs == ["--write"]:
        session.run("python", "docs/generate.py")
        return
    session.run("python", "docs/generate.py", "--check")
    session.run("mkdocs", "build", "--strict", "--quiet", "--site-dir", str(Path(session.create_tmp()) / "site"))
    session.run("python", "-m", "pytest", "tests/docs", *session.posargs)


@nox.session
def recall(session: nox.Session) -> None:
    """Print what the redactor finds of drawn secrets, and its false alarms, by rule; fail below a floor."""
    prepare(session, "test")
    session.run("python", "benchmarks/recall.py", *session.posargs)


@nox.session
def growth(session: nox.Session) -> None:
    """Print how the time of each function that reads hostile text grows with the text: 1, 2, 4 and 8 MB."""
    prepare(session, "test")
    for script in sorted(Path("benchmarks").glob("growth*.py")):
        session.run("python", str(script), *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Draw random examples for the parsers of hostile text; `-- N` says how many (default 2000)."""
    prepare(session, "test")
    for script in sorted(Path("tests/fuzz").glob("fuzz_*.py")):
        session.run("python", str(script), *(session.posargs or ["2000"]))


@nox.session
def mutants(session: nox.Session) -> None:
    """Take rules out of the trust boundary one by one: a test must fail for each. `-- MODULE` for one module."""
    prepare(session, "test")
    session.run("python", "tests/mutants.py", *session.posargs)


@nox.session
def dist(session: nox.Session) -> None:
    """Build wheel, sdist and bill of materials twice, compare them byte for byte, and look into them."""
    prepare(session, "dist", project=False)
    session.run("python", "tests/dist/build_twice.py")
    session.run("python", "tests/dist/sbom.py")


@nox.session
def requirements(session: nox.Session) -> None:
    """Write the hash-locked requirement files anew from pyproject.toml (needs the package index)."""
    session.install("--require-hashes", "-r", str(REQUIREMENTS / "nox.txt"))
    for name, groups in SETS.items():
        target = str(REQUIREMENTS / f"{name}.txt")
        options = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate"]
        only = [word.replace("--only-group", "--group") for word in groups]
        source = [] if "--only-group" in groups else ["pyproject.toml"]
        session.run("uv", "pip", "compile", "-q", *source, *only, *options, "-o", target, *session.posargs)


@nox.session(venv_backend="none")
def leftout(session: nox.Session) -> None:
    """Say which sessions need more than Python, pip and git, so that a green run is not taken for all of it."""
    session.log("left out here, because they need more than Python, pip and git, or much time:")
    for name, why in LEFT_OUT.items():
        session.log(f"  nox -s {name}: {why}")
