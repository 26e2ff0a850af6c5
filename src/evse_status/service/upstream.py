"""Does upstream still speak, and do we know all that it knows? (rules 19, 20)"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from sqlalchemy import Connection

from evse_status.channels.addresses import require_address
from evse_status.channels.ocpi.locations_in import Reading, read_locations
from evse_status.channels.ocpi.pull import DEFAULT_LIMIT_BYTES, pull
from evse_status.core.displayed import displayed
from evse_status.core.errors import EvseStatusError, UnreadableFeed
from evse_status.core.partner import PartnerRole
from evse_status.core.principal import Principal, Role
from evse_status.core.statuses import ActualStatus
from evse_status.service.import_locations import ImportOutcome, import_locations
from evse_status.service.known_partners import Partner, kept_partners, outgoing_secret
from evse_status.service.ourselves import Ourselves
from evse_status.service.told_by_upstream import tells_of
from evse_status.service.vault import Vault
from evse_status.store import actuals, evses, overrides
from evse_status.store import partners as store
from evse_status.store.database import Database

NOBODY = Ourselves()
"""Where the settings don't say who we are."""

_NIGHT = time(2)
_LONGEST_PULL = timedelta(minutes=30)
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Silence:
    """An upstream that hasn't spoken for longer than it may; `None`: never since it registered."""

    name: str
    heard_at: datetime | None
    locations: int


def upstream_silence(
    db: Database, principal: Principal, *, now: datetime, after: timedelta
) -> list[Silence]:
    """Which upstreams have been silent for more than `after`, and of how many of the principal's
    locations they tell. Of those that tell of none, nothing is said."""
    principal.require_reader()
    with db.read() as conn:
        silent = [
            Silence(one.name, one.heard_at, store.told_of(conn, one.id, evses.in_area(principal)))
            for one in _silent(kept_partners(conn), now, after)
        ]
    return [one for one in silent if one.locations]


def tend(
    db: Database,
    vault: Vault,
    *,
    now: Callable[[], datetime],
    silent_after: timedelta,
    us: Ourselves = NOBODY,
    limit_bytes: int = DEFAULT_LIMIT_BYTES,
) -> None:
    """Do what is due: note who is silent, and ask for everything on connect, at night, after silence.

    For whoever serves, every half a minute or so; it may take minutes. A failed pull is noted with
    the partner and tried again, later each time. Several processes may do it at once.
    """
    note_silence(db, now=now(), after=silent_after)
    with db.read() as conn:
        due = [one for one in kept_partners(conn) if _is_due(one, now())]
    for partner in due:
        with db.aside() as conn:
            taken = store.claim(conn, partner.id, now=now(), until=now() + _LONGEST_PULL)
        if not taken:
            continue
        try:
            pull_everything(db, partner, vault, now=now, us=us, limit_bytes=limit_bytes)
        except EvseStatusError as error:
            _note_failure(db, partner, str(error), now())


def pull_everything(
    db: Database,
    upstream: Partner,
    vault: Vault,
    *,
    now: Callable[[], datetime],
    us: Ourselves = NOBODY,
    limit_bytes: int = DEFAULT_LIMIT_BYTES,
) -> ImportOutcome:
    """Ask upstream for all its Locations, page by page, and take them in like an import.

    What isn't among them is missing from then on, unless something in it couldn't be read or it
    came to be known meanwhile. Raises UnreadableFeed, AddressRefused, NoSecretKey: then nothing
    changed.
    """
    url = upstream.locations_url
    if url is None:
        raise UnreadableFeed(f"{upstream.name} has told no address of its Locations yet.")
    asked_at = now()
    with db.read() as conn:
        token = outgoing_secret(conn, upstream.id, vault) if upstream.has_secret else None
    pages = pull(
        require_address(url, upstream.addresses),
        token=token,
        encode_token=upstream.settings.base64_token,
        limit_bytes=limit_bytes,
        through=upstream.addresses,
        routing=_routing(upstream, us),
    )
    reading = read_locations((page.body for page in pages), origin=upstream.name)
    outcome = import_locations(
        db,
        Principal(upstream.name, Role.ADMINISTRATOR),
        _of_its_own(reading, upstream),
        origin=upstream.name,
        complete=reading.whole,
        told_by=upstream.id,
        asked_at=asked_at,
    )
    with db.aside() as conn:
        well = {"failures": 0, "failure": "", "failing_since": None, "try_at": None}
        came_at = now()
        store.change(
            conn, upstream.id, pulled_at=asked_at, heard_at=came_at, reached_at=came_at, **well
        )
    return outcome


def note_silence(db: Database, *, now: datetime, after: timedelta) -> int:
    """Where a silent upstream's EVSE is under an override, let UNKNOWN be what comes after it.

    Nothing that shows changes; EVSEs without override keep their last word. When upstream speaks
    again, a whole pull brings the true words back. How many EVSEs.
    """
    with db.read() as conn:
        silent = _silent(kept_partners(conn), now, after)
        hidden = _hidden(conn, silent, now)
    fresh = [one.id for one in silent if one.pulled_at is not None]
    if fresh:
        with db.aside() as conn:
            for number in fresh:
                store.change(conn, number, pulled_at=None)
    if not hidden:
        return 0
    with db.write() as write:
        silent = _silent(kept_partners(write.conn), now, after)
        hidden = _hidden(write.conn, silent, write.now)
        actuals.no_longer_known(write.conn, hidden, now=write.now)
        evses.look_again(write.conn, hidden, write.now)
    return len(hidden)


def _silent(partners: Iterable[Partner], now: datetime, after: timedelta) -> list[Partner]:
    return [one for one in partners if _is_spoken_to(one) and now - last_word(one) > after]


def _is_spoken_to(partner: Partner) -> bool:
    is_upstream = partner.settings.role is PartnerRole.UPSTREAM
    return is_upstream and partner.is_connected and not partner.paused


def last_word(partner: Partner) -> datetime:
    """When upstream last spoke, or since when it could have."""
    instants = (partner.heard_at, partner.registered_at, partner.added_at)
    return max(at for at in instants if at is not None)


def _hidden(conn: Connection, silent: Iterable[Partner], now: datetime) -> set[int]:
    """EVSEs of these upstreams whose status doesn't show now, and wouldn't if it were UNKNOWN."""
    numbers = {one.id for one in silent}
    if not numbers:
        return set()
    in_force = overrides.in_force_now(conn, now)
    told_of = store.evses_told_by(conn, numbers, in_force)
    known = actuals.newest(conn, told_of)
    found = set()
    for number, (status, _, _) in known.items():
        shown = displayed(in_force[number], status)
        if shown.winner is None or status in (ActualStatus.UNKNOWN, ActualStatus.REMOVED):
            continue
        if displayed(in_force[number], ActualStatus.UNKNOWN).winner == shown.winner:
            found.add(number)
    return found


def _is_due(partner: Partner, now: datetime) -> bool:
    if not _is_spoken_to(partner) or partner.locations_url is None:
        return False
    if partner.try_at is not None and partner.try_at > now:
        return False
    if partner.pulled_at is None:
        return True
    connected_at = partner.registered_at or partner.added_at
    return partner.pulled_at < max(connected_at, _last_night(partner, now))


def _last_night(partner: Partner, now: datetime) -> datetime:
    """02:00 UTC, some minutes later for each, the last time."""
    tonight = datetime.combine(now, _NIGHT, now.tzinfo) + timedelta(minutes=partner.id % 60)
    return tonight if tonight <= now else tonight - timedelta(days=1)


def _routing(upstream: Partner, us: Ourselves) -> dict[str, str]:
    """From us to its operator; without a handshake nobody has said who is who."""
    told = () if upstream.registered is None else upstream.registered.parties
    operators = [one for one in told if one.role == "CPO"]
    if not operators or not us.party_id:
        return {}
    return {
        "OCPI-from-country-code": us.country_code,
        "OCPI-from-party-id": us.party_id,
        "OCPI-to-country-code": operators[0].country_code,
        "OCPI-to-party-id": operators[0].party_id,
    }


def _of_its_own(reading: Reading, upstream: Partner) -> Reading:
    """Without what belongs to operators of which it doesn't tell."""
    own = (one for one in reading.locations if tells_of(upstream, one.country_code, one.party_id))
    return replace(reading, locations=tuple(own))


def _note_failure(db: Database, partner: Partner, words: str, now: datetime) -> None:
    wait = min(_FIRST_WAIT * 2 ** min(partner.failures, 10), _LONGEST_WAIT)
    with db.aside() as conn:
        store.change(
            conn,
            partner.id,
            failures=partner.failures + 1,
            failure=words,
            failing_since=partner.failing_since or now,
            try_at=now + wait,
        )
