"""The tables as they are to be: uuid in the database, order_… in the program."""

from datetime import date
from typing import Annotated

from sqlmodel import Field, SQLModel

from uuidkit.types import PrefixedUUID

# For Pydantic, which validates what comes in and shows what goes out.
OrderId = Annotated[str, PrefixedUUID("order")]


class Order(SQLModel, table=True):
    __tablename__ = "orders"

    order_id: OrderId = Field(primary_key=True, sa_type=PrefixedUUID("order"))
    placed_on: date


class OrderItem(SQLModel, table=True):
    __tablename__ = "order_items"

    id: int | None = Field(default=None, primary_key=True)
    order_id: OrderId = Field(
        foreign_key="orders.order_id", ondelete="CASCADE", index=True, sa_type=PrefixedUUID("order")
    )
    article: str


metadata = SQLModel.metadata
