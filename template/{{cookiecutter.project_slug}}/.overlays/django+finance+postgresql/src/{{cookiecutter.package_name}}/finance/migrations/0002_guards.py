"""Finance: a sealed transaction is balanced and never changes.

Rows cannot be compared as they are inserted one by one, so a transaction is written unsealed and sealed at the end:
that update is where the database compares the sum, and after it nothing about the transaction can change.

How it is undone: the triggers and their functions are dropped.
"""

from django.db import migrations

_FUNCTIONS = {
    "finance_refuse": """
BEGIN
  RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation';
END""",
    "finance_require_balance": """
BEGIN
  IF (SELECT count(*) < 2 OR sum(minor_units) <> 0 FROM finance_entry WHERE transaction_number = NEW.number) THEN
    RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END""",
    # The lock makes an entry and the sealing of its transaction wait for each other.
    "finance_require_unsealed": """
DECLARE
  entry finance_entry := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  closed boolean;
BEGIN
  SELECT sealed INTO closed FROM finance_transaction WHERE number = entry.transaction_number FOR SHARE;
  IF closed THEN
    RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN entry;
END""",
}
_TRIGGERS = (
    (
        "finance_transaction_starts_unsealed BEFORE INSERT ON finance_transaction FOR EACH ROW WHEN (NEW.sealed)",
        "finance_refuse('a transaction is sealed after its entries were written')",
    ),
    (
        "finance_transaction_balanced BEFORE UPDATE ON finance_transaction FOR EACH ROW WHEN (NEW.sealed)",
        "finance_require_balance('the entries of a transaction must sum to zero')",
    ),
    (
        "finance_transaction_no_update BEFORE UPDATE ON finance_transaction FOR EACH ROW WHEN (OLD.sealed)",
        "finance_refuse('a sealed transaction is never changed')",
    ),
    (
        "finance_transaction_no_delete BEFORE DELETE ON finance_transaction FOR EACH ROW WHEN (OLD.sealed)",
        "finance_refuse('a sealed transaction is never deleted')",
    ),
    (
        "finance_transaction_no_truncate BEFORE TRUNCATE ON finance_transaction FOR EACH STATEMENT",
        "finance_refuse('transactions are never deleted')",
    ),
    (
        "finance_entry_no_insert BEFORE INSERT ON finance_entry FOR EACH ROW",
        "finance_require_unsealed('a sealed transaction gets no further entries')",
    ),
    (
        "finance_entry_no_update BEFORE UPDATE ON finance_entry FOR EACH ROW",
        "finance_refuse('an entry is never changed')",
    ),
    (
        "finance_entry_no_delete BEFORE DELETE ON finance_entry FOR EACH ROW",
        "finance_require_unsealed('an entry of a sealed transaction is never deleted')",
    ),
    (
        "finance_entry_no_truncate BEFORE TRUNCATE ON finance_entry FOR EACH STATEMENT",
        "finance_refuse('entries are never deleted')",
    ),
)


def _undone(head: str) -> str:
    words = head.split()
    return f"DROP TRIGGER {words[0]} ON {words[4]}"


class Migration(migrations.Migration):
    dependencies = [("finance", "0001_initial")]
    operations = [
        migrations.RunSQL(
            [
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}\n$$"
                for name, body in _FUNCTIONS.items()
            ],
            [f"DROP FUNCTION {name}()" for name in _FUNCTIONS],
        ),
        migrations.RunSQL(
            [f"CREATE TRIGGER {head} EXECUTE FUNCTION {function}" for head, function in _TRIGGERS],
            [_undone(head) for head, _ in _TRIGGERS],
        ),
    ]
