"""The HTTP interface. Routers own the transactions; what they call takes a session and neither begins nor ends one."""

from batchsvc.api.app import create_app
from batchsvc.api.batches import PREFIX

__all__ = ["PREFIX", "create_app"]
