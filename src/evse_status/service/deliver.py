"""What should each partner know now? Compared EVSE by EVSE with what it acknowledged; the difference is due.

Nothing here sends. What an EVSE shows is read without the store's lock; what follows is written
under it, and only for EVSEs that nobody wrote to meanwhile: every write moves `look_at`, so
whoever wrote has the EVSE looked at again. No page need be drawn again for any of this.
"""

import contextlib
import json
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from evse_status.channels.ocpi.objects import status_schedule
from evse_status.core.delivery import REMOVED, Known, KnownLocation, Wanted, desired
from evse_status.core.errors import EvseStatusError
from evse_status.core.period import earlier_end, to_microseconds
from evse_status.core.translation import Channel
from evse_status.service.hub_wanted import wanted_by_hub
from evse_status.service.known_partners import Partner, kept_partners
from evse_status.service.publish import SharedEvse, facts, seen_by
from evse_status.service.told_partners import told_partners
from evse_status.store import deliveries as store
from evse_status.store.database import Database

_AT_ONCE = 500  # EVSEs of one pass: the first of many are sent while the next are looked at
_NEWEST = 50
_UNREADABLE_FOR = timedelta(hours=1)

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Survey:
    """What a pass did: EVSEs it looked at, partners for whom something became due, when to look again."""

    looked_at: int
    partners: frozenset[int]
    again_at: datetime | None


@dataclass(frozen=True, slots=True)
class Slice:
    """What a slice of the full comparison did; `after` is where the next one begins, `None`: at its end."""

    after: int | None
    partners: frozenset[int]
    repaired: int


def survey(db: Database, *, limit: int = _AT_ONCE) -> Survey:
    """Look at EVSEs whose display may have changed, and note for every partner what it should know.

    Where nobody is to be told, nothing is looked at. Raises StoreBusy, StoreUnusable.
    """
    with db.read() as conn:
        again_at, written_at = store.next_look(conn)
        now = db.not_before(written_at)
        if again_at is None or again_at > now:
            return Survey(0, frozenset(), again_at)
        seen = store.to_look_at(conn, now, limit=limit)
        if len(seen) == limit:  # what is new needn't wait for what has piled up
            seen |= store.newest_to_look_at(conn, now, limit=_NEWEST)
        partners = told_partners(conn)
        if not partners:
            return Survey(0, frozenset(), None)
        view = _view(conn, partners, seen, now)
    kept = _keep(db, view)
    with db.read() as conn:
        return Survey(len(kept.done), kept.partners, store.next_look(conn)[0])


def compare_slice(
    db: Database, partner_ids: Collection[int], after: int = 0, *, limit: int = _AT_ONCE
) -> Slice:
    """Compare the EVSEs behind number `after` for these partners, whether or not anything changed.

    Repairs whatever went wrong, tells a new partner everything and one that is resynced
    everything again, and withdraws what has left a partner's reach.
    """
    with db.read() as conn:
        numbers = store.behind(conn, after, limit=limit)
    if not numbers:
        return Slice(None, frozenset(), 0)
    told: set[int] = set()
    repaired, left = 0, set(numbers)
    while left:
        with db.read() as conn:
            now = db.at(conn)
            seen = store.look_ats(conn, left)
            everybody = told_partners(conn)
            asked = [one for one in everybody if one.id in partner_ids]
            if not asked:
                return Slice(None, frozenset(), 0)
            view = _view(conn, asked, seen, now, for_all=len(asked) == len(everybody))
        kept = _keep(db, view)
        told |= kept.partners
        repaired += kept.changed
        left &= seen.keys() - kept.done
    return Slice(numbers[-1] if len(numbers) == limit else None, frozenset(told), repaired)


def latest_told(db: Database) -> datetime | None:
    """The newest instant at which something that partners are told became true: no clock is behind it."""
    with db.read() as conn:
        return store.latest_told(conn)


@dataclass(frozen=True, slots=True)
class _View:
    """What partners should know of some EVSEs, as it was read at one instant."""

    now: datetime
    seen: Mapping[int, datetime | None]  # look_at by EVSE
    partners: Sequence[Partner]
    shared: Mapping[int, Mapping[int, SharedEvse]]  # by partner, by EVSE
    for_all: bool  # partners; for some alone others' next look must not be lost
    unreadable: Mapping[int, datetime | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Kept:
    done: set[int]
    partners: frozenset[int]
    changed: int


def _view(
    conn: Connection,
    partners: Sequence[Partner],
    seen: Mapping[int, datetime | None],
    now: datetime,
    *,
    for_all: bool = True,
) -> _View:
    known = store.known(conn, [one.id for one in partners], seen)
    # A clock that was set back must not take back what was told already (rule 22).
    now = max([now, *(row.wanted_at for row, _ in known.values())])
    try:
        return _View(now, seen, partners, _shared(conn, partners, seen, now), for_all)
    except EvseStatusError:
        raise
    except Exception as error:  # one row that can't be read must not hold back the others
        _LOG.debug("An EVSE can't be shown to partners", exc_info=error)
    theirs: dict[int, dict[int, SharedEvse]] = {one.id: {} for one in partners}
    readable = {}
    for number, look_at in seen.items():
        with contextlib.suppress(Exception):
            for partner_id, some in _shared(conn, partners, [number], now).items():
                theirs[partner_id] |= some
            readable[number] = look_at
    unreadable = {number: at for number, at in seen.items() if number not in readable}
    return _View(now, readable, partners, theirs, for_all, unreadable)


def _shared(
    conn: Connection, partners: Sequence[Partner], numbers: Iterable[int], now: datetime
) -> dict[int, dict[int, SharedEvse]]:
    read = facts(conn, list(numbers), now=now, shown_to=[one.settings for one in partners])
    return {one.id: seen_by(one.settings, read, floor=one.resync_at) for one in partners}


def _keep(db: Database, view: _View) -> _Kept:
    with db.aside() as conn:
        now = db.at(conn)
        current = store.look_ats(conn, {*view.seen, *view.unreadable})
        done = {number for number, at in view.seen.items() if current.get(number) == at}
        unreadable = {n for n, at in view.unreadable.items() if current.get(n) == at}
        there = {one.id for one in kept_partners(conn)}
        partners = [one for one in view.partners if one.id in there]
        known = store.known(conn, [one.id for one in partners], done)
        places = store.known_locations(
            conn,
            [one.id for one in partners],
            {where for _, where in known.values()}
            | {evse.location_id for some in view.shared.values() for evse in some.values()},
        )
        rows: dict[store.Pair, tuple[Known, int]] = {}
        locations: dict[store.Pair, KnownLocation] = {}
        for partner in partners:
            if partner.settings.channel is Channel.HUBJECT:
                shared = view.shared[partner.id]
                rows |= wanted_by_hub(partner, shared, known, done, at=view.now, now=now)
                continue
            mine = _Mine(partner, view, known, places, now)
            mine.compare(done)
            rows |= mine.rows
            locations |= mine.locations
        store.keep_locations(conn, locations, there=places)
        store.keep(conn, rows, there=known)
        put_off = dict.fromkeys(unreadable, now + _UNREADABLE_FOR)
        store.keep_looks(conn, _looks(view, done) | put_off)
    changed = {pair[0] for pair, (row, _) in rows.items() if row.due_at is not None}
    changed |= {pair[0] for pair, row in locations.items() if row.due_at is not None}
    return _Kept(done | unreadable, frozenset(changed), len(rows) + len(locations))


class _Mine:
    """One partner's rows of some EVSEs, compared with what they should be."""

    def __init__(
        self,
        partner: Partner,
        view: _View,
        known: Mapping[store.Pair, tuple[Known, int]],
        places: Mapping[store.Pair, KnownLocation],
        now: datetime,
    ) -> None:
        self._partner, self._view, self._now = partner, view, now
        self._known, self._places = known, places
        self._retell = to_microseconds(partner.resync_at) if partner.resync_at else 0
        self.rows: dict[store.Pair, tuple[Known, int]] = {}
        self.locations: dict[store.Pair, KnownLocation] = {}

    def compare(self, numbers: Iterable[int]) -> None:
        shared = self._view.shared[self._partner.id]
        for number in numbers:
            evse = shared.get(number)
            if evse is None:
                self._withdraw(number)
            else:
                self._want(number, evse)

    def _want(self, number: int, evse: SharedEvse) -> None:
        pair = (self._partner.id, number)
        before, _ = self._known.get(pair, (None, 0))
        if before is None and evse.word == REMOVED:
            return
        wanted = Wanted(
            evse.word,
            evse.published.since,
            self._schedule(evse),
            max(to_microseconds(evse.content_changed_at), self._retell),
        )
        where = self._location(evse)
        after = desired(before, wanted, now=self._now, location_known=where.content_acked != 0)
        if after is not None and after != before:
            self.rows[pair] = (after, evse.location_id)

    def _schedule(self, evse: SharedEvse) -> str:
        if not self._partner.settings.schedule or not evse.published.schedule:
            return ""
        return json.dumps(status_schedule(evse.published.schedule), separators=(",", ":"))

    def _location(self, evse: SharedEvse) -> KnownLocation:
        """The partner's row of a location within its reach."""
        pair = (self._partner.id, evse.location_id)
        before = self.locations.get(pair) or self._places.get(pair)
        content = max(to_microseconds(evse.location_changed_at), self._retell)
        if before is not None and before.content == content:
            return before
        fresh = KnownLocation(content, due_at=self._now)
        if before is not None:
            fresh = replace(fresh, content_acked=before.content_acked)
        self.locations[pair] = fresh
        return fresh

    def _withdraw(self, number: int) -> None:
        """What is beyond its reach, or was taken out of it, is told REMOVED once."""
        pair = (self._partner.id, number)
        if pair not in self._known:
            return
        before, where = self._known[pair]
        wanted = Wanted(REMOVED, self._view.now, "", before.content)
        after = (
            before
            if before.wanted == REMOVED
            else desired(before, wanted, now=self._now, location_known=True)
        )
        if after is not None and after != before:
            self.rows[pair] = (after, where)
        place = self._places.get((self._partner.id, where))
        if place is not None and place.due_at is not None:
            self.locations[self._partner.id, where] = replace(
                place, content=place.content_acked, due_at=None
            )


def _looks(view: _View, done: set[int]) -> dict[int, datetime | None]:
    looks: dict[int, datetime | None] = {}
    for number in done:
        found = [some[number] for some in view.shared.values() if number in some]
        next_at = earlier_end(*(one.published.next_at for one in found))
        if not view.for_all:
            next_at = earlier_end(next_at, view.seen[number])
        if next_at != view.seen[number]:
            looks[number] = next_at
    return looks
