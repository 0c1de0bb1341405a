"""Finance: accounts, transactions and entries; a sealed transaction is balanced and never changes.

How it is undone: the tables are dropped; take a copy of the ledger first.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KINDS = "'asset', 'liability', 'equity', 'income', 'expense'"
_CHART = (
    ("cash", "Cash and bank", "asset"),
    ("receivables", "Receivables", "asset"),
    ("payables", "Payables", "liability"),
    ("equity", "Equity", "equity"),
    ("sales", "Sales", "income"),
    ("costs", "Costs", "expense"),
)
{%- if cookiecutter.database == "sqlite" %}
# Summed in two parts, so that no sum leaves the range of SQLite's integers.
_UNBALANCED = (
    "SELECT count(*) < 2 OR sum(minor_units / 1000000000) * 1000000000 + sum(minor_units % 1000000000) <> 0"
    " FROM finance_entry WHERE transaction_number = NEW.number"
)
_SEALED = "(SELECT sealed FROM finance_transaction WHERE number = {row}.transaction_number) = 1"
# Rows cannot be compared as they are inserted one by one, so a transaction is written unsealed and sealed at the end:
# that update is where the database compares the sum, and after it nothing about the transaction can change.
_TRIGGERS = (
    (
        "finance_transaction_starts_unsealed BEFORE INSERT ON finance_transaction WHEN NEW.sealed <> 0",
        "a transaction is sealed after its entries were written",
    ),
    (
        f"finance_transaction_balanced BEFORE UPDATE ON finance_transaction WHEN NEW.sealed = 1 AND ({_UNBALANCED})",
        "the entries of a transaction must sum to zero",
    ),
    (
        "finance_transaction_no_update BEFORE UPDATE ON finance_transaction WHEN OLD.sealed = 1",
        "a sealed transaction is never changed",
    ),
    (
        "finance_transaction_no_delete BEFORE DELETE ON finance_transaction WHEN OLD.sealed = 1",
        "a sealed transaction is never deleted",
    ),
    (
        f"finance_entry_no_insert BEFORE INSERT ON finance_entry WHEN {_SEALED.format(row='NEW')}",
        "a sealed transaction gets no further entries",
    ),
    (
        "finance_entry_no_update BEFORE UPDATE ON finance_entry",
        "an entry is never changed",
    ),
    (
        f"finance_entry_no_delete BEFORE DELETE ON finance_entry WHEN {_SEALED.format(row='OLD')}",
        "an entry of a sealed transaction is never deleted",
    ),
)
{%- else %}
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
  SELECT sealed = 1 INTO closed FROM finance_transaction WHERE number = entry.transaction_number FOR SHARE;
  IF closed THEN
    RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN entry;
END""",
}
# Rows cannot be compared as they are inserted one by one, so a transaction is written unsealed and sealed at the end:
# that update is where the database compares the sum, and after it nothing about the transaction can change.
_TRIGGERS = (
    (
        "finance_transaction_starts_unsealed BEFORE INSERT ON finance_transaction FOR EACH ROW WHEN (NEW.sealed <> 0)",
        "finance_refuse('a transaction is sealed after its entries were written')",
    ),
    (
        "finance_transaction_balanced BEFORE UPDATE ON finance_transaction FOR EACH ROW WHEN (NEW.sealed = 1)",
        "finance_require_balance('the entries of a transaction must sum to zero')",
    ),
    (
        "finance_transaction_no_update BEFORE UPDATE ON finance_transaction FOR EACH ROW WHEN (OLD.sealed = 1)",
        "finance_refuse('a sealed transaction is never changed')",
    ),
    (
        "finance_transaction_no_delete BEFORE DELETE ON finance_transaction FOR EACH ROW WHEN (OLD.sealed = 1)",
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
{%- endif %}


def upgrade() -> None:
    """Apply."""
    chart = op.create_table(
        "finance_account",
        sa.Column("id", sa.String(63), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name=op.f("ck_finance_account_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finance_account")),
    )
    op.create_table(
        "finance_transaction",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("description", sa.String(200), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(currency) = 3", name=op.f("ck_finance_transaction_currency")),
        sa.CheckConstraint("length(description) BETWEEN 1 AND 200", name=op.f("ck_finance_transaction_description")),
        sa.CheckConstraint("sealed IN (0, 1)", name=op.f("ck_finance_transaction_sealed")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_finance_transaction")),
        sa.UniqueConstraint("id", name=op.f("uq_finance_transaction_id")),
    )
    op.create_table(
        "finance_entry",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("transaction_number", _NUMBER, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.String(63), nullable=False),
        sa.Column("minor_units", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("minor_units <> 0", name=op.f("ck_finance_entry_minor_units")),
        sa.ForeignKeyConstraint(
            ["transaction_number"], ["finance_transaction.number"], name=op.f("fk_finance_entry_transaction_number")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["finance_account.id"], name=op.f("fk_finance_entry_account_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_finance_entry")),
        sa.UniqueConstraint(
            "transaction_number", "position", name=op.f("uq_finance_entry_transaction_number_position")
        ),
    )
    op.create_index(op.f("ix_finance_entry_account_id"), "finance_entry", ["account_id"])
{%- if cookiecutter.database == "sqlite" %}
    for head, message in _TRIGGERS:
        op.execute(f"CREATE TRIGGER {head} BEGIN SELECT RAISE(ABORT, '{message}'); END")
{%- else %}
    for name, body in _FUNCTIONS.items():
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}\n$$")
    for head, function in _TRIGGERS:
        op.execute(f"CREATE TRIGGER {head} EXECUTE FUNCTION {function}")
{%- endif %}
    op.bulk_insert(chart, [{"id": identity, "name": name, "kind": kind} for identity, name, kind in _CHART])


def downgrade() -> None:
    """Undo; triggers go with their tables, the entries first because a sealed one cannot be deleted."""
    for name in ("finance_entry", "finance_transaction", "finance_account"):
        op.drop_table(name)
{%- if cookiecutter.database == "postgresql" %}
    for name in _FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}()")
{%- endif %}
