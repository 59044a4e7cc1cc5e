"""The HTTP interface: :func:`batchsvc.api.app.create_app` makes the application, with the page in it.

Routers own the transactions; what they call takes a session and neither begins nor ends one.
"""
