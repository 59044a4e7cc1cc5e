"""The toolkit's version, as the ledger and the reports name it."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("uuidkit")
except PackageNotFoundError:  # run from a checkout that was not installed
    __version__ = "0"
