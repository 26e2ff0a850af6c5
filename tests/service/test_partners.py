"""Counterparties are added, found, edited, paused, resynced, removed; by administrators without limits."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from evse_status.core.errors import (
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    NotSignedIn,
    TooLong,
)
from evse_status.core.partner import PartnerMode, PartnerRole, PartnerSettings, Reach
from evse_status.core.principal import LOCAL, Principal, Role
from evse_status.core.statuses import TemporaryStatus
from evse_status.core.translation import Channel
from evse_status.service import partners, registration
from evse_status.service.audit_log import newest_lines
from evse_status.service.client_certificate import certificate_of
from evse_status.service.known_partners import (
    Partner,
    by_token,
    heard,
    outgoing_secret,
    partner_numbered,
)
from evse_status.service.ourselves import Ourselves
from evse_status.service.partners import NewPartner, PartnerEditedSince
from evse_status.service.vault import NoSecretKey, Vault, WrongSecretKey
from evse_status.store.database import Database
from evse_status.store.tables import location
from examples.certificates import Authority
from support import Hands, location_json, take_in

VAULT = Vault("k" * 40)
STATIC = PartnerSettings(handshake=False, url="https://nap.example/ocpi/locations/")

HUB = PartnerSettings(
    channel=Channel.HUBJECT,
    handshake=False,
    url="https://service.hubject.com/api/oicp",
    operator_id="DK*ABC",
)


def add(db: Database, name: str = "Example", **settings: Any) -> NewPartner:
    return partners.add_partner(
        db, LOCAL, name, PartnerSettings(**settings), vault=VAULT, nobody_else_tells=True
    )


def add_static(db: Database, name: str = "Access point", **more: Any) -> NewPartner:
    return partners.add_partner(
        db, LOCAL, name, STATIC, vault=VAULT, nobody_else_tells=True, token=" theirs\n", **more
    )


def kept(db: Database) -> list[Partner]:
    return [line.partner for line in partners.list_partners(db, LOCAL)]


def test_a_partner_that_will_register_gets_a_token(db: Database) -> None:
    made = add(db, "  Tern   Drive ")
    assert (made.partner.name, made.partner.is_connected) == ("Tern Drive", False)
    assert made.token is not None
    assert made.token.startswith(made.partner.hint)
    assert by_token(db, made.token) == made.partner
    assert made.partner.locations_url is None


def test_a_static_partner_is_connected_at_once(db: Database) -> None:
    made = add_static(db)
    assert made.partner.is_connected
    assert made.partner.locations_url == "https://nap.example/ocpi/locations"
    with db.read() as conn:
        assert outgoing_secret(conn, made.partner.id, VAULT) == "theirs"
        with pytest.raises(WrongSecretKey):
            outgoing_secret(conn, made.partner.id, Vault("z" * 40))
    assert by_token(db, made.token or "").id == made.partner.id
    assert add_static(db, "Board", it_shows_a_token=False).token is None


@pytest.mark.parametrize(
    ("settings", "more", "field"),
    [
        (PartnerSettings(), {"nobody_else_tells": False}, "nobodyElseTells"),
        (PartnerSettings(mode=PartnerMode.IN_BETWEEN), {}, "mode"),
        (PartnerSettings(mode=PartnerMode.THROUGH_CSMS), {}, "mode"),
        (PartnerSettings(channel=Channel.SPIRII_GO), {}, "handshake"),
        (PartnerSettings(), {"certificate": "x"}, "certificate"),
        (PartnerSettings(operator_id="DK*ABC"), {}, "operatorId"),
        (PartnerSettings(insert_unknown=True), {}, "insertUnknown"),
        (replace(HUB, role=PartnerRole.UPSTREAM), {}, "channel"),
        (replace(HUB, handshake=True), {}, "handshake"),
        (replace(HUB, url=""), {}, "url"),
        (replace(HUB, url="http://hub.example/api/oicp"), {}, "url"),
        (replace(HUB, url="https://hub.example/api/oicp/evsepush/v21"), {}, "url"),
        (replace(HUB, operator_id=""), {}, "operatorId"),
        (replace(HUB, operator_id="dk*abc"), {}, "operatorId"),
        (replace(HUB, operator_id="DK*ABC*E1"), {}, "operatorId"),
        (replace(HUB, explicit_nulls=True), {}, "explicitNulls"),
        (replace(HUB, concurrency=3), {}, "concurrency"),
        (HUB, {"token": "x"}, "token"),
        (HUB, {"certificate": "-----BEGIN"}, "certificate"),
        (HUB, {"nobody_else_tells": False}, "nobodyElseTells"),
        (PartnerSettings(url="http://emsp.example"), {}, "url"),
        (PartnerSettings(url="https://192.168.0.1/v"), {}, "url"),
        (PartnerSettings(handshake=False), {"token": "x"}, "url"),
        (STATIC, {}, "token"),
        (STATIC, {"token": "\u00f8"}, "token"),
        (STATIC, {"token": "x" * 1_001}, "token"),
        (PartnerSettings(), {"name": " \n"}, "name"),
        (PartnerSettings(), {"name": "\u202eevil"}, "name"),
        (PartnerSettings(), {"name": "Local"}, "name"),
        (PartnerSettings(), {"name": "mette@cpo.dk"}, "name"),
    ],
)
def test_what_can_not_be_added_is_named(
    sqlite: Database, settings: PartnerSettings, more: dict[str, Any], field: str
) -> None:
    wanted: dict[str, Any] = {"name": "Example", "vault": VAULT, "nobody_else_tells": True} | more
    with pytest.raises(InvalidInput) as refused:
        partners.add_partner(sqlite, LOCAL, settings=settings, **wanted)
    assert refused.value.field == field
    assert refused.value.message.startswith(f"{field}: ")
    assert kept(sqlite) == []


def test_without_a_key_nothing_is_added(sqlite: Database) -> None:
    with pytest.raises(NoSecretKey):
        partners.add_partner(
            sqlite, LOCAL, "a", PartnerSettings(), vault=Vault(""), nobody_else_tells=True
        )
    with pytest.raises(TooLong):
        add(sqlite, "x" * 81)
    assert kept(sqlite) == []


def test_upstream_needs_no_answer_to_who_else_tells_it(sqlite: Database) -> None:
    settings = PartnerSettings(role=PartnerRole.UPSTREAM)
    assert partners.add_partner(sqlite, LOCAL, "CSMS", settings, vault=VAULT).token


def test_a_name_is_used_once_until_its_partner_is_removed(db: Database) -> None:
    first = add(db, "Tern")
    with pytest.raises(Conflict, match="there is a partner called 'TERN'"):
        add(db, "TERN")
    partners.remove_partner(db, LOCAL, first.partner.id)
    with pytest.raises(NotSignedIn):
        by_token(db, first.token or "")
    with pytest.raises(NotFound):
        partners.find_partner(db, LOCAL, "Tern")
    with db.read() as conn, pytest.raises(NotFound):
        outgoing_secret(conn, first.partner.id, VAULT)
    assert add(db, "Tern").partner.id != first.partner.id


def test_finding_by_name_or_number(sqlite: Database) -> None:
    first, second = add(sqlite, "2").partner, add(sqlite, "Tern").partner
    assert partners.find_partner(sqlite, LOCAL, " tern ") == second
    assert partners.find_partner(sqlite, LOCAL, "2") == first  # a name goes before a number
    assert partners.find_partner(sqlite, LOCAL, str(first.id)) == first


def edit(db: Database, before: Partner, settings: PartnerSettings, **more: Any) -> Partner:
    return partners.edit_partner(
        db, LOCAL, before.id, settings, version=before.version, vault=VAULT, **more
    )


def test_an_edit_that_changes_what_is_shown_tells_everything_again(db: Database) -> None:
    before = add(db).partner
    slower = edit(db, before, replace(before.settings, concurrency=2))
    assert (slower.version, slower.resync_at, slower.settings.concurrency) == (2, None, 2)
    fewer = edit(db, slower, replace(slower.settings, reach=Reach(countries=frozenset({"DK"}))))
    assert fewer.version == 3
    assert fewer.resync_at is not None
    assert edit(db, fewer, fewer.settings, name="Example") == fewer
    named = edit(db, fewer, fewer.settings, name="Tern")
    assert (named.name, named.version, named.resync_at) == ("Tern", 4, fewer.resync_at)
    logged = [
        dict(line.details) for line in newest_lines(db, LOCAL) if line.what == "partner edited"
    ]
    assert logged == [
        {"name": "Example → Tern"},
        {"countries": "no limit → DK"},
        {"concurrency": "8 → 2"},
    ]


def test_two_who_edit_at_once(db: Database) -> None:
    before = add(db).partner
    edit(db, before, replace(before.settings, concurrency=2))
    with pytest.raises(PartnerEditedSince, match="have been changed since you opened them"):
        edit(db, before, replace(before.settings, concurrency=3))
    assert kept(db)[0].settings.concurrency == 2


def test_a_hub_is_shown_a_certificate_and_shows_us_nothing(db: Database, tmp_path: Path) -> None:
    signed = Authority(tmp_path).sign("operator.example")
    made = partners.add_partner(
        db, LOCAL, "Hub", HUB, vault=VAULT, nobody_else_tells=True, certificate=signed
    )
    assert (made.token, made.partner.hint, made.partner.is_connected) == (None, "", True)
    newer = Authority(tmp_path).sign("newer.example")
    edited = edit(db, made.partner, HUB, certificate=newer)
    assert (edited.version, edited.resync_at) == (2, None)
    with db.read() as conn:
        known = certificate_of(conn, edited, VAULT)
        assert certificate_of(conn, edited, Vault("z" * 40)) is None
        assert outgoing_secret(conn, edited.id, VAULT) == newer
    assert known is not None
    assert known.subject == "newer.example"
    lines = newest_lines(db, LOCAL)
    assert [dict(line.details) for line in lines if line.what == "partner edited"] == [
        {"certificate": "changed"}
    ]
    assert "PRIVATE KEY" not in str(lines)


def test_what_an_edit_can_not_do(sqlite: Database) -> None:
    one, other = add(sqlite).partner, add_static(sqlite).partner
    wishes: list[tuple[PartnerSettings, dict[str, Any], str]] = [
        (replace(one.settings, role=PartnerRole.UPSTREAM), {}, "role"),
        (HUB, {}, "channel"),
        (replace(one.settings, mode=PartnerMode.IN_BETWEEN), {}, "mode"),
        (one.settings, {"token": "x"}, "token"),
        (one.settings, {"name": " "}, "name"),
    ]
    for settings, more, field in wishes:
        with pytest.raises(InvalidInput) as refused:
            edit(sqlite, one, settings, **more)
        assert refused.value.field == field
    with pytest.raises(Conflict):
        edit(sqlite, one, one.settings, name="access POINT")
    with pytest.raises(NotFound):
        edit(sqlite, replace(one, id=99), one.settings)
    edit(sqlite, other, other.settings, token="newer")
    with sqlite.read() as conn:
        assert outgoing_secret(conn, other.id, VAULT) == "newer"
    assert kept(sqlite)[0] == one


def test_pausing_and_resyncing(db: Database) -> None:
    number = add(db).partner.id
    for paused in (True, True, False):
        assert partners.pause_partner(db, LOCAL, number, paused=paused).paused is paused
    first = partners.resync_partner(db, LOCAL, number).resync_at
    second = partners.resync_partner(db, LOCAL, number).resync_at
    assert first is not None
    assert second is not None
    assert first < second
    assert [line.what for line in newest_lines(db, LOCAL)] == [
        "partner resynced", "partner resynced", "partner resumed", "partner paused", "partner added",
    ]  # fmt: skip


def test_that_upstream_spoke_is_noted_once_a_minute_and_never_of_one_that_is_gone(
    sqlite: Database, hands: Hands
) -> None:
    one = add(sqlite).partner
    first = hands.now()
    heard(sqlite, one, now=first)
    heard(sqlite, one, now=hands.forward(seconds=59))
    assert find(sqlite, one).heard_at == first
    heard(sqlite, one, now=hands.forward(seconds=1))
    assert find(sqlite, one).heard_at == hands.now()
    heard(sqlite, find(sqlite, one), now=hands.forward(seconds=59))
    partners.remove_partner(sqlite, LOCAL, one.id)
    heard(sqlite, one, now=hands.forward(minutes=5))


def find(db: Database, one: Partner) -> Partner:
    with db.read() as conn:
        return partner_numbered(conn, one.id)


def test_the_log_has_no_token(db: Database) -> None:
    made, static = add(db), add_static(db)
    again = registration.invite(db, LOCAL, static.partner.id)
    edit(db, static.partner, STATIC, token="newer-secret")
    lines = str(newest_lines(db, LOCAL))
    for secret in (
        made.token or "?",
        static.token or "?",
        again.token or "?",
        "newer-secret",
        "theirs",
    ):
        assert secret not in lines
    assert ("token", "changed") in [
        pair for line in newest_lines(db, LOCAL) for pair in line.details
    ]


def test_a_removed_upstream_lets_imports_tell_again(db: Database) -> None:
    number = partners.add_partner(
        db, LOCAL, "CSMS", PartnerSettings(role=PartnerRole.UPSTREAM), vault=VAULT
    ).partner.id
    take_in(db, location_json("L1"))
    with db.write() as write:
        write.conn.execute(update(location).values(upstream_id=number))
    partners.remove_partner(db, LOCAL, number)
    with db.read() as conn:
        assert conn.scalar(select(location.c.upstream_id)) is None


# ---- who may ---------------------------------------------------------------------------------------

ACTIONS: dict[str, Callable[[Database, Principal, int], Any]] = {
    "add": lambda db, who, _: partners.add_partner(
        db, who, "Other", PartnerSettings(), vault=VAULT, nobody_else_tells=True
    ),
    "list": lambda db, who, _: partners.list_partners(db, who),
    "find": lambda db, who, _: partners.find_partner(db, who, "Example"),
    "edit": lambda db, who, number: partners.edit_partner(
        db, who, number, PartnerSettings(schedule=False), version=1, vault=VAULT
    ),
    "pause": lambda db, who, number: partners.pause_partner(db, who, number, paused=True),
    "resync": lambda db, who, number: partners.resync_partner(db, who, number),
    "remove": lambda db, who, number: partners.remove_partner(db, who, number),
    "invite": lambda db, who, number: registration.invite(db, who, number),
    "unregister": lambda db, who, number: registration.unregister(db, who, number, vault=VAULT),
    "register": lambda db, who, number: registration.register(
        db, who, number, token="x", vault=VAULT, us=Ourselves("https://x.example")
    ),
    "rotate": lambda db, who, number: registration.rotate(
        db, who, number, vault=VAULT, us=Ourselves("https://x.example")
    ),
}
NOT_THEY = {
    "viewer": Principal("Vera", Role.VIEWER),
    "planner": Principal("Paul", Role.PLANNER),
    "of one operator": Principal("Olga", Role.ADMINISTRATOR, operators=frozenset({"TST"})),
    "of one country": Principal("Carl", Role.ADMINISTRATOR, countries=frozenset({"DK"})),
    "token at one location": Principal("T", Role.ADMINISTRATOR, locations=frozenset({1})),
    "token that sets BLOCKED": Principal(
        "T", Role.ADMINISTRATOR, temporary_statuses=frozenset({TemporaryStatus.BLOCKED})
    ),
    "token that may not read": Principal("T", Role.ADMINISTRATOR, may_read=False),
}


@pytest.mark.parametrize("action", ACTIONS)
def test_only_administrators_without_limits(sqlite: Database, action: str) -> None:
    number = add(sqlite).partner.id
    before = partners.list_partners(sqlite, LOCAL)
    for who in NOT_THEY.values():
        with pytest.raises(NotAllowed):
            ACTIONS[action](sqlite, who, number)
        assert partners.list_partners(sqlite, LOCAL) == before
    try:
        ACTIONS[action](sqlite, LOCAL, number)
    except (InvalidInput, Conflict):
        assert action in ("register", "rotate")  # it has no address, and isn't registered
