"""Rule 15: roles, and the area they are limited to."""

import pytest

from evse_status.core.errors import NotAllowed
from evse_status.core.principal import LOCAL, Principal, Role

DANES = Principal("Anna", Role.PLANNER, operators=frozenset({"SPI"}), countries=frozenset({"DK"}))


def test_an_area_is_limited_to_operators_and_countries() -> None:
    assert DANES.reaches(party_id="spi", country_code="dk")
    assert not DANES.reaches(party_id="SPI", country_code="SE")
    assert not DANES.reaches(party_id="ABC", country_code="DK")
    assert LOCAL.reaches(party_id="ABC", country_code="SE")


def test_an_evse_outside_the_area_is_named() -> None:
    DANES.require_reach("DK*SPI*E1", party_id="SPI", country_code="DK")
    with pytest.raises(NotAllowed, match=r"SE\*SPI\*E1 lies outside the area of Anna"):
        DANES.require_reach("SE*SPI*E1", party_id="SPI", country_code="SE")


@pytest.mark.parametrize(
    ("role", "plans", "administrates"),
    [(Role.VIEWER, False, False), (Role.PLANNER, True, False), (Role.ADMINISTRATOR, True, True)],
)
def test_roles(role: Role, plans: bool, administrates: bool) -> None:
    somebody = Principal("Anna", role)
    for require, allowed in (
        (somebody.require_planner, plans),
        (somebody.require_administrator, administrates),
    ):
        if allowed:
            require()
        else:
            with pytest.raises(NotAllowed, match="Anna"):
                require()
