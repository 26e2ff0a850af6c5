"""What a server logs never keeps it waiting."""

import os
import subprocess
import sys

import pytest

from support import PROJECT

_TALKS = """
import logging, sys
from evse_status.server_log import logging_on_stderr
with logging_on_stderr("info"):
    say = {say}
    for number in range(30_000):
        say(f"line {{number}} of " + "x" * 50)
    print("said", flush=True)
print("left", flush=True)
"""


@pytest.mark.parametrize(
    ("say", "first"),
    [
        ('logging.getLogger("evse_status.api").info', "INFO line 0 of "),
        ('logging.getLogger("asyncio").warning', "WARNING line 0 of "),
        ('logging.getLogger("asyncio").info', ""),
        ("(lambda text: print(text, file=sys.stderr))", "line 0 of "),
    ],
    ids=["ours", "others", "others' small talk", "printed"],
)
def test_a_log_that_nobody_reads_holds_nobody_up(say: str, first: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _TALKS.format(say=say)],
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
    assert [line for line in written[:1] if not line.endswith(first + "x" * 50)] == []
    assert bool(written) == bool(first)
    process.stdout.close()
    process.stderr.close()


def test_afterwards_stderr_is_what_it_was() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys\nfrom evse_status.server_log import logging_on_stderr\nbefore = sys.stderr\n"
            "with logging_on_stderr('info'):\n    print('inside', file=sys.stderr)\n"
            "assert sys.stderr is before",
        ],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(PROJECT / "src")},
    )
    assert done.stderr == "inside\n"
