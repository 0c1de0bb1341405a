"""Core: idempotency keys, each used once, and an audit log.

How it is undone: both tables are dropped; take a copy of the audit log first.
"""

import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="AuditRow",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("principal", models.CharField(max_length=64)),
                ("action", models.CharField(max_length=64)),
                ("subject", models.CharField(max_length=64)),
                ("request_id", models.CharField(max_length=36)),
            ],
            options={
                "db_table": "core_audit",
            },
        ),
        migrations.CreateModel(
            name="IdempotencyRow",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("scope", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=128)),
                ("fingerprint", models.CharField(max_length=64)),
                ("subject", models.CharField(max_length=64)),
                ("used_at", models.DateTimeField()),
            ],
            options={
                "db_table": "core_idempotency_key",
                "constraints": [
                    models.UniqueConstraint(fields=("scope", "key"), name="core_idempotency_key_once"),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.Exact(
                            django.db.models.functions.text.Length("fingerprint"), 64
                        ),
                        name="core_idempotency_key_fingerprint",
                    ),
                ],
            },
        ),
    ]
