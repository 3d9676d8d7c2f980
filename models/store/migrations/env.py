"""What Alembic runs: migrations go over the connection that `models.store.migrate` hands down, in its transaction."""

from alembic import context

from models.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
