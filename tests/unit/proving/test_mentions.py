"""What a text names in code is seen; what only looks like a name is not."""

import pytest

from proposer.proving.mentions import mentions


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("run `inv codex.review`.", "task:codex.review", id="task"),
        pytest.param('`inv make-migration --message "x"`', "task:make-migration", id="task-with-options"),
        pytest.param("`inv --list`, `inv`", "", id="inv-alone"),
        pytest.param("inv codex.review", "", id="prose-is-not-code"),
        pytest.param("`nox -s lint types -- -k NAME`", "session:lint session:types", id="sessions"),
        pytest.param("`nox`; `nox --list`", "", id="nox-alone"),
        pytest.param("see `docs/adr/x.md`", "path:docs/adr/x.md", id="path"),
        pytest.param("`pytest tests/test_x.py -q`", "path:tests/test_x.py", id="path-in-a-command"),
        pytest.param("`./run.sh` and `.env`", "path:run.sh path:.env", id="top-level-files"),
        pytest.param("`.agents/skills/`", "path:.agents/skills/", id="folder"),
        pytest.param("`src/*.py`", "path:src/*.py", id="pattern"),
        pytest.param("`a/NAME/`, `<x>/y`, `a/{b}`, `$HOME/x`, `~/x`, `/health`, `https://a.b/c`", "", id="no-paths"),
        pytest.param("`app.core.api`", "module:app.core.api", id="module"),
        pytest.param("`python -m app.main`", "module:app.main", id="python-m"),
        pytest.param("`settings.py` `codex.lock`", "path:settings.py path:codex.lock", id="files-not-modules"),
        pytest.param("`Decimal(x)`, `0.1`, `downgrade`", "", id="code-that-names-nothing"),
        pytest.param("the modules `core`, `finance` and `dev`", "part:core part:finance part:dev", id="modules"),
        pytest.param("split into the module `core`. `x`", "part:core", id="one-module"),
        pytest.param("```sh\ninv a  # inv b\n```\n~~~\ncat a/b.md\n~~~", "task:a path:a/b.md", id="blocks"),
        pytest.param("``inv a`` `b", "task:a", id="double-ticks"),
    ],
)  # fmt: skip
def test_names_in_code(text: str, found: str) -> None:
    assert " ".join(f"{mention.kind}:{mention.name}" for mention in mentions(text)) == found


def test_lines_are_counted() -> None:
    assert [mention.line for mention in mentions("a\n`inv b`\n```\ninv c\n```\n`inv d`")] == [2, 4, 6]
