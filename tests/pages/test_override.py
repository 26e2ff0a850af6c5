"""One override's page: who, when, why, what drivers see, its whole history, and what can be done."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from evse_status.bootstrap import App
from evse_status.core.local_time import Fold
from evse_status.core.override import Edit, Override
from evse_status.core.principal import LOCAL, Principal, Role
from evse_status.core.statuses import ActualStatus, Cause, Phase, TemporaryStatus
from evse_status.service import audit, schedule
from support import BLOCKED, MAINTENANCE, RESERVED, report, wish
from visits import press, texts, visit


@pytest.fixture
def _server_in_tokyo() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


JONAS = Principal("Jonas", Role.PLANNER)


def placed(
    product: App,
    evse: int,
    status: TemporaryStatus = MAINTENANCE,
    *,
    hours: float | None = 4,
    **fields: Any,
) -> Override:
    end = None if hours is None else product.now() + timedelta(hours=hours)
    result = schedule.place_overrides(
        product.database, LOCAL, [evse], wish(status, valid_to=end, **fields)
    )
    return result.done[0]


def latest(product: App, override_id: int) -> Override:
    return audit.override_detail(product.database, LOCAL, override_id, now=product.now()).override


def test_it_shows_who_why_and_what_each_channel_shows(product: App, evses: dict[str, int]) -> None:
    made = placed(product, 1, reason="Cable *swap* <b>", cause=Cause.FAULT, ticket="SRV-1")
    page = visit("override", id=str(made.id))
    assert not page.exception
    written = texts(page)
    assert f"Override {made.id}" in written
    assert "DK\\*TST\\*E1" in written
    assert "Cable *swap* &lt;b&gt;" in written
    for word in ("SRV-1", "fault", "local · operator", "Out of Service", "INOPERATIVE"):
        assert word in written


def test_the_history_has_every_field_before_and_after(product: App, evses: dict[str, int]) -> None:
    made = placed(product, 1, reason="Cable")
    schedule.change_override(
        product.database, JONAS, made.id, Edit(reason="Plug", ticket="SRV-2"), why="Wrong word"
    )
    written = texts(visit("override", id=str(made.id)))
    assert "**Changed** by Jonas" in written
    assert "**Created** by local" in written
    assert "Wrong word" in written
    assert "Cable → Plug" in written
    assert "none → SRV-2" in written


def test_beaten_ones_say_by_which_rule(product: App, evses: dict[str, int]) -> None:
    beaten = placed(product, 1, BLOCKED)
    winner = placed(product, 1, MAINTENANCE)
    page = visit("override", id=str(beaten.id))
    assert "Maintenance outranks Blocked" in texts(page)
    page = press(page, f"Open \\#{winner.id}")
    assert page.query_params["id"] == str(winner.id)
    assert f"Beats Blocked \\#{beaten.id}" in texts(page)


@pytest.mark.parametrize("asked", ["999", "0", "-1", "9" * 40, "abc", "<script>"])
def test_an_unknown_id_is_one_sentence_and_a_way_back(product: App, asked: str) -> None:
    page = visit("override", id=asked)
    assert not page.exception
    assert "**There is no override" in texts(page)
    assert [getattr(link, "label", "") for link in page.get("page_link")] == [
        "All overrides",
        "Look for it among all overrides",
    ]


def test_an_address_without_an_id_says_so(product: App) -> None:
    assert "names no override" in texts(visit("override"))


def test_clearing_ends_it_and_undo_takes_that_back(product: App, evses: dict[str, int]) -> None:
    made = placed(product, 1)
    page = press(visit("override", id=str(made.id)), "Clear now")
    assert latest(product, made.id).phase(product.now()) is Phase.CLEARED
    assert "1 override cleared" in texts(page)
    assert "Clear now" not in [button.label for button in page.button]
    page = press(page, "Undo")
    assert latest(product, made.id).phase(product.now()) is Phase.ACTIVE
    assert "Undone for 1 override" in texts(page)


def test_extending_counts_from_the_planned_end(product: App, evses: dict[str, int]) -> None:
    made = placed(product, 1, hours=4)
    press(visit("override", id=str(made.id)), "+4 h")
    assert made.valid_to is not None
    assert latest(product, made.id).valid_to == made.valid_to + timedelta(hours=4)


def test_open_ended_ones_offer_no_length_to_extend_by(product: App, evses: dict[str, int]) -> None:
    made = placed(product, 1, hours=None)
    labels = [button.label for button in visit("override", id=str(made.id)).button]
    assert "+1 h" not in labels
    assert "Until …" in labels


def test_clearing_a_version_that_is_no_longer_the_latest_is_refused(
    product: App, evses: dict[str, int]
) -> None:
    made = placed(product, 1)
    page = visit("override", id=str(made.id))
    schedule.change_override(product.database, JONAS, made.id, Edit(ticket="SRV-2"))
    page = press(page, "Clear now")
    assert latest(product, made.id).phase(product.now()) is Phase.ACTIVE
    assert "changed** by Jonas" in texts(page)
    assert "none → SRV-2" in texts(page)
    page = press(page, "Clear it as it is now")
    assert latest(product, made.id).phase(product.now()) is Phase.CLEARED
    page = press(page, "Undo")
    undone = latest(product, made.id)
    assert (undone.phase(product.now()), undone.ticket) == (Phase.ACTIVE, "SRV-2")


def test_a_change_names_its_fields_and_its_reason(product: App, evses: dict[str, int]) -> None:
    made = placed(product, 1, reason="Cable")
    page = press(visit("override", id=str(made.id)), "Change")
    page.text_area[0].input("Plug").run()
    page.pills[0].set_value(RESERVED).run()
    [why] = [one for one in page.text_input if one.label.startswith("Why")]
    why.input("Wrong word").run()
    page = press(page, "Save")
    changed = latest(product, made.id)
    assert (changed.reason, changed.temporary_status) == ("Plug", RESERVED)
    assert (changed.valid_to, changed.ticket) == (made.valid_to, "")
    assert "Wrong word" in texts(page)
    page = press(page, "Undo")
    undone = latest(product, made.id)
    assert (undone.reason, undone.temporary_status) == (made.reason, made.temporary_status)
    assert f"Override \\#{made.id} is as before" in texts(page)


def test_a_change_that_somebody_touched_since_is_not_undone(
    product: App, evses: dict[str, int]
) -> None:
    made = placed(product, 1, reason="Cable")
    page = press(visit("override", id=str(made.id)), "Change")
    page.text_area[0].input("Plug").run()
    page = press(page, "Save")
    schedule.change_override(product.database, JONAS, made.id, Edit(reason="Theirs"))
    page = press(page, "Undo")
    assert latest(product, made.id).reason == "Theirs"
    assert "Jonas changed it" in texts(page)


def test_a_stale_change_tells_what_is_new_and_keeps_what_was_typed(
    product: App, evses: dict[str, int]
) -> None:
    made = placed(product, 1, reason="Cable")
    page = press(visit("override", id=str(made.id)), "Change")
    [ticket] = [one for one in page.text_input if one.label == "Ticket"]
    ticket.input("SRV-MINE").run()
    schedule.change_override(product.database, JONAS, made.id, Edit(reason="Theirs"))
    page = press(page, "Save")
    written = texts(page)
    assert "changed since you opened it" in page.warning[0].value
    assert "**Changed** by Jonas" in written
    assert "Cable → Theirs" in written
    assert "SRV-MINE" in written
    assert page.text_area[0].value == "Theirs"
    assert latest(product, made.id).ticket == ""
    press(page, "Save")
    changed = latest(product, made.id)
    assert (changed.ticket, changed.reason) == ("SRV-MINE", "Theirs")


def test_a_stale_change_can_be_dropped_for_the_new_state(
    product: App, evses: dict[str, int]
) -> None:
    made = placed(product, 1, reason="Cable")
    page = press(visit("override", id=str(made.id)), "Change")
    page.text_area[0].input("Mine").run()
    schedule.change_override(product.database, JONAS, made.id, Edit(reason="Theirs"))
    page = press(press(page, "Save"), "Take the new state, drop mine")
    assert page.text_area[0].value == "Theirs"
    assert not page.warning
    page = press(page, "Save")
    assert page.info[0].value == "Nothing is changed yet."
    assert latest(product, made.id).reason == "Theirs"


@pytest.mark.usefixtures("_server_in_tokyo")
@pytest.mark.parametrize(
    ("begins", "clock", "fold"),
    [
        (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "02:30 (UTC+2)", Fold.FIRST),
        (datetime(2027, 10, 31, 1, 30, 7, 123_456, tzinfo=UTC), "02:30 (UTC+1)", Fold.SECOND),
    ],
    ids=["first", "second"],
)
def test_a_repeated_hour_is_listed_and_edited_as_it_was_typed(
    product: App,
    evses: dict[str, int],
    begins: datetime,
    clock: str,
    fold: Fold,
) -> None:
    """Store, list, edit, save: with the site, who looks and the server in three zones."""
    made = placed(product, 1, hours=None, valid_from=begins)
    shown = visit("overrides", phase="upcoming", zone="America/New_York")
    assert f"31 Oct 2027 {clock}" in shown.dataframe[0].value["At the site"][0]
    assert "Periods in America/New\\_York" in texts(shown)
    page = visit("override", id=str(made.id), zone="America/New_York")
    assert "Times in America/New\\_York" in texts(page)
    page = press(page, "Change")
    [start] = [one for one in page.datetime_input if one.label == "From (Europe/Copenhagen)"]
    assert start.value == datetime(2027, 10, 31, 2, 30)
    [which] = page.radio
    assert which.value is fold
    page = press(page, "Save")
    assert page.info[0].value == "Nothing is changed yet."
    page.text_area[0].input("Plug").run()
    press(page, "Save")
    saved = latest(product, made.id)
    assert (saved.starts_at, saved.requested_from, saved.reason) == (begins, begins, "Plug")


def test_once_it_is_over_only_reason_and_cause_may_change(
    product: App, evses: dict[str, int]
) -> None:
    made = placed(product, 1, reason="Cable")
    schedule.clear_overrides(product.database, LOCAL, [made.id])
    page = press(visit("override", id=str(made.id)), "Change reason")
    assert not page.pills
    assert [one.label for one in page.text_area] == ["Reason"]
    page.text_area[0].input("Plug").run()
    press(page, "Save")
    assert latest(product, made.id).reason == "Plug"


def test_nothing_typed_is_said_and_changes_nothing(product: App, evses: dict[str, int]) -> None:
    made = placed(product, 1)
    page = press(press(visit("override", id=str(made.id)), "Change"), "Save")
    assert page.info[0].value == "Nothing is changed yet."
    assert latest(product, made.id).version == made.version


def test_a_new_end_is_set_for_one_without_an_end(product: App, evses: dict[str, int]) -> None:
    made = placed(product, 1, hours=None)
    page = press(visit("override", id=str(made.id)), "Until …")
    press(page, "Set the end")
    valid_to = latest(product, made.id).valid_to
    assert valid_to is not None
    assert valid_to > product.now()


def test_one_that_drains_says_what_it_waits_for(product: App, evses: dict[str, int]) -> None:
    report(product.database, 1, ActualStatus.CHARGING)
    latest_start = product.now() + timedelta(hours=3)
    made = placed(product, 1, hours=8, drain_until=latest_start)
    page = visit("override", id=str(made.id))
    written = texts(page)
    assert "when charging ends, at the latest " in written
    assert "Waits for the session that is running to end" in written
    assert "drivers can still begin another one" in written
    assert visit("overrides", phase="upcoming").dataframe[0].value["Starts in"][0] == (
        "after session"
    )
