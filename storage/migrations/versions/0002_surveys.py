"""Team-wide surveys: who is asked, what was sent, how fast, and which processes are alive."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

PERSONAL = ""
"""The survey of a check that belongs to none."""


def upgrade() -> None:
    _checks_in_surveys()
    _surveys()
    _ledger()
    _replicas()
    _clock()


def _checks_in_surveys() -> None:
    op.add_column("checks", sa.Column("survey_id", sa.Text, nullable=False, server_default=PERSONAL))
    in_survey = sa.text(f"survey_id <> '{PERSONAL}'")
    op.create_index(
        "checks_of_survey",
        "checks",
        ["survey_id", "finished_at"],
        sqlite_where=in_survey,
        postgresql_where=in_survey,
    )


def _surveys() -> None:
    op.create_table(
        "teams",
        sa.Column("tenant_id", sa.Text, primary_key=True),
        sa.Column("team_id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("service_url", sa.Text, nullable=False),
        sa.Column("bot_id", sa.Text, nullable=False),
    )
    op.create_table(
        "surveys",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("tenant_id", sa.Text, nullable=False),
        sa.Column("team_id", sa.Text, nullable=False),
        sa.Column("team_name", sa.Text, nullable=False),
        sa.Column("channel_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("edition", sa.Text, nullable=False),
        sa.Column("anonymous", sa.SmallInteger, nullable=False),
        sa.Column("smallest_group", sa.Integer, nullable=False),
        sa.Column("reminder_days", sa.Text, nullable=False),
        sa.Column("closes_on", sa.Text, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("closes_at", sa.BigInteger, nullable=False),
        sa.Column("phase", sa.Text, nullable=False),
        sa.Column("lead_id", sa.Text, nullable=False),
        sa.Column("lead_name", sa.Text, nullable=False),
        sa.Column("planned_at", sa.BigInteger, nullable=False),
        sa.Column("counting", sa.Text),
        sa.Column("counted_at", sa.BigInteger),
        sa.Column("opened_at", sa.BigInteger),
        sa.Column("closed_at", sa.BigInteger),
        sa.Column("stopped_at", sa.BigInteger),
        sa.Column("reminded_at", sa.BigInteger),
        sa.Column("secret", sa.Text),
        sa.Column("numbers", sa.Text),
        sa.Column("tallies", sa.Text),
    )
    op.create_index("surveys_of_team", "surveys", ["tenant_id", "team_id", "opened_at"])
    under_way = sa.text("phase in ('awaiting', 'open', 'closing')")
    op.create_index(
        "one_survey_under_way",
        "surveys",
        ["tenant_id", "team_id"],
        unique=True,
        sqlite_where=under_way,
        postgresql_where=under_way,
    )
    op.create_table(
        "posts",
        sa.Column("survey_id", sa.Text, _of_survey(), primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("conversation_id", sa.Text),
        sa.Column("activity_id", sa.Text),
        sa.Column("shown", sa.Text, nullable=False, server_default=""),
        sa.Column("edited_at", sa.BigInteger, nullable=False, server_default="0"),
    )


def _ledger() -> None:
    op.create_table(
        "recipients",
        sa.Column("survey_id", sa.Text, _of_survey(), primary_key=True),
        sa.Column("person_id", sa.Text, primary_key=True),
        sa.Column("member_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("excluded", sa.Text),
        sa.Column("declined", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("not_before", sa.BigInteger, nullable=False, server_default="0"),
    )
    op.create_index("recipients_by_person", "recipients", ["person_id"])
    op.create_table(
        "rounds",
        sa.Column("survey_id", sa.Text, _of_survey(), primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_index("rounds_by_state", "rounds", ["state", "due_at"])
    op.create_table(
        "deliveries",
        sa.Column("survey_id", sa.Text, primary_key=True),
        sa.Column("round", sa.BigInteger, primary_key=True),
        sa.Column("person_id", sa.Text, primary_key=True),
        sa.Column("part", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("claim", sa.Text),
        sa.Column("replica", sa.Text),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id", "round"], ["rounds.survey_id", "rounds.number"], ondelete="CASCADE"
        ),
    )
    op.create_index("deliveries_by_state", "deliveries", ["survey_id", "round", "state", "reason", "part"])
    sending = sa.text("state = 'sending'")
    op.create_index(
        "deliveries_being_sent",
        "deliveries",
        ["replica"],
        sqlite_where=sending,
        postgresql_where=sending,
    )


def _of_survey() -> sa.ForeignKey:
    return sa.ForeignKey("surveys.id", ondelete="CASCADE")


def _replicas() -> None:
    op.create_table(
        "replicas",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("beat_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "paces",
        sa.Column("tenant_id", sa.Text, primary_key=True),
        sa.Column("as_of", sa.Double, nullable=False),
        sa.Column("ahead", sa.Double, nullable=False),
    )


def _clock() -> None:
    """Milliseconds since 1970 by the database's own clock; SQLite's connections bring this function along."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "create function clock_ms() returns double precision language sql volatile "
            "as 'select (extract(epoch from clock_timestamp()) * 1000)::double precision'"
        )
