"""``python -m batchsvc``."""

from batchsvc.cli import main

main(prog_name="batchsvc")
