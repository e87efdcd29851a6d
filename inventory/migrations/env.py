"""Runs migrations on the connection that `inventory.database.upgrade` hands over, inside its transaction."""

from alembic import context

from inventory.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, transactional_ddl=True)
context.run_migrations()
