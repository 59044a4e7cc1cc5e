"""A Flask application with Flask-Migrate; its env.py is as `flask db init` makes it."""

import os
from datetime import date
from uuid import UUID

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from uuidkit.alembic import include_object, process_revision_directives  # uuidkit


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)


class Order(db.Model):
    __tablename__ = "orders"

    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    placed_on: Mapped[date]


class OrderItem(db.Model):
    __tablename__ = "order_items"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.order_id", ondelete="CASCADE"), index=True)
    article: Mapped[str] = mapped_column(Text)


def nothing_empty(context, revision, directives) -> None:
    """What Flask-Migrate's own env.py does where no function is given: no revision without a change."""
    if getattr(context.config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives[:] = []


app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
db.init_app(app)
Migrate(
    app,
    db,
    compare_server_default=True,
    include_object=include_object,  # uuidkit
    process_revision_directives=process_revision_directives.chain(nothing_empty),  # uuidkit
)
