"""A partner is called patiently, but not for ever."""

import pytest

from evse_status.channels.addresses import Allowed
from evse_status.channels.ocpi.handshake import Handshake, HandshakeFailed
from peers import peer


def test_an_answer_that_drips_is_given_up() -> None:
    with peer() as there:
        there.answers["GET", "/ocpi/versions"] = 200, [b" "] * 10_000
        call = Handshake(
            token="t", allowed=Allowed(loopback=True), encode_token=True, timeout_seconds=0.2
        )
        with call, pytest.raises(HandshakeFailed, match="didn't answer in time") as failed:
            call.look_up(there.versions_url)
        assert failed.value.certain
