"""The HTTP interface. Routers own the transactions; what they call takes a session and neither begins nor ends one."""

from batchsvc.api.app import PREFIX, create_app

__all__ = ["PREFIX", "create_app"]
