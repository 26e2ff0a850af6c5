"""An app's own labels and colours lie over its profile, and what doesn't fit is named."""

import pytest

from evse_status.core.brand import NO_BRAND, Brand, brand
from evse_status.core.errors import InvalidInput
from evse_status.core.partner import PartnerSettings
from evse_status.core.statuses import ActualStatus
from evse_status.core.translation import DEFAULT_PROFILE, AppLook, words
from support import BLOCKED, MAINTENANCE

MINE = {
    "temporary": {"blocked": {"label": " Bay taken ", "colour": "#a1b2c3"}},
    "actual": {"CHARGING": {"label": "In use", "colour": "#112233"}},
}


def test_what_is_an_apps_own_lies_over_its_profile() -> None:
    shown_in = PartnerSettings(brand=brand("brand", MINE)).shown_in
    assert words(BLOCKED, shown_in).spirii_go == "Bay taken"
    assert words(ActualStatus.BLOCKED, shown_in).spirii_go == "Occupied"
    assert words(ActualStatus.CHARGING, shown_in).spirii_go == "In use"
    assert words(MAINTENANCE, shown_in) == words(MAINTENANCE)
    assert words(ActualStatus.REMOVED, shown_in).spirii_go is None
    assert shown_in.look(BLOCKED) == AppLook("Bay taken", "#A1B2C3")


def test_without_any_the_profile_is_shown_as_it_is() -> None:
    assert PartnerSettings().shown_in is DEFAULT_PROFILE
    assert brand("brand", {}) == NO_BRAND == Brand()


def test_it_survives_being_stored() -> None:
    mine = brand("brand", MINE)
    assert brand("brand", mine.as_json()) == mine


@pytest.mark.parametrize(
    ("told", "field"),
    [
        (7, "brand"),
        ({"other": {}}, "brand"),
        ({"actual": []}, "brand.actual"),
        ({"actual": {"REMOVED": {}}}, "brand.actual"),
        ({"temporary": {"CHARGING": {}}}, "brand.temporary"),
        ({"actual": {"CHARGING": "In use"}}, "brand.actual.CHARGING"),
        ({"actual": {"CHARGING": {"colour": "#112233"}}}, "brand.actual.CHARGING.label"),
        (
            {"actual": {"CHARGING": {"label": "a\nb", "colour": "#112233"}}},
            "brand.actual.CHARGING.label",
        ),
        (
            {"actual": {"CHARGING": {"label": "x" * 41, "colour": "#112233"}}},
            "brand.actual.CHARGING.label",
        ),
        (
            {"actual": {"CHARGING": {"label": "In use", "colour": "red"}}},
            "brand.actual.CHARGING.colour",
        ),
    ],
)
def test_what_does_not_fit_is_named(told: object, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        brand("brand", told)
    assert refused.value.field == field
