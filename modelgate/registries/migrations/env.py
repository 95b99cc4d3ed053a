"""Alembic runs the scripts of `versions/` on the connection that it is given."""

from __future__ import annotations

from alembic import context

from modelgate.registries.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
