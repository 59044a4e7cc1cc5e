"""As `alembic init --template multidb` makes it; the lines for uuidkit are marked."""

import os
from logging.config import fileConfig
from pathlib import Path

from alembic import context
from models import metadata
from sqlalchemy import create_engine, pool

from uuidkit.alembic import include_object, process_revision_directives  # uuidkit

config = context.config
if config.config_file_name is not None:
    fileConfig(config.config_file_name, disable_existing_loggers=False)
names = [name.strip() for name in config.get_main_option("databases", "").split(",")]


def run_migrations_offline() -> None:
    for name in names:
        with Path(f"{name}.sql").open("w") as buffer:
            context.configure(
                dialect_name="postgresql",
                output_buffer=buffer,
                target_metadata=metadata[name],
                literal_binds=True,
                dialect_opts={"paramstyle": "named"},
            )
            with context.begin_transaction():
                context.run_migrations(engine_name=name)


def run_migrations_online() -> None:
    engines = {name: create_engine(os.environ[f"{name.upper()}_URL"], poolclass=pool.NullPool) for name in names}
    connections = {name: engine.connect() for name, engine in engines.items()}
    transactions = [connection.begin() for connection in connections.values()]
    try:
        for name, connection in connections.items():
            context.configure(
                connection=connection,
                upgrade_token=f"{name}_upgrades",
                downgrade_token=f"{name}_downgrades",
                target_metadata=metadata[name],
                include_object=include_object,  # uuidkit
                process_revision_directives=process_revision_directives,  # uuidkit
            )
            context.run_migrations(engine_name=name)
        for transaction in transactions:
            transaction.commit()
    except BaseException:
        for transaction in transactions:
            transaction.rollback()
        raise
    finally:
        for connection in connections.values():
            connection.close()


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
