"""`python -m uuidkit.cli`."""

from uuidkit.cli.main import main

main()
