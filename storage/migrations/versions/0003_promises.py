"""Respect for people's time, pledges, schedules, and what channels are told."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _wishes()
    _pledges()
    _schedules()
    _news()
    _held_back()
    _owed()


def _wishes() -> None:
    op.create_table(
        "wishes",
        sa.Column("tenant_id", sa.Text, primary_key=True),
        sa.Column("person_id", sa.Text, primary_key=True),
        sa.Column("zone", sa.Text, nullable=False, server_default=""),
        sa.Column("not_before", sa.BigInteger),
        sa.Column("silent_since", sa.BigInteger),
    )
    op.create_table(
        "contacts",
        sa.Column("tenant_id", sa.Text, primary_key=True),
        sa.Column("person_id", sa.Text, primary_key=True),
        sa.Column("day", sa.Text, primary_key=True),
        sa.Column("slot", sa.SmallInteger, primary_key=True),
        sa.Column("occasion", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("tenant_id", "person_id", "occasion"),
    )
    op.create_index("contacts_by_time", "contacts", ["at"])


def _pledges() -> None:
    op.create_table(
        "pledges",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("team_id", sa.Text),
        sa.Column("team_name", sa.Text, nullable=False, server_default=""),
        sa.Column("channel_id", sa.Text),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("person_name", sa.Text, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_by_name", sa.Text, nullable=False, server_default=""),
        sa.Column("edition", sa.Text, nullable=False),
        sa.Column("discipline", sa.Text),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False, server_default=""),
        sa.Column("due_on", sa.Text, nullable=False),
        sa.Column("zone", sa.Text, nullable=False, server_default="UTC"),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("is_met", sa.SmallInteger),
        sa.Column("closed_at", sa.BigInteger),
        sa.Column("ask_at", sa.BigInteger),
        sa.Column("held_until", sa.BigInteger),
        sa.Column("asked_at", sa.BigInteger),
        sa.Column("times_asked", sa.Integer, nullable=False, server_default="0"),
        sa.Column("unanswered", sa.Integer, nullable=False, server_default="0"),
        sa.Column("outcome", sa.Text),
        sa.Column("untold", sa.SmallInteger, nullable=False, server_default="0"),
    )
    op.create_index("pledges_of_person", "pledges", ["tenant_id", "person_id"])
    op.create_index("pledges_of_team", "pledges", ["tenant_id", "team_id"])
    is_open = sa.text("state = 'open'")
    # What no channel hears of is kept apart by who made it, and is in nobody's way once that is forgotten.
    place = "(coalesce(team_id, nullif(made_by, ''), id))"
    op.create_index(
        "pledges_open_once",
        "pledges",
        ["tenant_id", "person_id", sa.text(place), "edition", sa.text("(coalesce(discipline, ''))"), "item"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_index(
        "pledges_to_ask", "pledges", ["ask_at", "held_until"], sqlite_where=is_open, postgresql_where=is_open
    )
    sending = sa.text("outcome = 'sending'")
    op.create_index(
        "pledges_being_asked", "pledges", ["asked_at"], sqlite_where=sending, postgresql_where=sending
    )
    untold = sa.text("untold = 1")
    op.create_index("pledges_untold", "pledges", ["made_at"], sqlite_where=untold, postgresql_where=untold)


def _schedules() -> None:
    op.create_table(
        "schedules",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("team_id", sa.Text, nullable=False),
        sa.Column("team_name", sa.Text, nullable=False),
        sa.Column("channel_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("plan", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("starts", sa.Text, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("ends_on", sa.Text),
        sa.Column("lead_id", sa.Text, nullable=False),
        sa.Column("lead_name", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("halt", sa.Text),
        sa.Column("next_at", sa.BigInteger),
        sa.Column("tell_at", sa.BigInteger),
        sa.Column("gone_at", sa.BigInteger),
    )
    op.create_index("schedules_of_tenant", "schedules", ["tenant_id"])
    active = sa.text("state = 'active'")
    op.create_index("schedules_due", "schedules", ["next_at"], sqlite_where=active, postgresql_where=active)


def _news() -> None:
    op.create_table(
        "news",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("team_id", sa.Text, nullable=False),
        sa.Column("channel_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("claim", sa.Text),
        sa.Column("replica", sa.Text),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index("news_due", "news", ["due_at"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_index("news_by_claim", "news", ["claim"])
    sending = sa.text("state = 'sending'")
    op.create_index("news_being_told", "news", ["replica"], sqlite_where=sending, postgresql_where=sending)
    op.create_table(
        "digests",
        sa.Column("tenant_id", sa.Text, primary_key=True),
        sa.Column("team_id", sa.Text, primary_key=True),
        sa.Column("preference", sa.Text, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
    )


def _held_back() -> None:
    """Letters of a survey that wait for a person's working hours."""
    op.add_column("deliveries", sa.Column("due_at", sa.BigInteger, nullable=False, server_default="0"))


def _owed() -> None:
    """Results that a lead gets in place of the channel."""
    op.add_column("posts", sa.Column("due_at", sa.BigInteger))
    owed = sa.text("due_at is not null")
    op.create_index("posts_owed", "posts", ["due_at"], sqlite_where=owed, postgresql_where=owed)
