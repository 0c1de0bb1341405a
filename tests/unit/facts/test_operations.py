"""What a migration file does, from its text alone."""

import pytest

from proposer.facts.operations import Migration, parsed

DJANGO = """
from django.db import migrations, models
class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [{}]
"""
ALEMBIC = """
from alembic import op
import sqlalchemy as sa
revision = "0002"
down_revision = "0001"
def upgrade():
    {}
def downgrade():
    {}
"""


def django(operation: str) -> Migration:
    found = parsed(DJANGO.format(operation), "0002_x")
    assert found is not None
    return found


def alembic(up: str, down: str = "op.drop_table('a')") -> Migration:
    found = parsed(ALEMBIC.format(up, down), "0002_x")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("operation", "irreversible", "care"),
    [
        pytest.param("migrations.CreateModel('A', fields=[])", False, (), id="create-a-model"),
        pytest.param("migrations.AddField('a', 'b', models.TextField(null=True))",
                     False, ("lock",), id="nullable-field"),
        pytest.param("migrations.AddField('a', 'b', models.TextField())", False, ("lock", "not null without a default"),
                     id="a-field-without-a-default"),
        pytest.param("migrations.AddField(model_name='a', name='b', field=models.TextField(default=''))",
                     False, ("lock",),
                     id="a-field-with-a-default"),
        pytest.param("migrations.RemoveField('a', 'b')", True, ("data loss", "order"), id="remove-a-field"),
        pytest.param("migrations.DeleteModel('A')", True, ("data loss",), id="delete-a-model"),
        pytest.param("migrations.RenameField('a', 'b', 'c')", False, ("lock", "order"), id="rename"),
        pytest.param("migrations.RunPython(f)", True, ("backfill",), id="python-without-a-reverse"),
        pytest.param("migrations.RunPython(f, None)", True, ("backfill",), id="python-with-none"),
        pytest.param("migrations.RunPython(f, reverse_code=migrations.RunPython.noop)", True, ("backfill",), id="noop"),
        pytest.param("migrations.RunPython(f, g)", False, ("backfill",), id="python-with-a-reverse"),
        pytest.param("migrations.RunSQL('CREATE VIEW v AS SELECT 1', 'DROP VIEW v')", False, (), id="sql-both-ways"),
        pytest.param("migrations.RunSQL('CREATE VIEW v AS SELECT 1')", True, (), id="sql-one-way"),
        pytest.param("migrations.RunSQL('delete  from a', 'select 1')", True, ("data loss",), id="sql-that-deletes"),
        pytest.param("migrations.RunSQL('UPDATE a SET b = 1', migrations.RunSQL.noop)",
                     True, ("backfill",), id="update"),
        pytest.param("migrations.SeparateDatabaseAndState([migrations.DeleteModel('A')], [])", True, ("data loss",),
                     id="inside-separate"),
        pytest.param("ours.Shuffle('a')", True, ("unknown operation",), id="an-operation-of-their-own"),
        pytest.param("*more", True, (), id="operations-from-elsewhere"),
        pytest.param("AddIndexConcurrently('a', index=1)", False, (), id="imported-by-name"),
    ],
)  # fmt: skip
def test_operations_of_django(operation: str, irreversible: bool, care: tuple[str, ...]) -> None:
    found = django(operation)
    assert (found.framework, found.name, found.after) == ("django", "0002_x", ("0001_initial",))
    assert [bool(row.irreversible) for row in found.operations] == [irreversible]
    assert found.operations[0].care == care


def test_operations_that_are_not_written_out_are_said_to_be_unread() -> None:
    found = parsed("class Migration:\n    operations = make()\n", "x")
    assert found is not None
    assert found.unread


@pytest.mark.parametrize(
    ("up", "down", "irreversible", "care"),
    [
        pytest.param("op.create_table('a')", "op.drop_table('a')", False, (), id="create-a-table"),
        pytest.param("op.create_table('a')", "pass", True, (), id="an-empty-downgrade"),
        pytest.param("op.create_table('a')", "raise NotImplementedError", True, (), id="a-downgrade-that-raises"),
        pytest.param("op.create_table('a')", "op.drop_index('a')", True, (), id="a-downgrade-of-something-else"),
        pytest.param("op.drop_column('a', 'b')", "op.add_column('a', 1)",
                     True, ("data loss", "order"), id="drop-a-column"),
        pytest.param("op.add_column('a', sa.Column('b', nullable=False))", "op.drop_column('a', 'b')", False,
                     ("lock", "not null without a default"), id="not-null"),
        pytest.param("op.add_column('a', sa.Column('b', nullable=False, server_default='1'))",
                     "op.drop_column('a', 'b')",
                     False, ("lock",), id="not-null-with-a-default"),
        pytest.param("op.execute('DROP TABLE a')", "op.execute('x')", True, ("data loss",), id="sql-that-drops"),
        pytest.param("op.execute(sa.text('UPDATE a SET b = 1'))", "op.drop_table('x')",
                     True, ("backfill",), id="update"),
        pytest.param("op.execute('UPDATE a SET b = 1')", "op.execute('UPDATE a SET b = 0')", False, ("backfill",),
                     id="update-both-ways"),
        pytest.param("op.get_bind().execute(sa.text('TRUNCATE a'))", "op.execute('x')",
                     True, ("data loss",), id="by-bind"),
        pytest.param("bind.exec_driver_sql('delete from a')", "op.execute('x')", True, ("data loss",), id="by-driver"),
        pytest.param("with op.batch_alter_table('a') as batch:\n        batch.drop_column('b')", "op.create_table('a')",
                     True, ("data loss", "order"), id="in-a-batch"),
        pytest.param("op.frobnicate('a')", "op.drop_table('a')", True, ("unknown operation",), id="unknown"),
    ],
)  # fmt: skip
def test_operations_of_alembic(up: str, down: str, irreversible: bool, care: tuple[str, ...]) -> None:
    found = alembic(up, down)
    assert (found.framework, found.name, found.after) == ("alembic", "0002", ("0001",))
    assert [bool(row.irreversible) for row in found.operations] == [irreversible], found.operations
    assert found.operations[0].care == care


def test_functions_of_the_same_file_are_followed_and_others_are_said_to_be_unread() -> None:
    text = ALEMBIC.format("step()", "pass") + "\ndef step():\n    op.drop_table('a')\n    step()\n"
    found = parsed(text, "x")
    assert found is not None
    assert [row.name for row in found.operations] == ["drop_table"]
    assert "move()" in alembic("move()").unread


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        pytest.param('"""Drop it.\n\nRollback: restore table a from the nightly dump.\n"""', True, id="docstring"),
        pytest.param("# Rollback plan: restore table a from the nightly dump.", True, id="comment"),
        pytest.param("# restore: pg_restore -t a nightly.dump, then post the day again", True, id="restore"),
        pytest.param("# Rollback: none", False, id="too-short-to-be-one"),
        pytest.param("x = 'Rollback: restore table a from the nightly dump.'", False, id="only-a-string"),
        pytest.param("# the rollback is somebody else's problem, as always here", False, id="only-the-word"),
    ],
)
def test_a_plan_is_a_sentence_in_a_docstring_or_a_comment(text: str, plan: bool) -> None:
    found = parsed(f"{text}\n{DJANGO.format('')}", "x")
    assert found is not None
    assert bool(found.plan) is plan


@pytest.mark.parametrize("text", ["", "def upgrade(): ...", "revision = '1'", "class Other:\n    operations = []\n"])
def test_other_files_are_no_migrations(text: str) -> None:
    assert parsed(text, "x") is None
