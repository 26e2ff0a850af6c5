"""A port that was kept is served on again unless somebody has it; a new one is none that systems give away."""

import socket
from pathlib import Path

import pytest

from evse_status.kept_ports import any_port, kept_port

GIVEN_AWAY = 32_768
"""The first that Linux gives to whoever doesn't ask for one; other systems begin later."""


def test_a_port_that_is_free_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "one.port"
    port = any_port()
    file.write_text(f"{port}\n")
    assert kept_port(file) == port


@pytest.mark.parametrize("kept", [None, "", "no port", "99999", "0", "-1", "1" * 5_000])
def test_without_one_any_is_chosen_that_systems_give_to_nobody(
    tmp_path: Path, kept: str | None
) -> None:
    file = tmp_path / "one.port"
    if kept is not None:
        file.write_text(kept)
    assert 1_024 < kept_port(file) < GIVEN_AWAY


def test_a_port_that_somebody_has_is_given_up(tmp_path: Path) -> None:
    file = tmp_path / "one.port"
    with socket.create_server(("127.0.0.1", any_port())) as somebody:
        taken = somebody.getsockname()[1]
        file.write_text(str(taken))
        chosen = kept_port(file)
    assert chosen != taken
    assert 1_024 < chosen < GIVEN_AWAY
