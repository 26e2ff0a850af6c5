"""Tokens: shown once, kept as digests, limited, listed with their last use, ended at once."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from evse_status.core.errors import (
    Conflict,
    EndsInThePast,
    InvalidInput,
    NotAllowed,
    NotFound,
    NotSignedIn,
    TooLong,
)
from evse_status.core.principal import LOCAL, Principal, Role
from evse_status.service.audit_log import newest_lines
from evse_status.service.tokens import (
    NewToken,
    TokenWish,
    create_token,
    list_tokens,
    recognise,
    revoke_token,
)
from evse_status.store.database import Database
from support import BLOCKED, NOON, Hands, a_site, at, location_json, take_in

DANE = Principal("Mette", Role.ADMINISTRATOR, countries=frozenset({"DK"}))
SWEDE = Principal("Sven", Role.ADMINISTRATOR, countries=frozenset({"SE"}))


def made(db: Database, name: str = "Sensors", **fields: object) -> NewToken:
    return create_token(db, LOCAL, TokenWish(name, **fields))  # type: ignore[arg-type]


def test_without_options_a_token_may_do_everything_under_its_name(db: Database) -> None:
    new = made(db)
    assert recognise(db, new.secret, now=at(1)) == Principal(
        "Sensors", Role.ADMINISTRATOR, token_id=new.token.id
    )


def test_the_secret_is_kept_nowhere(db: Database) -> None:
    new = made(db)
    with db.read() as conn:
        for table in ("token", "audit_log"):
            for row in conn.execute(text(f"SELECT * FROM {table}")):
                assert new.secret not in str(row)
    assert new.token.hint == new.secret[:9]
    assert len(new.secret) == 48


def test_two_tokens_never_have_the_same_secret(db: Database) -> None:
    assert made(db, "a").secret != made(db, "b").secret


@pytest.mark.parametrize("secret", ["", "evse_", "x" * 10_000, "evse_\ud800", "Bearer"])
def test_an_unknown_token_is_refused(db: Database, secret: str) -> None:
    made(db)
    with pytest.raises(NotSignedIn, match="isn't known"):
        recognise(db, secret, now=at(1))


def test_its_limits_come_with_it(db: Database, hands: Hands) -> None:
    a_site(db, hands, 2)
    new = made(db, temporary_statuses=frozenset({BLOCKED}), locations=["l1"], may_read=False)
    principal = recognise(db, new.secret, now=at(1))
    assert principal.temporary_statuses == frozenset({BLOCKED})
    assert principal.locations == frozenset({1})
    assert not principal.may_read
    assert principal.role is Role.PLANNER
    [listed] = list_tokens(db, LOCAL)
    assert listed.locations == ("L1",)


def test_a_token_that_may_set_and_report_nothing_is_a_viewer(db: Database) -> None:
    new = made(db, temporary_statuses=frozenset(), may_report_actual=False)
    assert recognise(db, new.secret, now=at(1)).role is Role.VIEWER


def test_a_limited_token_never_administrates(db: Database) -> None:
    new = made(db, may_read=False)
    assert not new.token.may_administrate
    with pytest.raises(InvalidInput, match="could make itself one without"):
        made(db, "b", may_read=False, may_administrate=True)
    with pytest.raises(NotAllowed):
        create_token(db, recognise(db, new.secret, now=at(1)), TokenWish("more"))


def test_an_unlimited_one_need_not_administrate(db: Database) -> None:
    new = made(db, may_administrate=False)
    assert recognise(db, new.secret, now=at(1)).role is Role.PLANNER


def test_it_ends_exactly_when_it_expires(db: Database) -> None:
    new = made(db, expires_at=at(2))
    recognise(db, new.secret, now=at(2) - timedelta(microseconds=1))
    with pytest.raises(NotSignedIn, match="has expired"):
        recognise(db, new.secret, now=at(2))
    assert new.token.state(at(1)) == "valid"
    assert new.token.state(at(2)) == "expired"
    with pytest.raises(EndsInThePast):
        made(db, "late", expires_at=NOON)


def test_revoking_ends_it_at_once_and_twice_is_harmless(db: Database, hands: Hands) -> None:
    new = made(db)
    first = revoke_token(db, LOCAL, new.token.id)
    with pytest.raises(NotSignedIn, match="has been revoked"):
        recognise(db, new.secret, now=hands.now())
    hands.forward(minutes=1)
    assert revoke_token(db, LOCAL, new.token.id) == first
    assert first.state(hands.now()) == "revoked"
    assert [(one.what, one.about) for one in newest_lines(db, LOCAL)] == [
        ("token revoked", "Sensors"),
        ("token created", "Sensors"),
    ]


def test_last_used_is_known_to_the_minute_and_moves_no_page(db: Database, hands: Hands) -> None:
    new = made(db)
    before = db.newest_at()
    used = hands.forward(minutes=5)
    recognise(db, new.secret, now=used)
    recognise(db, new.secret, now=used + timedelta(seconds=59))
    assert list_tokens(db, LOCAL)[0].last_used_at == used
    recognise(db, new.secret, now=used + timedelta(seconds=60))
    assert list_tokens(db, LOCAL)[0].last_used_at == used + timedelta(seconds=60)
    assert db.newest_at() == before


def test_a_name_says_who_it_is(db: Database) -> None:
    assert made(db, "  Lot 7\t sensors ").token.name == "Lot 7 sensors"
    with pytest.raises(Conflict, match="'Lot 7 sensors'"):
        made(db, "Lot 7 sensors")
    for name in ("", " ", "local", "mette@cpo.dk", "bell\x07"):
        with pytest.raises(InvalidInput, match=r"^name: "):
            made(db, name)
    with pytest.raises(TooLong):
        made(db, "x" * 81)


def test_a_name_is_free_again_when_its_token_has_ended(db: Database, hands: Hands) -> None:
    revoke_token(db, LOCAL, made(db).token.id)
    made(db, expires_at=at(1))
    hands.forward(hours=2)
    made(db)
    assert [one.state(hands.now()) for one in list_tokens(db, LOCAL)] == [
        "revoked",
        "expired",
        "valid",
    ]


def test_locations_are_named_by_id_and_where_two_have_it_with_their_party(db: Database) -> None:
    take_in(db, location_json("L1"), location_json("L1", party_id="OTH"))
    with pytest.raises(Conflict, match="fits DK/TST/L1 and DK/OTH/L1"):
        made(db, locations=["L1"])
    assert made(db, locations=["dk/oth/l1"]).token.locations == ("L1",)
    with pytest.raises(NotFound, match="no location 'L9'"):
        made(db, "b", locations=["L9"])
    with pytest.raises(InvalidInput, match="at least one location"):
        made(db, "c", locations=[" "])


def test_a_token_reaches_no_further_than_who_made_it(db: Database) -> None:
    take_in(db, location_json("L1"), location_json("L2", country_code="SE"))
    mine = create_token(db, DANE, TokenWish("Danish"))
    assert recognise(db, mine.secret, now=at(1)).countries == frozenset({"DK"})
    with pytest.raises(NotFound, match="no location 'L2'"):
        create_token(db, DANE, TokenWish("b", locations=["L2"]))
    assert list_tokens(db, SWEDE) == []
    with pytest.raises(NotFound):
        revoke_token(db, SWEDE, mine.token.id)
    assert list_tokens(db, DANE) == list_tokens(db, LOCAL)
    made(db, "Everything")
    assert len(list_tokens(db, DANE)) == 1


@pytest.mark.parametrize("role", [Role.VIEWER, Role.PLANNER])
def test_only_administrators_keep_tokens(db: Database, role: Role) -> None:
    somebody = Principal("Jonas", role)
    for attempt in (
        lambda: create_token(db, somebody, TokenWish("a")),
        lambda: list_tokens(db, somebody),
        lambda: revoke_token(db, somebody, 1),
        lambda: newest_lines(db, somebody),
    ):
        with pytest.raises(NotAllowed):
            attempt()


@pytest.mark.parametrize("number", [0, -1, 99, 2**63, 10**30])
def test_there_is_no_such_token(db: Database, number: int) -> None:
    with pytest.raises(NotFound, match="there is no token"):
        revoke_token(db, LOCAL, number)
