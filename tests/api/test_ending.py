"""A server that is stopped ends its streams by itself: nobody is broken off, and nothing is complained of."""

import signal
from contextlib import ExitStack

from api.driver_app.conftest import CHANGES
from api.servers import furnish, serving
from apps import add_app
from evse_status.bootstrap import open_app


def test_streams_end_when_the_server_is_stopped(sqlite_url: str) -> None:
    token = furnish(sqlite_url)
    app = open_app(sqlite_url)
    shown = add_app(app.database).token
    app.database.close()
    with serving(sqlite_url, token) as server, ExitStack() as open_streams:
        streams = []
        for path, whose in (("/v2/changes", token), (CHANGES, shown)):
            answer = open_streams.enter_context(server.client(whose).stream("GET", path))
            pieces = answer.iter_text()
            assert "event: ready" in next(pieces)
            streams.append(pieces)
        server.process.send_signal(signal.SIGTERM)
        for pieces in streams:
            assert "Traceback" not in "".join(pieces)  # and raises where it is broken off
        assert server.process.wait(timeout=60) == 0
        assert server.process.stdout is not None
        assert [line for line in server.process.stdout if " INFO " not in line] == []
