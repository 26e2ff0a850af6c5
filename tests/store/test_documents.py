"""What the history keeps of an override is the override again."""

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from evse_status.core.override import Override
from evse_status.core.statuses import Cause, Source, TemporaryStatus
from evse_status.store.documents import from_document, to_document
from support import at, override

_instant = st.datetimes(datetime(2000, 1, 1), datetime(2100, 12, 31), timezones=st.just(UTC))
_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_override = st.builds(
    Override,
    id=st.integers(1, 2**40),
    evse=st.integers(1, 2**40),
    temporary_status=st.sampled_from(TemporaryStatus),
    requested_from=st.none() | _instant,
    starts_at=_instant,
    valid_to=st.none() | _instant,
    made_at=_instant,
    created_by=_text,
    source=st.sampled_from(Source),
    reason=_text,
    cause=st.none() | st.sampled_from(Cause),
    ticket=_text,
    stands_back=st.booleans(),
    lease_until=st.none() | _instant,
    cleared_at=st.none() | _instant,
    version=st.integers(1, 99),
    batch_id=st.none() | st.integers(1, 99),
    external_ref=_text,
    series_id=st.none() | st.integers(1, 99),
    occurrence_start=st.none() | st.just("2026-10-25T02:30"),
    drains=st.booleans(),
)


@given(_override)
def test_every_override_survives_the_way_through_json(one: Override) -> None:
    assert from_document(json.loads(json.dumps(to_document(one)))) == one


def test_a_document_says_everything_in_plain_words() -> None:
    document = to_document(override(number=42, valid_to=at(1), reason="Cable"))
    assert document == {
        "id": 42,
        "evse": 1,
        "temporary_status": "MAINTENANCE",
        "requested_from": None,
        "starts_at": "2026-10-22T12:00:00+00:00",
        "valid_to": "2026-10-22T13:00:00+00:00",
        "made_at": "2026-10-22T12:00:00+00:00",
        "created_by": "Mette",
        "source": "operator",
        "reason": "Cable",
        "cause": None,
        "ticket": "",
        "stands_back": False,
        "lease_until": None,
        "cleared_at": None,
        "version": 1,
        "batch_id": None,
        "external_ref": "",
        "series_id": None,
        "occurrence_start": None,
        "drains": False,
    }
