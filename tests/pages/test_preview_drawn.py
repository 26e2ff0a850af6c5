"""What Preview draws besides its words: phones, payloads to copy, a location's pins, the translation."""

import json

from streamlit.testing.v1 import AppTest

from evse_status.bootstrap import App
from evse_status.core.brand import Brand
from evse_status.core.partner import PartnerSettings, Reach
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.core.translation import AppLook, Channel
from evse_status.service import schedule
from evse_status.service.partners import add_partner
from evse_status.service.vault import Vault
from support import COMMISSIONING, evse_json, location_json, take_in, wish
from visits import texts, visit


def drawn(page: AppTest) -> list[str]:
    return [str(getattr(one, "value", "")) for one in page.get("html")]


def test_three_phones_and_three_rows_of_pins(product: App, evses: dict[str, int]) -> None:
    schedule.place_overrides(product.database, LOCAL, ["DK*TST*E2"], wish(COMMISSIONING))
    page = visit("preview", evse="DK*TST*E2")
    assert not page.exception
    phones = [one for one in drawn(page) if 'class="ev-phone' in one]
    assert [f"ev-{name}" in one for name, one in zip(["spiriiGo", "hubject", "ocpi"], phones, strict=True)] == [True] * 3  # fmt: skip
    assert "Planned until further notice" in phones[2]
    [pins] = [one for one in drawn(page) if 'class="ev-pins"' in one]
    assert pins.count('class="ev-one') == 9
    assert "OCPI: DK*TST*E1 Available, DK*TST*E2 Opening soon (looked at)" in pins


def test_another_evse_of_the_location_is_chosen(product: App, evses: dict[str, int]) -> None:
    page = visit("preview", evse="DK*TST*E2")
    chosen = page.selectbox(key="preview-pin")
    assert (chosen.value, chosen.label) == ("DK*TST*E2", "Look at another EVSE of this location")
    chosen.set_value("DK*TST*E3").run()
    assert not page.exception
    assert page.selectbox(key="preview-evse").value == "DK*TST*E3"
    assert page.query_params["evse"] == "DK*TST*E3"


def test_payloads_are_read_with_a_line_per_field_and_copied_as_sent(
    product: App, evses: dict[str, int]
) -> None:
    page = visit("preview", evse="DK*TST*E1")
    sent = [str(one.value) for one in page.code]
    assert len(sent) >= 3
    boxes = [one for one in drawn(page) if one.startswith("<pre")]
    assert len(boxes) == len(sent)
    hub = next(one for one in sent if "OperatorEvseStatus" in one)
    assert " " not in hub
    assert json.loads(hub)["OperatorEvseStatus"]["EvseStatusRecord"][0]["EvseID"] == "DK*TST*E1"


def test_the_whole_translation_is_there_in_the_chosen_profile(
    product: App, evses: dict[str, int]
) -> None:
    page = visit("preview", evse="DK*TST*E1", profile="spirii-2025")
    [table] = [one for one in drawn(page) if "ev-words" in one]
    assert table.count('<th scope="row">') == len(TemporaryStatus) + len(ActualStatus)
    assert "Coming Soon" in table
    assert len(page.get("download_button")) == 1


def test_a_location_that_is_not_published_is_on_no_apps_map(product: App) -> None:
    secret = location_json("L2", evse_json("9"), publish=False)
    take_in(product.database, secret, complete=False)
    looks = {TemporaryStatus.BLOCKED: AppLook("No way", "#FF00AA")}
    settings = PartnerSettings(
        channel=Channel.SPIRII_GO,
        handshake=False,
        brand=Brand(temporary=looks),
        reach=Reach(unpublished=False),
    )
    app = add_partner(
        product.database, LOCAL, "Own app", settings, vault=Vault("k" * 40), nobody_else_tells=True
    )
    page = visit("preview", evse="DK*TST*E9", profile=f"app-{app.partner.id}")
    assert not page.exception
    phones = [one for one in drawn(page) if 'class="ev-phone' in one]
    assert "This charger is not on the map" in phones[0]
    assert "Start charging" not in phones[0]
    assert "isn't published" in texts(page).replace("\\", "")


def test_help_says_how_soon_each_channel_follows(product: App) -> None:
    page = visit("help")
    assert not page.exception
    for said in ("Spirii publishes", "1 minute", "15 s", "0\\.02 s"):
        assert said in texts(page)
