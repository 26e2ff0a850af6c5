"""Which EVSEs can't be told to a hub under their own id, and which id were they given instead?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from evse_status.core.errors import Conflict, EvseIsRemoved, InvalidInput, UnknownEvse
from evse_status.core.evse_id import evse_id as classified
from evse_status.core.partner import PartnerRole
from evse_status.core.principal import Principal
from evse_status.core.roaming_id import operator_of, roaming_id
from evse_status.core.translation import Channel
from evse_status.service.fleet import EvseCard, card
from evse_status.service.known_partners import Partner, kept_partners
from evse_status.service.partner_checks import require_keeper
from evse_status.store import audit_log, evses
from evse_status.store import roaming_ids as store
from evse_status.store.database import Database

_FORM = "Hubject takes upper-case ISO ids like DK*ABC*E123*1 and DIN ids like +45*123*4567."


@dataclass(frozen=True, slots=True)
class RoamingLine:
    """An EVSE that hubs can't take as it is, or that was given a roaming id.

    `why_not` is why `hubs`, by name, can't be told of it; empty where all can.
    """

    evse: EvseCard
    roaming_id: str | None
    why_not: str
    hubs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """What was set of one EVSE; `None` is none."""

    evse: EvseCard
    before: str | None
    roaming_id: str | None


def roaming_lines(db: Database, principal: Principal) -> list[RoamingLine]:
    """EVSEs that some hub reaches and can't be told of, and all that have a roaming id; in fleet order.

    Only live ones within the reader's area. Raises NotAllowed.
    """
    principal.require_reader()
    with db.read() as conn:
        found = _untold(conn, principal)
        given = store.given(conn, principal)
        rows = store.cards(conn, {*found, *given})
    return [
        RoamingLine(
            card(row),
            given.get(row.id),
            why_not=found[row.id][0][1] if row.id in found else "",
            hubs=tuple(hub.name for hub, _ in found.get(row.id, ())),
        )
        for row in rows
    ]


def set_roaming_ids(
    db: Database, principal: Principal, wanted: Mapping[int, str | None]
) -> list[Given]:
    """Give EVSEs, by number, the ids that hubs are told them under; `None` or "" takes one away.

    All or none; what is set already isn't set again. The sender looks at them at once. Raises
    InvalidInput, Conflict, UnknownEvse, EvseIsRemoved, NotAllowed.
    """
    require_keeper(principal)
    ids = {number: (text or "").strip() or None for number, text in wanted.items()}
    with db.write() as write:
        rows = {row.id: row for row in store.cards(write.conn, ids)}
        before = store.given(write.conn, principal)
        fresh = {number: text for number, text in ids.items() if before.get(number) != text}
        hubs = _hubs(write.conn)
        for number, text in fresh.items():
            _require_live(number, rows)
            if text is not None:
                _require_usable(text, rows[number], hubs)
        _require_free(write.conn, fresh, {**before, **ids}, rows)
        done = []
        for number, text in fresh.items():
            store.give(write.conn, number, text)
            done.append(Given(card(rows[number]), before.get(number), text))
            audit_log.add(
                write.conn,
                at=write.now,
                by=principal.name,
                what="roaming id set" if text else "roaming id cleared",
                about=rows[number].evse_id,
                details={"roamingId": f"{before.get(number) or 'none'} → {text or 'none'}"},
            )
        evses.look_again(write.conn, fresh, write.now)
    return done


def _untold(conn: Connection, principal: Principal) -> dict[int, list[tuple[Partner, str]]]:
    """By EVSE the hubs that reach it and can't be told of it, and why."""
    hubs = _hubs(conn)
    found: dict[int, list[tuple[Partner, str]]] = {}
    if not hubs:
        return found
    places = store.places(conn)
    for number, text, own, where in store.live_ids(conn, principal):
        for hub in hubs:
            told = roaming_id(text, own, hub.settings.operator_id)
            if not told.text and _reaches(hub, where, places[where]):
                found.setdefault(number, []).append((hub, told.why_not))
    return found


def _hubs(conn: Connection) -> list[Partner]:
    return [
        one
        for one in kept_partners(conn)
        if one.settings.channel is Channel.HUBJECT and one.settings.role is PartnerRole.RECEIVER
    ]


def _reaches(hub: Partner, where: int, place: Row[Any]) -> bool:
    return hub.settings.reach.includes(
        party_id=place.party_id,
        country_code=place.country_code,
        location_id=where,
        publish=place.publish,
    )


def _require_live(number: int, rows: Mapping[int, Row[Any]]) -> None:
    if number not in rows:
        raise UnknownEvse(str(number))
    if not evses.is_live(rows[number]):
        raise EvseIsRemoved(rows[number].evse_id)


def _require_usable(text: str, row: Row[Any], hubs: Sequence[Partner]) -> None:
    """Refuse an id that no hub could take, or none of those who are told of this EVSE."""
    if operator_of(text) is None:
        raise _refused(f"{text[:60]!r} for {row.evse_id} is no id that Hubject takes. {_FORM}")
    reaching = [one for one in hubs if _reaches(one, row.location_id, row)]
    answers = [roaming_id(row.evse_id, text, one.settings.operator_id) for one in reaching]
    if answers and not any(one.text for one in answers):
        operators = " or ".join(sorted({one.settings.operator_id for one in reaching}))
        raise _refused(
            f"{text!r} for {row.evse_id} doesn't begin with {operators}, the operator in whose name "
            "we push."
        )


def _require_free(
    conn: Connection,
    fresh: Mapping[int, str | None],
    roaming: Mapping[int, str | None],
    rows: Mapping[int, Row[Any]],
) -> None:
    """Refuse what another live EVSE is called, or was given, in whatever writing."""
    keys = {number: classified(text).key for number, text in fresh.items() if text is not None}
    called = store.called(conn, keys.values())
    given: dict[str, set[int]] = {}
    for number, text in roaming.items():
        if text is not None:
            given.setdefault(classified(text).key, set()).add(number)
    for number, key in keys.items():
        others = (called.get(key, set()) | given.get(key, set())) - {number}
        if others:
            raise Conflict(
                f"roamingId: {fresh[number]!r} for {rows[number].evse_id} is the id of "
                f"{_names(conn, others)} already. Choose another.",
                field="roamingId",
            )


def _names(conn: Connection, numbers: Collection[int]) -> str:
    return " and ".join(row.evse_id for row in store.cards(conn, numbers))


def _refused(why: str) -> InvalidInput:
    return InvalidInput(f"roamingId: {why}", field="roamingId")
