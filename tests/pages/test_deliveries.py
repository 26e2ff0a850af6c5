"""The page of deliveries: nobody told yet, well, behind, refused, not reachable, silent; who may act."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from evse_status.bootstrap import App
from evse_status.core.partner import PartnerRole, PartnerSettings
from evse_status.core.principal import LOCAL
from evse_status.service.leases import only_sender
from evse_status.service.partners import add_partner, list_partners
from evse_status.service.vault import Vault
from evse_status.store import tables
from peers import CREDENTIALS, peer
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
    page.checkbox(key="partner-1-alone").set_value(True).run()
    page = press(page, "Add")
    shown = [one.value for one in page.code]
    assert shown[0].startswith("ocpi_")
    assert shown[1] == "https://status.example.com/ocpi/versions"
    page = press(page, "Done")
    assert shown[0] not in str(page)
    [line] = list_partners(product.database, LOCAL)
    assert line.partner.name == "Tern *Drive*"
    assert not line.partner.is_connected


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
    assert "**Acknowledged now** by 1 of 2 partners" in said
    assert "**Waiting** Tern Drive: HTTP 503" in said.replace("\\", "")
    later = product.now() + timedelta(hours=3)
    elsewhere = texts(visit("preview", evse="DK*TST*E1", at=later.isoformat()))
    assert "Acknowledged now" not in elsewhere
