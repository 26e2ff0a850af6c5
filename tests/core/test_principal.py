"""Rule 15: roles, and the area they are limited to."""

import pytest

from evse_status.core.errors import NotAllowed
from evse_status.core.principal import LOCAL, Principal, Role
from support import BLOCKED, RESERVED

DANES = Principal("Anna", Role.PLANNER, operators=frozenset({"SPI"}), countries=frozenset({"DK"}))


def test_an_area_is_limited_to_operators_and_countries() -> None:
    assert DANES.reaches(party_id="spi", country_code="dk")
    assert not DANES.reaches(party_id="SPI", country_code="SE")
    assert not DANES.reaches(party_id="ABC", country_code="DK")
    assert LOCAL.reaches(party_id="ABC", country_code="SE")


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


SENSORS = Principal(
    "Sensors",
    Role.PLANNER,
    locations=frozenset({7}),
    temporary_statuses=frozenset({BLOCKED}),
    may_read=False,
    may_clear_others=False,
    may_report_actual=False,
)


def test_limits_of_a_token_are_refused_in_words() -> None:
    SENSORS.require_may_set(BLOCKED)
    with pytest.raises(NotAllowed, match="may set BLOCKED, not RESERVED") as refused:
        SENSORS.require_may_set(RESERVED)
    assert refused.value.field == "temporaryStatus"
    with pytest.raises(NotAllowed, match="may not read"):
        SENSORS.require_reader()
    with pytest.raises(NotAllowed, match="may not report"):
        SENSORS.require_may_report()
    reader = Principal("Wall", Role.PLANNER, temporary_statuses=frozenset())
    with pytest.raises(NotAllowed, match="may set nothing, not BLOCKED"):
        reader.require_may_set(BLOCKED)


def test_one_alters_ones_own_and_only_what_one_may_set() -> None:
    SENSORS.require_may_alter(1, created_by="Sensors", statuses=[BLOCKED])
    with pytest.raises(NotAllowed, match="override 1 was made by Mette"):
        SENSORS.require_may_alter(1, created_by="Mette", statuses=[BLOCKED])
    with pytest.raises(NotAllowed, match="not RESERVED"):
        SENSORS.require_may_alter(1, created_by="Sensors", statuses=[BLOCKED, RESERVED])
    with pytest.raises(NotAllowed, match="may look"):
        Principal("Vera", Role.VIEWER).require_may_alter(1, created_by="Vera", statuses=[])


def test_a_limit_of_locations_reaches_those_alone() -> None:
    assert SENSORS.reaches(party_id="SPI", country_code="DK", location_id=7)
    assert not SENSORS.reaches(party_id="SPI", country_code="DK", location_id=8)
    assert not SENSORS.reaches(party_id="SPI", country_code="DK")


def test_administrators_work_needs_no_limits_but_an_area() -> None:
    DANES.require_nothing_but_an_area()
    LOCAL.require_nothing_but_an_area()
    LOCAL.require_no_limits()
    for limited in (SENSORS, Principal("A", Role.ADMINISTRATOR, may_read=False)):
        with pytest.raises(NotAllowed, match="limits of its own"):
            limited.require_nothing_but_an_area()
    for limited in (DANES, SENSORS, Principal("A", Role.ADMINISTRATOR, may_clear_others=False)):
        with pytest.raises(NotAllowed, match="reaches beyond the area"):
            limited.require_no_limits()


def test_without_limits_everything_is_allowed() -> None:
    LOCAL.require_reader()
    LOCAL.require_may_report()
    LOCAL.require_may_set(RESERVED)
    LOCAL.require_may_alter(1, created_by="Mette", statuses=[BLOCKED, RESERVED])


def test_who_may_look_everywhere_and_who_is_limited_in_something() -> None:
    assert (LOCAL.is_everywhere, LOCAL.is_limited) == (True, False)
    assert (DANES.is_everywhere, DANES.is_limited) == (False, True)
    only_reads = Principal("Wall", Role.VIEWER, may_report_actual=False)
    assert (only_reads.is_everywhere, only_reads.is_limited) == (True, True)
    assert SENSORS.area == (None, None, frozenset({7}))
