"""As `alembic init` makes it; the lines for uuidkit are marked."""

import os
from logging.config import fileConfig

from alembic import context
from models import metadata
from sqlalchemy import create_engine, pool, text

from uuidkit.alembic import compose, include_object, process_revision_directives  # uuidkit

config = context.config
if config.config_file_name is not None:
    fileConfig(config.config_file_name, disable_existing_loggers=False)

SCHEMA = "migrations"  # of Alembic's own table


def ours(object, name, type_, reflected, compare_to) -> bool:
    """This project's own filter: tables of other schemas are somebody else's."""
    return type_ != "table" or object.schema == "shop"


def run_migrations_offline() -> None:
    context.configure(
        dialect_name="postgresql",
        target_metadata=metadata,
        version_table_schema=SCHEMA,
        literal_binds=True,
        dialect_opts={"paramstyle": "named"},
    )
    context.static_output(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA};")
    with context.begin_transaction():
        context.run_migrations()


def run_migrations_online() -> None:
    engine = create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=metadata,
            version_table_schema=SCHEMA,
            include_schemas=True,
            include_object=compose(include_object, ours),  # uuidkit
            process_revision_directives=process_revision_directives,  # uuidkit
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
