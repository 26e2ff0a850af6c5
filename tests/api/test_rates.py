"""Calls are counted by the minute, each key for itself."""

from datetime import UTC, datetime, timedelta

from evse_status.api.rates import Rates

START = datetime(2026, 10, 22, 12, 0, 15, tzinfo=UTC)


def test_the_last_allowed_call_is_allowed_and_the_next_is_not() -> None:
    rates = Rates()
    taken = [rates.take("a", 2, now=START) for _ in range(3)]
    assert [one.remaining for one in taken] == [1, 0, 0]
    assert [one.retry_after for one in taken] == [None, None, 45]


def test_each_key_has_its_own_allowance() -> None:
    rates = Rates()
    rates.take("a", 1, now=START)
    assert rates.take("b", 1, now=START).retry_after is None


def test_a_new_minute_starts_over_when_it_was_announced() -> None:
    rates = Rates()
    rates.take("a", 1, now=START)
    refused = rates.take("a", 1, now=START)
    assert refused.retry_after is not None
    later = START + timedelta(seconds=refused.retry_after)
    assert int(later.timestamp()) == refused.resets_at
    assert rates.take("a", 1, now=later).retry_after is None
    assert (
        rates.take("a", 1, now=later - timedelta(seconds=1)).headers()["X-RateLimit-Limit"] == "1"
    )


def test_the_headers_are_spiriis() -> None:
    rates = Rates()
    assert rates.take("a", 1, now=START).headers() == {
        "X-RateLimit-Limit": "1",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": str(int(START.timestamp()) + 45),
    }
    assert rates.take("a", 1, now=START).headers()["Retry-After"] == "45"
