"""When is a live page drawn again? At once for overrides and the theme, calmly for anything else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from evse_status.service.fleet import Pulse
from evse_status.ui.session import Seen
from support import NOON

SEEN = Seen(Pulse(NOON, NOON, 7), dark=False, minute=1, at=NOON)


def after(seconds: float, **moved: object) -> Seen:
    return replace(SEEN, at=NOON + timedelta(seconds=seconds), **moved)  # type: ignore[arg-type]


def test_nothing_moved() -> None:
    assert not SEEN.is_outdated(after(30))


@pytest.mark.parametrize(
    "moved",
    [
        {"pulse": Pulse(NOON + timedelta(seconds=1), NOON, 8)},
        {"pulse": Pulse(NOON, NOON + timedelta(seconds=1), 7)},
        {"dark": True},
    ],
    ids=["an override was altered", "one began or ended", "the theme"],
)
def test_at_once(moved: dict[str, object]) -> None:
    assert SEEN.is_outdated(after(0.1, **moved))


@pytest.mark.parametrize(
    "moved",
    [{"pulse": Pulse(NOON + timedelta(seconds=1), NOON, 7)}, {"minute": 2}],
    ids=["a charger reported", "a minute passed"],
)
def test_calmly(moved: dict[str, object]) -> None:
    assert not SEEN.is_outdated(after(2.9, **moved))
    assert SEEN.is_outdated(after(3.1, **moved))
