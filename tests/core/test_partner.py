"""What is set about a counterparty survives store and programs, and what doesn't fit is named."""

import json
import math

import pytest

from evse_status.core.brand import Brand
from evse_status.core.errors import InvalidInput
from evse_status.core.partner import (
    OcpiVersion,
    PartnerMode,
    PartnerRole,
    PartnerSettings,
    Party,
    Reach,
    Registration,
    highest_common,
)
from evse_status.core.statuses import TemporaryStatus
from evse_status.core.translation import AppLook
from support import BLOCKED, MAINTENANCE

EVERYTHING_SET = PartnerSettings(
    role=PartnerRole.UPSTREAM,
    mode=PartnerMode.LOCATIONS_ONLY,
    url="https://emsp.example/ocpi/versions",
    handshake=False,
    version=OcpiVersion.V2_3_0,
    reach=Reach(frozenset({"ABC"}), frozenset({"DK", "SE"}), frozenset({7, 3}), unpublished=False),
    statuses=frozenset({MAINTENANCE, BLOCKED}),
    announced=frozenset(),
    schedule=False,
    base64_token=False,
    explicit_nulls=True,
    read_back=False,
    private_network=True,
    profile="spirii-2025",
    brand=Brand({BLOCKED: AppLook("Bay taken", "#112233")}),
    operator_id="DK*DMO",
    insert_unknown=True,
    requests_per_minute=600,
    concurrency=2,
    timeout_seconds=2.5,
)


@pytest.mark.parametrize("settings", [PartnerSettings(), EVERYTHING_SET], ids=["defaults", "all"])
def test_settings_survive_json(settings: PartnerSettings) -> None:
    assert PartnerSettings.from_json(json.loads(json.dumps(settings.as_json()))) == settings


def test_settings_tell_sets_in_order_and_no_limit_as_null() -> None:
    told = EVERYTHING_SET.as_json()
    assert (told["countries"], told["locations"]) == (["DK", "SE"], [3, 7])
    assert told["statuses"] == ["BLOCKED", "MAINTENANCE"]
    assert PartnerSettings().as_json()["operators"] is None
    assert list(told) == list(PartnerSettings().as_json())


def test_absent_settings_take_their_defaults_and_words_any_case() -> None:
    read = PartnerSettings.from_json(
        {"operators": ["abc "], "statuses": ["blocked"], "mode": "Locations-Only"}
    )
    assert read == PartnerSettings(
        reach=Reach(operators=frozenset({"ABC"})), statuses=frozenset({TemporaryStatus.BLOCKED})
    )


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"role": "friend"}, "role"),
        ({"mode": 7}, "mode"),
        ({"version": "2.1.1"}, "version"),
        ({"url": None}, "url"),
        ({"handshake": "yes"}, "handshake"),
        ({"operators": "ABC"}, "operators"),
        ({"operators": []}, "operators"),
        ({"countries": ["DK", " "]}, "countries"),
        ({"locations": [1.5]}, "locations"),
        ({"locations": [True]}, "locations"),
        ({"locations": []}, "locations"),
        ({"statuses": ["CHARGING"]}, "statuses"),
        ({"announced": None}, "announced"),
        ({"profile": "loud"}, "profile"),
        ({"requestsPerMinute": 0}, "requestsPerMinute"),
        ({"requestsPerMinute": 1.5}, "requestsPerMinute"),
        ({"concurrency": 65}, "concurrency"),
        ({"concurrency": None}, "concurrency"),
        ({"timeoutSeconds": 0.5}, "timeoutSeconds"),
        ({"timeoutSeconds": "10"}, "timeoutSeconds"),
        ({"timeoutSeconds": True}, "timeoutSeconds"),
        ({"timeoutSeconds": math.nan}, "timeoutSeconds"),
    ],
)
def test_what_does_not_fit_is_named(told: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        PartnerSettings.from_json(told)
    assert refused.value.field == field
    assert refused.value.message.startswith(f"{field}: ")


def test_all_limits_of_a_reach_hold_together() -> None:
    reach = Reach(frozenset({"ABC"}), frozenset({"DK"}), frozenset({1}), unpublished=False)
    inside = {"party_id": "abc", "country_code": "dk", "location_id": 1, "publish": True}
    assert reach.includes(**inside)  # type: ignore[arg-type]
    for other in (
        {"party_id": "X"},
        {"country_code": "SE"},
        {"location_id": 2},
        {"publish": False},
    ):
        assert not reach.includes(**(inside | other))  # type: ignore[arg-type]
        assert Reach().includes(**(inside | other))  # type: ignore[arg-type]


def test_a_registration_survives_json() -> None:
    registration = Registration(
        OcpiVersion.V2_3_0,
        {("locations", "RECEIVER"): "https://emsp.example/locations/"},
        (Party("EMSP", "NL", "EXA", "Example Provider"),),
        "https://emsp.example/versions",
    )
    read = Registration.from_json(json.loads(json.dumps(registration.as_json())))
    assert read == registration
    assert read.endpoint("locations", "RECEIVER") == "https://emsp.example/locations"
    assert read.endpoint("locations", "SENDER") is None


@pytest.mark.parametrize(
    ("offered", "common"),
    [
        (["2.1.1", "2.2.1"], OcpiVersion.V2_2_1),
        (["2.3.0", "2.2.1", "3.0"], OcpiVersion.V2_3_0),
        (["2.1.1"], None),
        (["2.2"], None),
        ([], None),
    ],
)
def test_the_highest_common_version_is_spoken(
    offered: list[str], common: OcpiVersion | None
) -> None:
    assert highest_common(offered) == common


def test_a_driver_app_is_shown_what_is_unpublished_only_if_that_is_said() -> None:
    read = PartnerSettings.from_json
    assert not read({"channel": "spiriiGo"}).reach.unpublished
    assert read({"channel": "spiriiGo", "unpublished": True}).reach.unpublished
    assert read({}).reach.unpublished
