"""``python -m batchsvc``, and the console script."""

import sys


def start() -> None:
    """Run the command ``batchsvc``; where the extra that it needs is not installed, say so."""
    try:
        from batchsvc.cli import main

        main(prog_name="batchsvc")
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing in ("", "batchsvc", "uuidkit"):
            raise
        sys.exit(
            f"Error: The extra 'service' is not installed: {missing} is missing. "
            "pip install 'uuidkit[service]', or '.[service]' in a clone."
        )


if __name__ == "__main__":
    start()
