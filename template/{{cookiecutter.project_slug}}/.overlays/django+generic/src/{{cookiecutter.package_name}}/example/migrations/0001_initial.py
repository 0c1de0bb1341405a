"""Example: items.

How it is undone: the table is dropped; take a copy of it first.
"""

import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="ItemRow",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("identity", models.CharField(db_column="id", max_length=36, unique=True)),
                ("name", models.CharField(max_length=80)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "db_table": "example_item",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="example_item_name"),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("name"), 80
                        ),
                        name="example_item_name_length",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("note"), 500
                        ),
                        name="example_item_note_length",
                    ),
                ],
            },
        ),
    ]
