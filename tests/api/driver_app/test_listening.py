"""Real processes: many listen, each in its own words; whoever was cut off goes on where it was."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from api.driver_app.conftest import CHANGES, EVSES
from api.servers import OVERRIDES, Server, furnish, serving
from apps import Event, add_app, app_settings, events_in
from evse_status.bootstrap import App, open_app
from evse_status.core.principal import LOCAL
from evse_status.service.driver_apps import app_lines
from evse_status.service.partners import edit_partner, find_partner, pause_partner, remove_partner
from evse_status.service.vault import Vault
from examples.test_examples import until
from support import token as secret


@dataclass(eq=False)
class Ear:
    """An app that listens in a thread; `events` are those that came, signs of life left out."""

    url: str
    token: str
    place: str = ""
    events: list[Event] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    status: int = 0

    def listen(self) -> None:
        headers = {"Authorization": f"Bearer {self.token}"}
        headers |= {"Last-Event-ID": self.place} if self.place else {}
        text = ""
        try:
            with httpx.stream("GET", self.url + CHANGES, headers=headers, timeout=60) as stream:
                self.status = stream.status_code
                for chunk in stream.iter_text():
                    *blocks, text = (text + chunk).split("\n\n")
                    for one in (one for block in blocks for one in events_in(block)):
                        self.place = one.id or self.place
                        self.events += [one] if one.name else []
        except httpx.TransportError:
            pass  # the server was killed
        finally:
            self.ended.set()

    def labels(self) -> list[tuple[str, str]]:
        return [(one.data["evseId"], one.data["label"]) for one in self.events if one.data]

    def names(self) -> list[str]:
        return [one.name for one in self.events]


@contextmanager
def ears(*some: Ear) -> Iterator[None]:
    """Have them listen, all of them ready."""
    threads = [threading.Thread(target=one.listen, daemon=True) for one in some]
    for thread in threads:
        thread.start()
    until(lambda: all(one.events or one.ended.is_set() for one in some))
    yield


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """A furnished store."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    furnish(url)
    opened = open_app(url)
    yield opened
    opened.database.close()


def block(server: Server, evse: str, **more: str) -> int:
    with server.client() as client:
        body = {"evseId": evse, "temporaryStatus": "BLOCKED"} | more
        answer = client.post(OVERRIDES, json=body)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])


def test_each_hears_its_own_words_until_it_is_let_go(app: App) -> None:
    db = app.database
    made = [add_app(db, "Spirii Go", "spirii-2025"), add_app(db, "Unbranded"), add_app(db, "Third")]
    tokens = [one.token or "" for one in made]
    token = secret(db)
    with serving(str(db.url), token) as server:
        first, second, third = (Ear(server.url, one) for one in tokens)
        twin = Ear(server.url, tokens[0])
        with ears(first, second, third, twin):
            block(server, "DK*TST*E1")
            everybody = {first: "Blocked", twin: "Blocked", second: "Occupied", third: "Occupied"}
            until(lambda: all(len(ear.events) > 1 for ear in everybody))
            for ear, label in everybody.items():
                assert ear.labels() == [("DK*TST*E1", label)]
            until(lambda: [one.listens for one in app_lines(db, now=app.now())] == [True] * 3)
            pause_partner(db, LOCAL, made[1].partner.id, paused=True)
            remove_partner(db, LOCAL, made[2].partner.id)
            until(lambda: second.ended.is_set() and third.ended.is_set())
            for ear, status in ((second, 403), (third, 401)):
                again = Ear(server.url, ear.token, ear.place)
                again.listen()
                assert again.status == status
            before = find_partner(db, LOCAL, "Spirii Go")
            edit_partner(
                db, LOCAL, before.id, app_settings(), version=before.version, vault=Vault("")
            )
            until(lambda: first.names() == ["ready", "change", "reset"])
            block(server, "DK*TST*E2")
            until(lambda: len(first.events) == 4)
            assert first.labels()[-1] == ("DK*TST*E2", "Occupied")
            assert first.events == twin.events


def test_cut_off_by_kill_minus_nine_it_goes_on_at_any_process(app: App) -> None:
    db = app.database
    shown = add_app(db, "Spirii Go", "spirii-2025").token or ""
    token = secret(db)
    url = str(db.url)
    with serving(url, token) as one, serving(url, token) as other:
        ear = Ear(one.url, shown)
        with ears(ear):
            block(other, "DK*TST*E1")  # heard of through the store alone
            until(lambda: len(ear.events) == 2)
            one.kill()
            assert ear.ended.wait(20)
        number = block(other, "DK*TST*E2")
        block(other, "DK*TST*E3")
        with other.client() as client:
            client.delete(f"{OVERRIDES}/{number}")
        elsewhere = Ear(other.url, shown, ear.place)
        with ears(elsewhere):
            # each once, as it is now; what it knew isn't told again
            until(lambda: len(elsewhere.events) == 3)
            assert sorted(elsewhere.labels()) == [
                ("DK*TST*E2", "Available"),
                ("DK*TST*E3", "Blocked"),
            ]
    with serving(url, token) as restarted:
        last = Ear(restarted.url, shown, elsewhere.place)
        with ears(last):
            assert last.names() == ["ready"]
            block(restarted, "DK*TST*E4")
            until(lambda: len(last.events) == 2)
        with httpx.Client(headers={"Authorization": f"Bearer {shown}"}) as client:
            told = client.get(restarted.url + EVSES, params={"locationId": "L1"}).json()["data"]
        known = {one["evseId"]: one["label"] for one in told}
        heard = dict(ear.labels() + elsewhere.labels() + last.labels())
        assert known == {"DK*TST*E5": "Available"} | heard
