"""Finance: a sealed transaction is balanced and never changes.

Rows cannot be compared as they are inserted one by one, so a transaction is written unsealed and sealed at the end:
that update is where the database compares the sum, and after it nothing about the transaction can change.

How it is undone: the triggers are dropped. A migration that makes SQLite rebuild a table loses them: make them anew.
"""

from django.db import migrations

# Summed in two parts, so that no sum leaves the range of SQLite's integers.
_UNBALANCED = (
    "SELECT count(*) < 2 OR sum(minor_units / 1000000000) * 1000000000 + sum(minor_units % 1000000000) <> 0"
    " FROM finance_entry WHERE transaction_number = NEW.number"
)
_SEALED = "(SELECT sealed FROM finance_transaction WHERE number = {row}.transaction_number)"
_TRIGGERS = {
    "finance_transaction_starts_unsealed": (
        "BEFORE INSERT ON finance_transaction WHEN NEW.sealed",
        "a transaction is sealed after its entries were written",
    ),
    "finance_transaction_balanced": (
        f"BEFORE UPDATE ON finance_transaction WHEN NEW.sealed AND ({_UNBALANCED})",
        "the entries of a transaction must sum to zero",
    ),
    "finance_transaction_no_update": (
        "BEFORE UPDATE ON finance_transaction WHEN OLD.sealed",
        "a sealed transaction is never changed",
    ),
    "finance_transaction_no_delete": (
        "BEFORE DELETE ON finance_transaction WHEN OLD.sealed",
        "a sealed transaction is never deleted",
    ),
    "finance_entry_no_insert": (
        f"BEFORE INSERT ON finance_entry WHEN {_SEALED.format(row='NEW')}",
        "a sealed transaction gets no further entries",
    ),
    "finance_entry_no_update": (
        "BEFORE UPDATE ON finance_entry",
        "an entry is never changed",
    ),
    "finance_entry_no_delete": (
        f"BEFORE DELETE ON finance_entry WHEN {_SEALED.format(row='OLD')}",
        "an entry of a sealed transaction is never deleted",
    ),
}


class Migration(migrations.Migration):
    dependencies = [("finance", "0001_initial")]
    operations = [
        migrations.RunSQL(
            [
                f"CREATE TRIGGER {name} {head} BEGIN SELECT RAISE(ABORT, '{message}'); END"
                for name, (head, message) in _TRIGGERS.items()
            ],
            [f"DROP TRIGGER {name}" for name in _TRIGGERS],
        )
    ]
