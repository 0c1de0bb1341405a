"""Finance: accounts, transactions and entries.

How it is undone: the tables are dropped; take a copy of the ledger first.
"""

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="AccountRow",
            fields=[
                ("id", models.CharField(max_length=63, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=16)),
            ],
            options={
                "db_table": "finance_account",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("asset", "liability", "equity", "income", "expense"))),
                        name="finance_account_kind",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TransactionRow",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("identity", models.CharField(db_column="id", max_length=36, unique=True)),
                ("description", models.CharField(max_length=200)),
                ("currency", models.CharField(max_length=3)),
                ("date", models.DateField()),
                ("posted_at", models.DateTimeField()),
                ("sealed", models.BooleanField()),
            ],
            options={
                "db_table": "finance_transaction",
                "constraints": [
                    models.CheckConstraint(
                        condition=django.db.models.lookups.Exact(django.db.models.functions.text.Length("currency"), 3),
                        name="finance_transaction_currency",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("description", ""), _negated=True), name="finance_transaction_description"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EntryRow",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("position", models.IntegerField()),
                ("minor_units", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="finance.accountrow"
                    ),
                ),
                (
                    "transaction",
                    models.ForeignKey(
                        db_column="transaction_number",
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="finance.transactionrow",
                    ),
                ),
            ],
            options={
                "db_table": "finance_entry",
                "constraints": [
                    models.UniqueConstraint(fields=("transaction", "position"), name="finance_entry_position"),
                    models.CheckConstraint(
                        condition=models.Q(("minor_units", 0), _negated=True), name="finance_entry_minor_units"
                    ),
                ],
            },
        ),
    ]
