"""What a server logs never keeps it waiting."""

import os
import subprocess
import sys

from support import PROJECT

_TALKS = """
import logging, sys
from evse_status.server_log import logging_on_stderr
with logging_on_stderr("info"):
    for number in range(30_000):
        logging.getLogger("evse_status.api").info("line %d of %s", number, "x" * 50)
    print("said", flush=True)
print("left", flush=True)
"""


def test_a_log_that_nobody_reads_holds_nobody_up() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _TALKS],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,  # a pipe holds some hundred lines
        text=True,
        env=os.environ | {"PYTHONPATH": str(PROJECT / "src")},
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert [process.stdout.readline(), process.stdout.readline()] == ["said\n", "left\n"]
    assert process.wait(timeout=20) == 0
    written = process.stderr.read().splitlines()
    assert written[0].endswith(f"INFO line 0 of {'x' * 50}")
    process.stdout.close()
    process.stderr.close()
