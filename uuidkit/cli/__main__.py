"""`python -m uuidkit.cli`."""

import signal

from uuidkit.cli.main import main
from uuidkit.interruption import interrupt

if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, interrupt)  # else the exit status may be the signal's, see there
main()
