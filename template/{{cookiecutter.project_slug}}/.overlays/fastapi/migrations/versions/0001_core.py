"""Core: idempotency keys, each used once, and an audit log that only grows.

How it is undone: both tables are dropped; take a copy of the audit log first.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "core_idempotency_key",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("scope", sa.String(64), nullable=False),
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(fingerprint) = 64", name=op.f("ck_core_idempotency_key_fingerprint")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_core_idempotency_key")),
        sa.UniqueConstraint("scope", "key", name=op.f("uq_core_idempotency_key_scope_key")),
    )
    op.create_table(
        "core_audit",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("principal", sa.String(64), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("request_id", sa.String(36), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_core_audit")),
    )
{%- if cookiecutter.database == "sqlite" %}
    for event in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER core_audit_no_{event.lower()} BEFORE {event} ON core_audit "
            "BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END"
        )
{%- else %}
    op.execute(
        "CREATE FUNCTION core_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for event, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER core_audit_no_{event.lower()} BEFORE {event} ON core_audit FOR EACH {each} "
            "EXECUTE FUNCTION core_refuse('audit rows are never changed')"
        )
{%- endif %}


def downgrade() -> None:
    """Undo; triggers go with their table."""
    op.drop_table("core_audit")
    op.drop_table("core_idempotency_key")
{%- if cookiecutter.database == "postgresql" %}
    op.execute("DROP FUNCTION core_refuse()")
{%- endif %}
