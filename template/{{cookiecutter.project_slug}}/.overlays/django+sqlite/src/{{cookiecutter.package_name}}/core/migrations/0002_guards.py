"""Core: the audit log only grows.

How it is undone: the triggers are dropped. A migration that makes SQLite rebuild the table loses them: make them anew.
"""

from django.db import migrations

_HEADS = {
    "core_audit_no_update": "BEFORE UPDATE ON core_audit",
    "core_audit_no_delete": "BEFORE DELETE ON core_audit",
}


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [
        migrations.RunSQL(
            [
                f"CREATE TRIGGER {name} {head} BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END"
                for name, head in _HEADS.items()
            ],
            [f"DROP TRIGGER {name}" for name in _HEADS],
        )
    ]
