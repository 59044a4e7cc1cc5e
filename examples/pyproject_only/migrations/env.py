"""As `alembic init --template pyproject` makes it; the lines for uuidkit are marked."""

import os

from alembic import context
from models import metadata
from sqlalchemy import create_engine, pool

from uuidkit.alembic import include_object, process_revision_directives  # uuidkit

config = context.config


def run_migrations_offline() -> None:
    context.configure(
        dialect_name="postgresql",
        target_metadata=metadata,
        literal_binds=True,
        dialect_opts={"paramstyle": "named"},
    )
    with context.begin_transaction():
        context.run_migrations()


def run_migrations_online() -> None:
    engine = create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            include_object=include_object,  # uuidkit
            process_revision_directives=process_revision_directives,  # uuidkit
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
