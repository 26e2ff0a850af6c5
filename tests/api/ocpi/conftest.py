"""What tests of our OCPI may ask for."""

from collections.abc import Iterator

import pytest

from evse_status.store.database import Database
from ocpi_wire import Wire, a_wire
from peers import Peer, peer
from support import Hands


@pytest.fixture
def wire(db: Database, hands: Hands, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """Our OCPI on a store with EVSEs `DK*TST*E1` to `E3` at location `L1`."""
    with a_wire(db, hands, monkeypatch) as made:
        yield made


@pytest.fixture
def sqlite_wire(sqlite: Database, hands: Hands, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """The same on SQLite alone, for what doesn't depend on the store."""
    with a_wire(sqlite, hands, monkeypatch) as made:
        yield made


@pytest.fixture
def there() -> Iterator[Peer]:
    """A partner's server."""
    with peer() as made:
        yield made
