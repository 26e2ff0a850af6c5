"""Alembic's entry: always run by `store.upgrade`, which hands over the connection."""

from alembic import context

from evse_status.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
