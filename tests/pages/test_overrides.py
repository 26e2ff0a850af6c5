"""The audit list: what needs attention, filters in the address, and many overrides at once."""

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from evse_status.bootstrap import App
from evse_status.core.override import Edit, Override
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import ActualStatus, Phase, TemporaryStatus
from evse_status.service import audit, schedule
from evse_status.service.fleet import FleetFilter, select_evses
from support import (
    BLOCKED,
    MAINTENANCE,
    RESERVED,
    evse_json,
    location_json,
    report,
    take_in,
    wish,
)
from visits import press, texts, visit


def placed(
    product: App, evse: int, status: TemporaryStatus = MAINTENANCE, *, hours: float | None = 4
) -> Override:
    end = None if hours is None else product.now() + timedelta(hours=hours)
    asked = wish(status, valid_to=end, reason=f"{status} of {evse}")
    return schedule.place_overrides(product.database, LOCAL, [evse], asked).done[0]


def latest(product: App, override_id: int) -> Override:
    return audit.override_detail(product.database, LOCAL, override_id, now=product.now()).override


def listed(page: AppTest) -> list[int]:
    """The numbers of the overrides in the table."""
    if not page.dataframe:
        return []
    return [int(link.rpartition("=")[2]) for link in page.dataframe[0].value["No."]]


def choosing(page: AppTest, *overrides: Override) -> AppTest:
    """Tick rows; AppTest can't click into a table."""
    page.session_state["overrides-chosen"] = {one.id: one.version for one in overrides}
    turn = page.session_state.get("overrides-turn", 0)
    page.session_state["overrides-turn"] = turn + 1
    return page.run()


def labels(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def test_an_empty_list_says_what_to_do(product: App) -> None:
    page = visit("overrides")
    assert not page.exception
    assert "There are no active overrides." in texts(page)
    assert "Plan one" in texts(page)


def test_it_opens_on_the_active_ones_with_counts_for_each_phase(
    product: App, evses: dict[str, int]
) -> None:
    active, gone = placed(product, 1), placed(product, 2)
    schedule.clear_overrides(product.database, LOCAL, [gone.id])
    page = visit("overrides")
    assert listed(page) == [active.id]
    written = texts(page)
    assert "1 override on 1 EVSE" in written
    assert "Periods in " in written


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ({"phase": "all"}, [3, 2, 1]),
        ({"phase": "cleared"}, [3]),
        ({"phase": "no such phase"}, [1, 2]),
        ({"status": "BLOCKED"}, [2]),
        ({"status": ["BLOCKED", "MAINTENANCE", "nonsense"]}, [1, 2]),
        ({"q": "maintenance of 1"}, [1]),
        ({"q": "no such thing"}, []),
        ({"city": "Aarhus"}, [1, 2]),
        ({"source": "operator"}, [1, 2]),
        ({"source": "sensor"}, []),
        ({"attention": "shadowed"}, [2]),
        ({"page": "99"}, [1, 2]),
        ({"page": "abc", "rows": "7"}, [1, 2]),
    ],
)
def test_filters_come_from_the_address(
    product: App, evses: dict[str, int], address: dict[str, str], expected: list[int]
) -> None:
    placed(product, 1), placed(product, 1, BLOCKED), placed(product, 2, RESERVED)
    schedule.clear_overrides(product.database, LOCAL, [3])
    page = visit("overrides", **address)
    assert not page.exception
    assert listed(page) == expected


def test_a_filter_that_fits_nothing_says_so(product: App, evses: dict[str, int]) -> None:
    placed(product, 1)
    assert "No override matches these filters." in texts(visit("overrides", q="nothing"))


def test_show_narrows_the_list_and_show_all_widens_it(product: App, evses: dict[str, int]) -> None:
    placed(product, 1), placed(product, 1, BLOCKED)
    faulty = placed(product, 2)
    report(product.database, 2, ActualStatus.OUTOFORDER)
    page = visit("overrides")
    [show] = [one for one in page.button if one.key == "show-hides a fault"]
    page = show.click().run()
    assert listed(page) == [faulty.id]
    assert page.query_params["attention"] == "hides a fault"
    page = press(page, "Show all")
    assert len(listed(page)) == 3
    assert "attention" not in page.query_params


def test_clearing_many_tells_each_and_undo_takes_it_back(
    product: App, evses: dict[str, int]
) -> None:
    one, two, three = placed(product, 1), placed(product, 2), placed(product, 3)
    page = choosing(visit("overrides"), one, three)
    assert "2 selected" in texts(page)
    page = press(page, "Clear 2 now")
    assert listed(page) == [two.id]
    assert "2 overrides cleared" in texts(page)
    assert "selected" not in texts(page)
    page = press(page, "Undo")
    assert len(listed(page)) == 3
    assert latest(product, one.id).phase(product.now()) is Phase.ACTIVE


def test_all_that_match_are_selected_and_cleared_at_once(product: App) -> None:
    take_in(product.database, location_json("L2", *(evse_json(f"9{n:03}") for n in range(120))))
    cards = select_evses(product.database, LOCAL, FleetFilter(search="E9"), now=product.now())
    many = schedule.place_overrides(product.database, LOCAL, [one.id for one in cards], wish()).done
    other = placed(product, 1)
    page = press(visit("overrides", q="E9"), "Select all 120")
    assert "120 selected" in texts(page)
    page = press(page, "Clear 120 now")
    assert "120 overrides cleared" in texts(page)
    assert texts(page).count(": cleared") == 120
    assert listed(page) == []
    assert latest(product, other.id).phase(product.now()) is Phase.ACTIVE
    page = press(page, "Undo")
    assert "Undone for 120 overrides" in texts(page)
    assert latest(product, many[-1].id).phase(product.now()) is Phase.ACTIVE


def test_extending_keeps_the_selection_and_its_new_versions(
    product: App, evses: dict[str, int]
) -> None:
    one, two = placed(product, 1, hours=4), placed(product, 2, hours=8)
    page = press(choosing(visit("overrides"), one, two), "+1 h")
    page = press(page, "+4 h")
    for made in (one, two):
        assert made.valid_to is not None
        assert latest(product, made.id).valid_to == made.valid_to + timedelta(hours=5)


def test_lengths_are_offered_only_if_every_one_has_an_end(
    product: App, evses: dict[str, int]
) -> None:
    timed, endless = placed(product, 1), placed(product, 2, hours=None)
    page = visit("overrides")
    assert "+1 h" in labels(choosing(page, timed))
    mixed = labels(choosing(page, timed, endless))
    assert "+1 h" not in mixed
    assert "Until …" in mixed


def test_there_is_nothing_to_clear_once_they_are_over(product: App, evses: dict[str, int]) -> None:
    gone = placed(product, 1)
    schedule.clear_overrides(product.database, LOCAL, [gone.id])
    page = choosing(visit("overrides", phase="cleared"), latest(product, gone.id))
    assert not [label for label in labels(page) if label.startswith(("Clear", "Until", "+"))]
    assert "nothing to clear or extend" in texts(page)


def test_one_that_somebody_changed_meanwhile_is_refused_and_named(
    product: App, evses: dict[str, int]
) -> None:
    one, two = placed(product, 1), placed(product, 2)
    page = choosing(visit("overrides"), one, two)
    schedule.change_override(product.database, LOCAL, two.id, Edit(ticket="SRV-2"))
    page = press(page, "Clear 2 now")
    written = texts(page)
    assert "1 override cleared, 1 refused" in written
    assert "1 override was changed since you opened it" in written
    assert "none → SRV-2" in written
    assert latest(product, two.id).phase(product.now()) is Phase.ACTIVE
    page = press(page, "Clear it as it is now")
    assert latest(product, two.id).phase(product.now()) is Phase.CLEARED
    press(page, "Undo")
    for made in (one, two):
        assert latest(product, made.id).phase(product.now()) is Phase.ACTIVE


def test_a_new_end_for_many_is_asked_in_a_dialog(product: App, evses: dict[str, int]) -> None:
    one, two = placed(product, 1), placed(product, 2, hours=None)
    page = press(choosing(visit("overrides"), one, two), "Until …")
    press(page, "Set the end")
    ends = {latest(product, made.id).valid_to for made in (one, two)}
    assert len(ends) == 1
    assert None not in ends


def test_deselect_takes_the_bar_away(product: App, evses: dict[str, int]) -> None:
    made = placed(product, 1)
    page = press(choosing(visit("overrides"), made), "Deselect")
    assert "selected" not in texts(page)


def test_hostile_names_are_just_text(product: App, evses: dict[str, int]) -> None:
    asked = wish(reason="<script>alert(1)</script> :red[x] =1+1")
    schedule.place_overrides(product.database, LOCAL, [1], asked)
    page = visit("overrides")
    assert not page.exception
    assert page.dataframe[0].value["Reason"][0] == "<script>alert(1)</script> :red[x] =1+1"
