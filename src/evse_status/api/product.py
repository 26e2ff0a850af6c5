"""On which store, settings and clock does the API work?"""

from functools import cache

from evse_status.bootstrap import App, open_served


@cache
def product() -> App:
    """The parts, put together once per process."""
    return open_served()
