"""Checks with their answers, people's own chats, and greeted conversations."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "checks",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("edition", sa.Text, nullable=False),
        sa.Column("role", sa.Text),
        sa.Column("revisiting", sa.Text),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger),
    )
    op.create_index("checks_of_person", "checks", ["tenant_id", "person_id", "started_at"])
    is_open = sa.text("finished_at is null")
    op.create_index(
        "one_open_check",
        "checks",
        ["tenant_id", "person_id"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_table(
        "answers",
        sa.Column("check_id", sa.Text, sa.ForeignKey("checks.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("discipline", sa.Text, primary_key=True),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("activity_id", sa.Text, nullable=False),
        sa.Column("answered_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "conversations",
        sa.Column("tenant_id", sa.Text, primary_key=True),
        sa.Column("person_id", sa.Text, primary_key=True),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("service_url", sa.Text, nullable=False),
    )
    op.create_index("conversations_by_id", "conversations", ["tenant_id", "conversation_id"])
    op.create_table(
        "welcomes",
        sa.Column("tenant_id", sa.Text, primary_key=True),
        sa.Column("conversation_id", sa.Text, primary_key=True),
        sa.Column("welcomed_at", sa.BigInteger, nullable=False),
    )
