"""The demo fills itself once, keeps what the user changed, starts over when asked, on any day of any year."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evse_status.bootstrap import App
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import Phase, TemporaryStatus
from evse_status.demo import prepare_demo, read_network
from evse_status.service.audit import OverrideFilter, list_overrides
from evse_status.service.import_locations import import_locations
from evse_status.service.schedule import clear_overrides
from evse_status.store.upgrade import empty
from support import PROJECT

NETWORK = PROJECT / "data" / "demo-network.json"

Start = Callable[..., tuple[App, bool]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start the demo on a file of its own."""
    made: list[App] = []

    def prepare(*, reset: bool = False) -> tuple[App, bool]:
        url = f"sqlite:///{tmp_path / 'demo.db'}"
        app, placed_now = prepare_demo(NETWORK, database_url=url, reset=reset)
        made.append(app)
        return app, placed_now

    yield prepare
    for app in made:
        app.database.close()


def phases(app: App) -> Counter[Phase]:
    page = list_overrides(app.database, LOCAL, OverrideFilter(), now=app.now(), limit=1)
    return Counter(dict(page.by_phase))


def test_it_fills_itself_once_and_keeps_the_users_changes(start: Start) -> None:
    app, placed_now = start()
    first = phases(app)
    assert placed_now
    assert all(first[phase] for phase in Phase)
    active = OverrideFilter(phase=Phase.ACTIVE)
    [row] = list_overrides(app.database, LOCAL, active, now=app.now(), limit=1).rows
    clear_overrides(app.database, LOCAL, [row.override.id])
    again, placed_again = start()
    assert not placed_again
    assert phases(again) == first + Counter({Phase.CLEARED: 1}) - Counter({Phase.ACTIVE: 1})


def test_a_start_that_was_killed_before_its_overrides_is_finished(start: Start) -> None:
    app, _ = start()
    first = phases(app)
    empty(app.database)
    import_locations(
        app.database, LOCAL, read_network(NETWORK), origin="demo network", complete=True
    )
    assert not sum(phases(app).values())
    again, placed_now = start()
    assert placed_now
    assert phases(again) == first


def test_reset_starts_over(start: Start) -> None:
    app, _ = start()
    before = phases(app)
    active = OverrideFilter(phase=Phase.ACTIVE)
    rows = list_overrides(app.database, LOCAL, active, now=app.now(), limit=100).rows
    clear_overrides(app.database, LOCAL, [row.override.id for row in rows])
    assert not phases(app)[Phase.ACTIVE]
    again, placed_now = start(reset=True)
    assert placed_now
    assert phases(again) == before


def test_it_has_overrides_of_every_kind(start: Start) -> None:
    app, _ = start()
    for status in TemporaryStatus:
        which = OverrideFilter(statuses=(status,))
        assert list_overrides(app.database, LOCAL, which, now=app.now(), limit=1).total
