"""Skills follow the rules of agentskills.io, name what they hold, and their scripts do what they say."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from proposer.config import assets
from proposer.inputs.untrusted import clean

SKILLS = assets.folder("skills")
NAMES = ["adr", "dto-and-route", "safe-migration", "scaffold-module", "security-triage"]
FIELDS = {"name", "description", "license", "compatibility", "metadata", "allowed-tools"}
MONEY = re.compile(r"(?i)financ|ledger|money|currenc|balance|payment|double.entry")


def faults(folder: Path) -> list[str]:
    """Return what the specification of agent skills does not allow (agentskills.io/specification)."""
    text = (folder / "SKILL.md").read_text(encoding="utf-8")
    found = re.fullmatch(r"(?s)---\n(.*?)\n---\n(.*)", text)
    if not found:
        return ["no front matter"]
    fields, body = yaml.safe_load(found[1]), found[2]
    rows = [f"unknown field {name}" for name in fields if name not in FIELDS]
    name, description = fields.get("name"), fields.get("description")
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) or len(name) > 64:
        rows.append("name")
    if name != folder.name:
        rows.append("name is not the folder's")
    if not isinstance(description, str) or not 1 <= len(description) <= 1024 or "\n" in description:
        rows.append("description")
    if body.count("\n") > 500 or len(body) > 20_000 or not body.strip():
        rows.append("size")
    named = re.findall(r"(?:SKILL/|`)((?:scripts|assets|references)/[\w./-]+)", body)
    rows += [f"names {path}, which is not there" for path in named if not (folder / path).exists()]
    kept = [path.relative_to(folder).parts[0] for path in folder.rglob("*") if "__pycache__" not in path.parts]
    return rows + [f"holds {part}" for part in kept if part not in {"SKILL.md", "scripts", "assets", "references"}]


def test_these_are_the_skills() -> None:
    assert sorted(path.parent.name for path in SKILLS.glob("*/SKILL.md")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_skill_follows_the_specification(name: str) -> None:
    assert faults(SKILLS / name) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("# x\n", "no front matter"),
        ("---\nname: x\n---\ny\n", "description"),
        ("---\nname: X\ndescription: d\n---\ny\n", "name"),
        ("---\nname: y\ndescription: d\n---\ny\n", "name is not the folder's"),
        (f"---\nname: x\ndescription: {'d' * 1025}\n---\ny\n", "description"),
        ("---\nname: x\ndescription: d\nmodel: m\n---\ny\n", "unknown field model"),
        ("---\nname: x\ndescription: d\n---\n" + "y\n" * 501, "size"),
        ("---\nname: x\ndescription: d\n---\n`scripts/no.py`\n", "names scripts/no.py, which is not there"),
    ],
)
def test_the_check_sees(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "SKILL.md").write_text(text, encoding="utf-8")
    assert fault in faults(tmp_path / "x")


@pytest.mark.parametrize("path", sorted(path for path in SKILLS.rglob("*") if path.is_file() and path.suffix != ".pyc"))
def test_a_file_of_a_skill_knows_no_domain_and_hides_nothing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not MONEY.search(text), MONEY.search(text)
    assert clean(text) == text
    assert not path.is_symlink()


def script(name: str, *argv: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a script of a skill as the skill says, without this project on its path."""
    [path] = SKILLS.glob(f"*/scripts/{name}.py")
    return subprocess.run(
        [sys.executable, "-I", "-B", str(path), *argv], cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True,
        text=True, check=False, encoding="utf-8",
    )  # fmt: skip


def lay(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def alembic(up: str, down: str = "op.x()", docstring: str = "x.") -> str:
    head = f'"""{docstring}"""\nfrom alembic import op\nimport sqlalchemy as sa\n\n'
    return f"{head}def upgrade():\n    {up}\n\ndef downgrade():\n    {down}\n"


def django(operation: str) -> str:
    head = '"""x."""\nfrom django.db import migrations, models\n\n'
    return f"{head}class Migration(migrations.Migration):\n    operations = [{operation}]\n"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (alembic('op.drop_column("a_b", "c")'), "stop: drops data"),
        (alembic('op.drop_table("a_b")', "pass"), "stop: cannot be undone"),
        (alembic('op.add_column("a_b", sa.Column("c", sa.Text(), nullable=False))'), "stop: fails on a table"),
        (alembic('op.alter_column("a_b", "c", nullable=False)'), "stop: fails on rows without"),
        (alembic('op.alter_column("a_b", "c", new_column_name="d")'), "knows the old name"),
        (alembic('op.alter_column("a_b", "c", type_=sa.Text())'), "look: may rewrite"),
        (alembic('op.create_index("i", "a_b", ["c"])'), "look: blocks writes"),
        (alembic('op.add_column("a_b", sa.Column("c", sa.Float()))'), "binary fraction"),
        (alembic('op.add_column("a_b", x); op.add_column("c_d", x)'), "several modules: a, c"),
        (alembic("pass", docstring="x.\n\nHow it is undone: ...\n"), "placeholder"),
        (django('migrations.RemoveField("a", "b")'), "stop: drops data"),
        (django('migrations.AddField("a", "b", models.IntegerField())'), "stop: fails on a table"),
        (django('migrations.RenameField("a", "b", "c")'), "knows the old name"),
        (django("migrations.RunPython(go)"), "stop: cannot be undone"),
        (django('migrations.RunSQL("x")'), "stop: cannot be undone"),
        (django('migrations.AlterField("a", "b", models.FloatField())'), "binary fraction"),
        (django('migrations.AddConstraint("a", x)'), "look: blocks writes"),
    ],
)
def test_a_risky_migration_is_named(tmp_path: Path, source: str, words: str) -> None:
    lay(tmp_path, {"m.py": source})
    done = script("risks", "m.py", cwd=tmp_path)
    assert words in done.stdout
    assert done.returncode == int("stop:" in done.stdout)


MADE = 'op.create_table("a_b", sa.Column("c", sa.Text(), nullable=False)); op.create_index("i", "a_b", [])'


@pytest.mark.parametrize(
    "source",
    [
        alembic('op.add_column("a_b", sa.Column("c", sa.Text(), nullable=True))'),
        alembic('op.add_column("a_b", sa.Column("c", sa.Text(), nullable=False, server_default="0"))'),
        alembic(MADE, 'op.drop_table("a_b")'),
        alembic("pass", "pass"),
        django('migrations.AddField("a", "b", models.IntegerField(null=True))'),
        django('migrations.CreateModel("a", fields=[("b", models.IntegerField())])'),
        django("migrations.RunPython(go, back)"),
        django('migrations.RunSQL("x", reverse_sql="y")'),
    ],
)
def test_a_careful_migration_gets_no_line(tmp_path: Path, source: str) -> None:
    lay(tmp_path, {"m.py": source})
    done = script("risks", "m.py", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_migration_that_is_no_python_is_an_error(tmp_path: Path) -> None:
    lay(tmp_path, {"m.py": "def"})
    assert script("risks", "m.py", cwd=tmp_path).returncode == 2


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("subprocess.run(argv)", "starts a process"),
        ("subprocess.run(argv, shell=True)", "starts a shell"),
        ("eval(name)", "runs text as code"),
        ("pickle.loads(data)", "runs what it reads"),
        ('session.execute(f"SELECT {name}")', "put together from text"),
        ('cursor.execute("SELECT " + name)', "put together from text"),
        ("session.execute(text(name))", "SQL from text"),
        ("httpx.get(url, verify=False)", "reaches out"),
        ("logger.info(user.token)", "may be logged"),
        ("mark_safe(name)", "no longer escaped"),
        ("@csrf_exempt\ndef view(): ...", "switched off"),
        ("random.choice(letters)", "not for secrets"),
    ],
)
def test_a_place_to_look_at_is_listed(tmp_path: Path, line: str, words: str) -> None:
    lay(tmp_path, {"a/m.py": f"import x\n\n{line}\n"})
    done = script("surface", "a", cwd=tmp_path)
    assert re.search(rf"(?m)^{re.escape(str(Path('a/m.py')))}:3: .*{re.escape(words)}", done.stdout), done.stdout
    assert done.returncode == 0


@pytest.mark.parametrize(
    "line",
    [
        "re.compile(name)",
        'session.execute(text("SELECT 1"))',
        "text.encode()",
        "subprocess_free(1)",
        "run(argv, shell=False)",
        'token = ""',
        "httpx.get(url, verify=True).text()",
    ],
)
def test_ordinary_code_is_not(tmp_path: Path, line: str) -> None:
    lay(tmp_path, {"m.py": f"{line}\n"})
    assert script("surface", "m.py", cwd=tmp_path).stdout.replace("m.py:1: reaches out: " + line + "\n", "") == ""


def test_a_secret_in_the_source_is_named_and_not_repeated(tmp_path: Path) -> None:
    lay(tmp_path, {"m.py": "api_key = 'canary' + ''\napi_key: str = 'canary'\n"})
    assert script("surface", "m.py", cwd=tmp_path).stdout == "m.py:2: a secret in the source?\n"


def test_switched_off_checks_are_listed_when_asked_for(tmp_path: Path) -> None:
    lay(tmp_path, {"m.py": "import x  # noqa: F401\n"})
    assert script("surface", "m.py", cwd=tmp_path).stdout == ""
    assert "m.py:1: a check is switched off" in script("surface", "--checks", "m.py", cwd=tmp_path).stdout


def test_a_record_starts_with_the_next_number_and_every_section(tmp_path: Path) -> None:
    first = script("adr", "new", "  Idempotency  keys: \u00c9tag\u00e8re & co ", cwd=tmp_path)
    assert first.stdout == "new docs/adr/0001-idempotency-keys-etagere-co.md\n", first.stderr
    assert script("adr", "new", "Second", cwd=tmp_path).stdout == "new docs/adr/0002-second.md\n"
    text = (tmp_path / "docs/adr/0001-idempotency-keys-etagere-co.md").read_text(encoding="utf-8")
    assert text.startswith("# 1. Idempotency keys: \u00c9tag\u00e8re & co\n\nStatus: proposed.\n")
    assert script("adr", "check", cwd=tmp_path).stdout == ""


GOOD = "# 1. T\n\nStatus: accepted.\n" + "".join(
    f"\n## {name}\n\nx\n" for name in ("Context", "Decision", "Alternatives", "Consequences", "Migration plan")
)


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({"0001-a.md": GOOD.replace("# 1.", "# 2.")}, "the first line is not `# 1. Title`"),
        ({"0001-a.md": GOOD.replace("Status: accepted.", "")}, "no line `Status"),
        ({"0001-a.md": GOOD.replace("accepted", "superseded by 9")}, "superseded by 9, which does not exist"),
        ({"0001-a.md": GOOD.replace("## Alternatives", "## Other")}, "no section `Alternatives`"),
        ({"0001-a.md": GOOD.replace("## Decision\n\nx", "## Decision\n")}, "the section `Decision` is empty"),
        ({"0001-a.md": GOOD.replace("Context", "Y").replace("Decision", "Context").replace("Y", "Decision")}, "order"),
        ({"0001-a.md": GOOD, "0001-b.md": GOOD}, "0001: the number is used twice"),
        ({"1-a.md": GOOD}, "1-a.md: a record is named"),
    ],
)
def test_a_record_that_is_not_complete_is_named(tmp_path: Path, files: dict[str, str], fault: str) -> None:
    lay(tmp_path / "docs" / "adr", {"README.md": "x\n", **files})
    done = script("adr", "check", cwd=tmp_path)
    assert fault in done.stdout
    assert done.returncode == 1


def test_a_title_without_words_is_refused(tmp_path: Path) -> None:
    assert script("adr", "new", "...", cwd=tmp_path).returncode == 2
    assert list(tmp_path.iterdir()) == []


A, B = {"type": "string", "maxLength": 9}, {"type": "string"}
NULLABLE = {"anyOf": [{"type": "string"}, {"type": "null"}]}


def api(**changes: object) -> dict[str, Any]:
    """Return a small OpenAPI document; `changes` replace parts of its one operation."""
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Body"}}}}
    operation = {
        "requestBody": body,
        "responses": {"200": body, "404": {}},
        "parameters": [{"in": "query", "name": "q", "schema": {"type": "string", "enum": ["x", "y"]}}],
    }
    schema = {"type": "object", "required": ["a"], "properties": {"a": A, "b": B}}
    return {"paths": {"/p": {"post": operation | changes}}, "components": {"schemas": {"Body": schema}}}


def changed(**schema: object) -> dict[str, Any]:
    """Return it with another schema of request and answer."""
    document = api()
    document["components"]["schemas"]["Body"] |= schema
    return document


def query(**parameter: object) -> dict[str, Any]:
    """Return it with another parameter."""
    return api(parameters=[{"in": "query", "name": "q", "schema": {"type": "string"}} | parameter])


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ({"paths": {}}, "POST /p: is gone"),
        (changed(required=["a", "b"]), "body/b: is required now"),
        (changed(required=[]), "200/a: may be missing now"),
        (changed(properties={"a": A}), "200/b: is gone"),
        (changed(properties={"a": {"type": "integer"}, "b": B}), "a: is integer now, was string"),
        (changed(properties={"a": A | {"maxLength": 8}, "b": B}), "body/a: maxLength is 8 now"),
        (changed(properties={"a": A | {"pattern": "x"}, "b": B}), "body/a: has another pattern"),
        (changed(properties={"a": A, "b": NULLABLE}), "200/b: is null or string now"),
        (api(responses={"201": {}}), "no longer answers 200"),
        (query(required=True), "q is required now"),
        (query(schema={"type": "string", "enum": ["x"]}), "q: y is refused now"),
        (query(name="r", required=True), "query r is required now"),
    ],
)
def test_a_change_that_breaks_clients_is_named(tmp_path: Path, after: dict[str, Any], words: str) -> None:
    lay(tmp_path, {"a.json": json.dumps(api()), "b.json": json.dumps(after)})
    done = script("compare", "a.json", "b.json", cwd=tmp_path)
    assert words in done.stdout, done.stderr
    assert done.returncode == 1


@pytest.mark.parametrize(
    "after",
    [
        api(),
        changed(properties={"a": {"type": "string", "maxLength": 10}, "b": B, "c": B}),
        {**api(), "paths": {**api()["paths"], "/q": {}}},
        query(schema={"type": "string", "enum": ["x", "y"]}, description="x"),
    ],
    ids=["same", "wider", "more", "described"],
)
def test_a_change_that_breaks_nobody_is_not(tmp_path: Path, after: dict[str, Any]) -> None:
    lay(tmp_path, {"a.json": json.dumps(api()), "b.json": json.dumps(after)})
    done = script("compare", "a.json", "b.json", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_schema_that_holds_itself_ends(tmp_path: Path) -> None:
    looped = changed(properties={"a": {"$ref": "#/components/schemas/Body"}, "b": B})
    lay(tmp_path, {"a.json": json.dumps(looped), "b.json": json.dumps(looped), "c.json": "[]"})
    assert script("compare", "a.json", "b.json", cwd=tmp_path).returncode == 0
    assert script("compare", "a.json", "c.json", cwd=tmp_path).returncode == 2
