"""Two databases: what is ordered, and what was. Ids are uuid in the first, and stay text in the second."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Shop(DeclarativeBase):
    metadata = MetaData()


class Archive(DeclarativeBase):
    metadata = MetaData()


class Order(Shop):
    __tablename__ = "orders"

    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    placed_on: Mapped[date]


class OrderItem(Shop):
    __tablename__ = "order_items"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.order_id", ondelete="CASCADE"), index=True)
    article: Mapped[str] = mapped_column(Text)


class OldOrder(Archive):
    __tablename__ = "orders"

    order_id: Mapped[str] = mapped_column(Text, primary_key=True)
    customer_id: Mapped[UUID]


metadata = {"shop": Shop.metadata, "archive": Archive.metadata}
