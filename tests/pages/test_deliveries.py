"""The page of deliveries: nobody told yet, well, behind, refused, not reachable, silent; who may act."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from evse_status.bootstrap import App
from evse_status.core.partner import PartnerRole, PartnerSettings
from evse_status.core.principal import LOCAL
from evse_status.core.translation import Channel
from evse_status.service.driver_apps import streamed
from evse_status.service.leases import only_sender
from evse_status.service.partners import add_partner, list_partners
from evse_status.service.roaming_ids import roaming_lines
from evse_status.service.vault import Vault
from evse_status.store import tables
from evse_status.ui.views.partner import Kind
from examples.certificates import Authority, certificate_of
from peers import CREDENTIALS, peer
from support import COMMISSIONING, MAINTENANCE, RESERVED, evse_json, location_json, take_in
from visits import press, texts, visit

VAULT = Vault("a key that is long enough for the tests of pages")


@pytest.fixture
def sender(product: App) -> Iterator[None]:
    """Somebody sends."""
    lock = only_sender(product.database)
    assert lock is not None
    yield
    lock.release()


def partner(product: App, name: str = "Tern Drive", **fields: Any) -> int:
    """A receiver with a fixed token; `fields` are columns of its row."""
    settings = PartnerSettings(url="http://127.0.0.1:9/locations", handshake=False)
    made = add_partner(
        product.database,
        LOCAL,
        name,
        settings,
        vault=VAULT,
        nobody_else_tells=True,
        token="theirs",
        it_shows_a_token=False,
    )
    now = product.now()
    state = {"reached_at": now}
    with product.database.aside() as conn:
        whose = tables.partner.c.id == made.partner.id
        conn.execute(update(tables.partner).where(whose).values(**(state | fields)))
    return made.partner.id


def knows(product: App, number: int, evses: dict[str, int], **fields: Any) -> None:
    """What the partner should know of the EVSEs, and acknowledged of it."""
    now = product.now()
    known = {
        "partner_id": number,
        "location_id": 1,
        "wanted": "INOPERATIVE",
        "wanted_at": now - timedelta(minutes=3),
        "acked": "INOPERATIVE",
        "acked_at": now - timedelta(minutes=3),
        "schedule": "",
        "schedule_acked": "",
        "content": 1,
        "content_acked": 1,
        "attempt": 0,
        "refused": "",
        "schedule_refused": "",
    }
    with product.database.aside() as conn:
        conn.execute(
            insert(tables.partner_evse),
            [known | {"evse_id": evse} | fields for evse in evses.values()],
        )


def answered(product: App, number: int, evse: int, outcome: str, answer: str = "") -> None:
    """One receipt of a status that became true 90 ms before."""
    now = product.now()
    with product.database.aside() as conn:
        conn.execute(
            insert(tables.receipt).values(
                partner_id=number,
                evse_id=evse,
                location_id=1,
                at=now,
                kind="status",
                told="INOPERATIVE",
                told_at=now - timedelta(milliseconds=90),
                outcome=outcome,
                http_status=200 if outcome == "acknowledged" else 400,
                status_code=1000 if outcome == "acknowledged" else 2001,
                answer=answer,
                attempt=1,
                took=12_000,
            )
        )


def test_without_partners_it_says_what_to_do(product: App) -> None:
    page = visit("deliveries")
    assert not page.exception
    assert "No partner is told yet" in texts(page)
    assert "partner add" in page.code[0].value


@pytest.mark.usefixtures("sender")
def test_a_partner_that_knows_everything(product: App, evses: dict[str, int]) -> None:
    number = partner(product)
    knows(product, number, evses)
    answered(product, number, evses["DK*TST*E1"], "acknowledged")
    page = visit("deliveries", only="behind")
    assert not page.exception
    said = texts(page)
    assert "Reachable" in said
    assert "told of 3 EVSEs" in said
    assert "90 ms" in said
    assert "Nothing is behind" in said
    assert "Whether its app shows it" in said


@pytest.mark.usefixtures("sender")
def test_what_is_behind_and_refused_is_named_in_its_words(
    product: App, evses: dict[str, int]
) -> None:
    now = product.now()
    number = partner(
        product,
        failing_since=now - timedelta(minutes=2),
        failures=4,
        failure="HTTP 503: <b>closed</b> for the *night*",
        try_at=now + timedelta(minutes=1),
    )
    behind = {name: evse for name, evse in evses.items() if name != "DK*TST*E3"}
    knows(product, number, behind, acked="AVAILABLE", due_at=now)
    refusing = {"DK*TST*E3": evses["DK*TST*E3"]}
    knows(product, number, refusing, acked="", refused="2001: unknown tariff", due_at=now)
    answered(product, number, evses["DK*TST*E3"], "refused", "unknown tariff")
    page = visit("deliveries")
    said = texts(page)
    assert "Not reachable" in said
    assert "HTTP 503: &lt;b&gt;closed&lt;/b&gt; for the *night*" in said
    assert "Next try" in said
    table, receipts = (frame.value for frame in page.dataframe)
    assert list(table["State"].str.split(":").str[0]) == ["Behind by 3 min"] * 2 + ["Refused"]
    assert list(receipts["Answer"]) == ["400: unknown tariff"]
    page = visit("deliveries", only="refused", partner=str(number))
    assert list(page.dataframe[0].value["EVSE"]) == ["DK*TST*E3"]
    page = press(page, "Send all 1 refused again")
    assert not page.error
    [line] = list_partners(product.database, LOCAL)
    assert line.partner.id == number


@pytest.mark.usefixtures("sender")
def test_pausing_and_a_resync_that_asks_first(product: App, evses: dict[str, int]) -> None:
    number = partner(product)
    knows(product, number, evses)
    page = visit("deliveries")
    page.button(key=f"pause-{number}").click().run()
    assert "Paused" in texts(page)
    page.button(key=f"resync-{number}").click().run()
    assert list_partners(product.database, LOCAL)[0].partner.resync_at is None
    page = press(page, "Resync now")
    assert list_partners(product.database, LOCAL)[0].partner.resync_at is not None


def test_nobody_sends_and_upstream_is_silent(product: App) -> None:
    partner(product)
    upstream = add_partner(
        product.database,
        LOCAL,
        "Our CSMS",
        PartnerSettings(
            role=PartnerRole.UPSTREAM, url="http://127.0.0.1:9/locations", handshake=False
        ),
        vault=VAULT,
        token="theirs",
    ).partner
    with product.database.aside() as conn:
        whose = tables.partner.c.id == upstream.id
        silent = product.now() - timedelta(hours=3)
        conn.execute(update(tables.partner).where(whose).values(heard_at=silent, added_at=silent))
        conn.execute(update(tables.location).values(upstream_id=upstream.id))
    said = texts(visit("deliveries"))
    assert "Nobody sends" in said
    assert "Silent since" in said
    for name in ("deliveries", "timeline"):
        page = texts(visit(name))
        assert "**Our CSMS** has been silent for 3 h" in page
        assert "Unknown shows until it speaks again" in page


def test_a_partner_is_added_with_a_token_shown_once(
    product: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVSE_STATUS_SECRET_KEY", "a key that is long enough for the tests of pages")
    monkeypatch.setenv("EVSE_STATUS_PUBLIC_URL", "https://status.example.com")
    page = press(visit("deliveries"), "Add a partner")
    page.text_input(key="partner-1-name").set_value("Tern *Drive*").run()
    page = press(page, "Add")
    assert "does anybody else tell" in texts(page).lower()
    page.checkbox(key="partner-1-emsp-alone").set_value(True).run()
    page = press(page, "Add")
    shown = [one.value for one in page.code]
    assert shown[0].startswith("ocpi_")
    assert shown[1] == "https://status.example.com/ocpi/versions"
    page = press(page, "Done")
    assert shown[0] not in str(page)
    [line] = list_partners(product.database, LOCAL)
    assert line.partner.name == "Tern *Drive*"
    assert not line.partner.is_connected


def test_which_statuses_a_partner_gets_and_which_are_announced_is_edited(
    product: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVSE_STATUS_SECRET_KEY", "a key that is long enough for the tests of pages")
    number = partner(product, "Plugalong")
    page = visit("deliveries")
    page.button(key=f"edit-{number}").click().run()
    [announced] = [one for one in page.button_group if str(one.key).endswith("-announced")]
    assert announced.value == [MAINTENANCE, COMMISSIONING]
    announced.set_value([RESERVED])
    [received] = [one for one in page.button_group if str(one.key).endswith("-statuses")]
    received.set_value([])
    page = press(page, "Save")
    [line] = list_partners(product.database, LOCAL)
    assert line.partner.settings.announced == {RESERVED}
    assert line.partner.settings.statuses == frozenset()
    page.button(key=f"edit-{number}").click().run()
    [received] = [one for one in page.button_group if str(one.key).endswith("-statuses")]
    assert received.value == []  # none at all, which isn't all


def without_escapes(text: str) -> str:
    return text.replace("\\", "")


HUB = PartnerSettings(
    channel=Channel.HUBJECT,
    handshake=False,
    url="https://hub.example/api/oicp",
    operator_id="DK*TST",
)


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> Vault:
    monkeypatch.setenv("EVSE_STATUS_SECRET_KEY", key := "a key that is long enough for pages")
    return Vault(key)


@pytest.mark.usefixtures("secret")
def test_a_hub_is_added_and_its_certificate_replaced(product: App, tmp_path: Path) -> None:
    page = press(visit("deliveries"), "Add a partner")
    page.segmented_control(key="partner-1-kind").set_value(Kind.HUB).run()
    assert "one source per operator" in texts(page)
    page.text_input(key="partner-1-name").set_value("Hub")
    page.text_input(key="partner-1-hub-operator").set_value("dk*tst").run()
    page = press(page, "Add")
    assert "OperatorID: is needed as in the hub's contract" in without_escapes(page.error[0].value)
    page.text_input(key="partner-1-hub-operator").set_value("DK*TST")
    page.checkbox(key="partner-1-hub-insert").check()
    page.checkbox(key="partner-1-hub-alone").check()
    authority, soon = Authority(tmp_path), datetime.now(UTC) + timedelta(days=9)
    signed = authority.sign("operator.example", until=soon)
    broken = certificate_of(signed).encode()
    page.file_uploader[0].set_value(("hub.pem", broken, "application/x-pem-file")).run()
    page = press(page, "Add")
    assert "Client certificate: there is no private key" in without_escapes(texts(page))
    page.file_uploader[0].set_value(("hub.pem", signed.encode(), "application/x-pem-file")).run()
    page = press(page, "Add")
    [line] = list_partners(product.database, LOCAL)
    made = line.partner
    assert (made.settings.channel, made.settings.operator_id) == (Channel.HUBJECT, "DK*TST")
    assert (made.settings.insert_unknown, made.settings.reach.unpublished) == (True, False)
    said = texts(page)
    assert "Hubject (OICP 2.3) for DK*TST" in without_escapes(said)
    assert "Its certificate ends on" in said
    page.button(key=f"edit-{made.id}").click().run()
    assert "the one of operator.example, good until" in without_escapes(texts(page))
    assert "New token for it" not in [one.label for one in page.button]
    fresh = authority.sign("newer.example").encode()
    page.file_uploader[0].set_value(("hub.pem", fresh, "application/x-pem-file")).run()
    page = press(page, "Save")
    assert "Its certificate" not in texts(page)
    assert "PRIVATE KEY" not in str(page)
    assert list_partners(product.database, LOCAL)[0].partner.version == 2


@pytest.mark.usefixtures("sender")
def test_a_hub_acknowledges_and_says_which_ids_it_can_not_take(
    product: App, evses: dict[str, int], secret: Vault
) -> None:
    number = add_partner(
        product.database, LOCAL, "Hub", HUB, vault=secret, nobody_else_tells=True
    ).partner.id
    word = "OutOfService"
    knows(product, number, evses, wanted=word, acked=word, tell_as="DK*TST*E1")
    answered(product, number, evses["DK*TST*E1"], "acknowledged")
    place = location_json("L9", evse_json("9", evse_id="DK.TST.Z9"))
    take_in(product.database, place, complete=False)
    knows(product, number, {"DK.TST.Z9": 4}, acked="", tell_as="", refused="It is neither.")
    page = visit("deliveries", partner=str(number))
    table, receipts = (frame.value for frame in page.dataframe)
    assert list(table["State"]) == [
        *["Acknowledged by the hub"] * 3,
        "Can't be told: It is neither.",
    ]
    assert "OutOfService" in set(table["Should show"])
    assert list(receipts["Answer"]) == ["acknowledged by the hub"]
    assert "told of 3 EVSEs" in texts(page)
    page = press(page, "1 EVSE can't be told: fill in a roaming id")
    assert "Hub: Hubject takes ISO and DIN ids alone" in without_escapes(texts(page))
    [field] = [one for one in page.text_input if str(one.key).startswith("roaming-")]
    field.set_value("nonsense").run()
    page = press(page, "Save")
    assert "is no id that Hubject takes" in texts(page)
    [field] = [one for one in page.text_input if str(one.key).startswith("roaming-")]
    field.set_value("DK*TST*EZ9").run()
    page = press(page, "Save")
    assert not page.error
    assert "Every EVSE has an id that its hubs can take" in texts(page)
    [given] = roaming_lines(product.database, LOCAL)
    assert (given.roaming_id, given.why_not) == ("DK*TST*EZ9", "")


def test_registering_and_exchanging_tokens(product: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVSE_STATUS_SECRET_KEY", "a key that is long enough for the tests of pages")
    monkeypatch.setenv("EVSE_STATUS_PUBLIC_URL", "https://status.example.com")
    monkeypatch.setenv("EVSE_STATUS_OCPI_COUNTRY_CODE", "DK")
    monkeypatch.setenv("EVSE_STATUS_OCPI_PARTY_ID", "OWN")
    with peer() as there:
        there.speaks("2.2.1")
        settings = PartnerSettings(url=there.versions_url, timeout_seconds=5)
        add_partner(
            product.database, LOCAL, "Tern *Drive*", settings, vault=VAULT, nobody_else_tells=True
        )
        page = press(press(visit("deliveries"), "Register"), "Register now")
        assert "token" in page.error[0].value
        there.answers["POST", CREDENTIALS] = (401, {"detail": "wrong token"})
        page.text_input(key="token-a-1").set_value("token-a").run()
        page = press(page, "Register now")
        assert "refuses the token" in page.error[0].value
        there.registers("token-c")
        page = press(page, "Register now")
        assert "has registered us" in page.success[0].value
        assert there.asked[-1].token == "token-a"
        there.registers("token-d", "PUT")
        page = press(press(press(page, "Done"), "Tokens"), "Exchange both tokens")
        assert "new tokens" in page.success[0].value
        assert (there.asked[-1].method, there.asked[-1].token) == ("PUT", "token-c")
        assert "token-d" not in str(page)


def test_the_preview_says_who_has_acknowledged_what_it_shows(
    product: App, evses: dict[str, int]
) -> None:
    well, behind = partner(product, "Plugalong"), partner(product, failure="HTTP 503: closed")
    knows(product, well, evses)
    knows(product, behind, evses, acked="AVAILABLE")
    said = texts(visit("preview", evse="DK*TST*E1"))
    assert "<b>Acknowledged</b> by 1 of 2 partners" in said
    assert "<b>Waiting</b> Tern Drive: HTTP 503" in said
    later = product.now() + timedelta(hours=3)
    elsewhere = texts(visit("preview", evse="DK*TST*E1", at=later.isoformat()))
    assert "Acknowledged" not in elsewhere


def test_a_driver_app_is_added_with_its_own_looks(
    product: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVSE_STATUS_PUBLIC_URL", "https://status.example.com")
    page = press(visit("deliveries"), "Add a partner")
    page.segmented_control(key="partner-1-kind").set_value(Kind.APP).run()
    page.text_input(key="partner-1-name").set_value("Spirii Go")
    page.text_input(key="partner-1-app-url").set_value("https://app.example.com")
    page.selectbox(key="partner-1-app-profile").set_value("spirii-2025").run()
    blocked = "partner-1-app-spirii-2025-temporary-BLOCKED"
    assert page.text_input(key=f"{blocked}-label").value == "Blocked"
    page.text_input(key=f"{blocked}-label").set_value("<b>Taken</b>")
    page.color_picker(key=f"{blocked}-colour").set_value("#f0c000").run()
    said = texts(page)
    assert "&lt;b&gt;Taken&lt;/b&gt;" in said
    assert "white would be 1.7, below 4.5" in said
    page = press(page, "Add")
    token, where = (one.value for one in page.code)
    assert token.startswith("app_")
    assert where == "https://status.example.com/driver-app/evses"
    page = press(page, "Done")
    [line] = list_partners(product.database, LOCAL)
    settings = line.partner.settings
    assert (settings.channel, settings.profile) == (Channel.SPIRII_GO, "spirii-2025")
    assert settings.brand.as_json() == {
        "temporary": {"BLOCKED": {"label": "<b>Taken</b>", "colour": "#F0C000"}},
        "actual": {},
    }
    assert not settings.reach.unpublished
    said = without_escapes(texts(page))
    assert "Driver app, profile spirii-2025 with 1 look of its own" in said
    assert "Has never fetched" in said
    assert "acknowledged" not in said.replace("Acknowledged means", "").lower()
    streamed(product.database, [line.partner.id], until=product.now())
    said = texts(visit("deliveries"))
    assert "Streamed to until" in said
    assert "sensors: Listens" in said
    page = visit("deliveries")
    page.button(key=f"edit-{line.partner.id}").click().run()
    own = page.text_input(key="partner-1-spirii-2025-temporary-BLOCKED-label")
    own.set_value("").run()
    page.color_picker(key="partner-1-spirii-2025-temporary-BLOCKED-colour").set_value(
        "#A3123A"
    ).run()
    press(page, "Save")
    assert list_partners(product.database, LOCAL)[0].partner.settings.brand.as_json() == {
        "temporary": {},
        "actual": {},
    }
