"""The zone of the process, which must not matter to anything that knows zones."""

import time
from collections.abc import Iterator

import pytest


@pytest.fixture(params=["UTC", "America/New_York", "Australia/Lord_Howe"])
def process_zone(request: pytest.FixtureRequest) -> Iterator[str]:
    """One after the other: the process is on clocks of this zone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield request.param
    time.tzset()
