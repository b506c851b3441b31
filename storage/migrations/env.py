"""Run migrations on the connection that storage/schema.py hands over, inside its transaction and lock."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
