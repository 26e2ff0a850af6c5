"""How do hundreds of listening apps hear of a change, when the store is looked at once for all of them?

One look per process and turn, as long as somebody listens. Apps with the same looks and reach share
what was found; whoever was away is told what differs between its place and the present one, which
those who come from the same place share too. Everything is compared in the store, so nothing here
needs to survive.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from weakref import WeakKeyDictionary

from fastapi.concurrency import run_in_threadpool

from evse_status.api.ending import is_ending
from evse_status.bootstrap import App
from evse_status.channels.driver_app.payload import EventName, event, sign_of_life
from evse_status.core.errors import StoreUnusable
from evse_status.service.app_audience import Audience, Since, audience, edition
from evse_status.service.app_changes import OLDEST_PLACE, Glance, Told, changes, glance
from evse_status.service.driver_apps import apps_and_tokens, streamed
from evse_status.service.known_partners import Partner

SECONDS_BETWEEN_LOOKS = 0.2
SECONDS_BETWEEN_SIGNS = 15.0
LONGEST_SECONDS = 300.0  # then it is taken up again, and who asks is looked at again

_SECONDS_BETWEEN_NOTES = 15.0
_SECONDS_AFTER_TROUBLE = 1.0
_SHORTEST_PAUSE = 0.005
_STEPS_KEPT, _EVENTS_KEPT = 100, 50_000
_PATIENCE_SECONDS = 30.0
_LOG = logging.getLogger("evse_status.api")


@dataclass(frozen=True, slots=True)
class _Step:
    """What was found on the way from one place to the next, by audience; `None`: too much to tell."""

    until: datetime
    told: "dict[str, Sequence[Told]] | None"
    texts: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many events it holds."""
        return sum(len(some) for some in (self.told or {}).values())

    def knows(self, who: Audience) -> bool:
        return self.told is None or who.key in self.told

    def text(self, who: Audience, of: str) -> str:
        """The events for an app of this edition, put together once."""
        if (who.key, of) not in self.texts:
            told = None if self.told is None else self.told[who.key]
            self.texts[who.key, of] = written(told, Since(self.until, of).written())
        return self.texts[who.key, of]


@dataclass(eq=False, slots=True)
class _Listener:
    """Somebody who listens; `idle` while it has been sent everything."""

    app_id: int
    who: Audience
    idle: bool = False


def written(told: Sequence[Told] | None, place: str) -> str:
    """Events as they are sent. The last one alone has the place: who breaks off before gets all again."""
    if told is None:
        return event(EventName.RESET, {})
    if not told:
        return ""
    *others, last = told
    return "".join([*(event(*one) for one in others), event(*last, place=place)])


def too_old(place: Since, of: str, until: datetime) -> bool:
    """Whether what was missed since `place` can't be told to an app of edition `of`."""
    return place.edition != of or not until - OLDEST_PLACE <= place.at <= until


class Broadcast:
    """The one who looks in this process. Everything but the looking happens in one event loop."""

    def __init__(self, parts: App) -> None:
        self._db = parts.database
        self._known: Glance | None = None
        self._apps: dict[int, tuple[Partner, str]] = {}
        self._steps: dict[datetime, _Step] = {}
        self._caught: dict[tuple[str, datetime], asyncio.Future[_Step]] = {}
        self._listeners: set[_Listener] = set()
        self._turn, self._poke = asyncio.Event(), asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._note_at = 0.0
        self._noting: asyncio.Task[None] | None = None

    async def follow(self, app: Partner, digest: str, place: Since | None) -> AsyncIterator[str]:
        """What the app is sent that showed a token of this digest, from `place` or from now on."""
        if is_ending():
            yield "retry: 2000\n\n"
            return
        me = _Listener(app.id, audience(app.settings))
        self._listeners.add(me)
        try:
            async with contextlib.aclosing(self._told(app, digest, place, me)) as texts:
                async for text in texts:
                    yield text
        except (StoreUnusable, TimeoutError) as trouble:
            _LOG.warning("%s is let go and has to listen again: %s", app.name, trouble)
        finally:
            self._listeners.discard(me)

    async def _told(
        self, app: Partner, digest: str, place: Since | None, me: _Listener
    ) -> AsyncGenerator[str, None]:
        loop, mine = asyncio.get_running_loop(), edition(app)
        async with asyncio.timeout(_PATIENCE_SECONDS):
            known = await self._fresh()
        ends = loop.time() + LONGEST_SECONDS
        text, at = "", known.until
        if place is not None:
            text, at = await self._caught_up(me.who, mine, place)
        here = "" if text else f"id: {Since(at, mine).written()}\n"
        yield f"retry: 2000\n{here}event: ready\ndata: {{}}\n\n{text}"
        sent_at = loop.time()
        while self._known is not None and loop.time() < ends:
            turn = self._turn
            current, its_digest = self._apps.get(app.id, (app, ""))
            if its_digest != digest or current.paused:
                return
            if edition(current) != mine:
                mine, me.who = edition(current), audience(current.settings)
                text, at = written(None, ""), self._known.until
            elif at != self._known.until:
                text, at = await self._next(me.who, mine, at)
            else:
                text = ""
            if not text and loop.time() >= sent_at + SECONDS_BETWEEN_SIGNS:
                text = sign_of_life(Since(at, mine).written())
            if text:
                yield text
                sent_at = loop.time()
            elif self._known is not None and at == self._known.until:
                me.idle = True
                until = min(sent_at + SECONDS_BETWEEN_SIGNS, ends)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout_at(until):
                        await turn.wait()
                me.idle = False

    async def _fresh(self) -> Glance:
        """The present place, not older than the newest one in the store: others' places come from there."""
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        newest = await run_in_threadpool(self._db.newest_at)
        self._note_at = 0.0
        while self._known is None or (newest is not None and self._known.until < newest):
            if self._task is None:
                raise StoreUnusable("The database can't be used just now.")
            turn = self._turn
            self._poke.set()
            await turn.wait()
        return self._known

    async def _next(self, who: Audience, of: str, at: datetime) -> tuple[str, datetime]:
        step = self._steps.get(at)
        if step is None or not step.knows(who):
            return await self._caught_up(who, of, Since(at, of))
        return step.text(who, of), step.until

    async def _caught_up(self, who: Audience, of: str, place: Since) -> tuple[str, datetime]:
        """What was missed since `place`, up to the present place."""
        assert self._known is not None
        until = self._known.until
        if too_old(place, of, until):
            return written(None, ""), until
        key = (who.key, place.at)
        found = self._caught.get(key)
        if found is None:
            found = asyncio.ensure_future(self._compared(who, place.at, until))
            self._caught[key] = found
        try:
            step = await asyncio.shield(found)
        except BaseException:
            self._caught.pop(key, None)
            raise
        return step.text(who, of), step.until

    async def _compared(self, who: Audience, after: datetime, until: datetime) -> _Step:
        if after == until:
            return _Step(until, {who.key: ()})
        told = await run_in_threadpool(changes, self._db, [who], after=after, until=until)
        return _Step(until, None if told is None else dict(told))

    async def _run(self) -> None:
        try:
            while self._listeners and not is_ending():
                try:
                    pause = await self._look()
                except StoreUnusable as trouble:
                    _LOG.warning("Listening apps have to wait: %s", trouble)
                    pause = _SECONDS_AFTER_TROUBLE
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._poke.wait()
                self._poke.clear()
        finally:
            # Whoever listens still is let go, and comes again with its place.
            self._known, self._task = None, None
            self._steps.clear()
            self._caught.clear()
            self._wake()

    async def _look(self) -> float:
        """Look once; how many seconds later to look again."""
        before = self._known
        found = await run_in_threadpool(glance, self._db, before)
        if before is None or found.until != before.until:
            self._apps = await run_in_threadpool(apps_and_tokens, self._db)
        if before is not None and found.until > before.until:
            audiences = {one.who.key: one.who for one in self._listeners}
            told = await run_in_threadpool(
                changes, self._db, list(audiences.values()), after=before.until, until=found.until
            )
            step = _Step(found.until, None if told is None else dict(told))
            self._steps[before.until] = step
            self._forget()
        self._known = found
        if before is None or found.until != before.until:
            self._caught.clear()
            self._wake()
        self._note(found.read_at)
        if found.next_at is None:
            return SECONDS_BETWEEN_LOOKS
        seconds = (found.next_at - found.read_at).total_seconds()
        if seconds <= 0:  # somebody keeps the write lock, or nobody may write
            return SECONDS_BETWEEN_LOOKS
        return max(min(SECONDS_BETWEEN_LOOKS, seconds), _SHORTEST_PAUSE)

    def _note(self, at: datetime) -> None:
        """Keep now and then which apps have been sent everything. Nobody waits for that."""
        loop = asyncio.get_running_loop()
        idle = {one.app_id for one in self._listeners if one.idle}
        is_at_it = self._noting is not None and not self._noting.done()
        if idle and not is_at_it and loop.time() >= self._note_at:
            self._note_at = loop.time() + _SECONDS_BETWEEN_NOTES
            self._noting = asyncio.create_task(
                run_in_threadpool(streamed, self._db, idle, until=at)
            )

    def _forget(self) -> None:
        """Drop old steps: those who are that slow are told what differs."""
        events = 0
        for number, (after, step) in enumerate(reversed(list(self._steps.items()))):
            events += step.size
            if number and (number >= _STEPS_KEPT or events > _EVENTS_KEPT):
                del self._steps[after]

    def _wake(self) -> None:
        turn, self._turn = self._turn, asyncio.Event()
        turn.set()


_BY_LOOP: WeakKeyDictionary[asyncio.AbstractEventLoop, Broadcast] = WeakKeyDictionary()


def broadcast(parts: App) -> Broadcast:
    """The one of this event loop."""
    return _BY_LOOP.setdefault(asyncio.get_running_loop(), Broadcast(parts))
