"""Core: the audit log only grows.

How it is undone: the triggers and their function are dropped.
"""

from django.db import migrations

_EVENTS = {
    "core_audit_no_update": "BEFORE UPDATE ON core_audit FOR EACH ROW",
    "core_audit_no_delete": "BEFORE DELETE ON core_audit FOR EACH ROW",
    "core_audit_no_truncate": "BEFORE TRUNCATE ON core_audit FOR EACH STATEMENT",
}
_REFUSE = (
    "CREATE FUNCTION core_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation'; END $$"
)


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [
        migrations.RunSQL([_REFUSE], ["DROP FUNCTION core_refuse()"]),
        migrations.RunSQL(
            [
                f"CREATE TRIGGER {name} {event} EXECUTE FUNCTION core_refuse('audit rows are never changed')"
                for name, event in _EVENTS.items()
            ],
            [f"DROP TRIGGER {name} ON core_audit" for name in _EVENTS],
        ),
    ]
