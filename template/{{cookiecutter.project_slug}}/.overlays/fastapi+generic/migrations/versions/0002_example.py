"""Example: items.

How it is undone: the table is dropped; take a copy of it first.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "example_item",
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 80", name=op.f("ck_example_item_name")),
        sa.CheckConstraint("length(note) <= 500", name=op.f("ck_example_item_note")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_example_item")),
        sa.UniqueConstraint("id", name=op.f("uq_example_item_id")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("example_item")
