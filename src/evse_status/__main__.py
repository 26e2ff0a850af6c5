"""What does `python -m evse_status` do? The same as the command `evse-status`."""

from evse_status.cli import main

main()
