"""Plan: what was shown is what is placed, or it asks again; files, line by line."""

from datetime import timedelta

from streamlit.testing.v1 import AppTest

from evse_status.bootstrap import App
from evse_status.core.override import Override
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.service import audit, schedule
from evse_status.service.audit import OverrideFilter
from evse_status.ui.evse_picker import FILE
from evse_status.ui.plan_repeat import Repeat
from support import BLOCKED, COMMISSIONING, MAINTENANCE, report, wish
from visits import press, texts, visit

GOOD = """evse_id,status,from,to,reason
DK*TST*E1,MAINTENANCE,2099-06-01 22:00,2099-06-02 05:00,Fan
DK*TST*E2,BLOCKED,,2099-06-02 05:00,Crane
"""
BAD = """DK*TST*E77,BLOCKED,,2099-06-02 05:00,Nobody
DK*TST*E3,BROKEN,,2099-06-02 05:00,Word
DK*TST*E3,BLOCKED,2099-03-29 02:30,2099-06-02 05:00,Gap
"""


def stored(product: App) -> list[Override]:
    page = audit.list_overrides(
        product.database, LOCAL, OverrideFilter(), now=product.now(), limit=50
    )
    return sorted((row.override for row in page.rows), key=lambda one: one.id)


def written(page: AppTest) -> str:
    return texts(page).replace("\\", "")


def test_what_came_in_between_is_named_and_asked_about(product: App, evses: dict[str, int]) -> None:
    page = visit("plan", evse=["DK*TST*E1", "DK*TST*E2"])
    schedule.place_overrides(product.database, LOCAL, ["DK*TST*E2"], wish(COMMISSIONING))
    page = press(page, "Place 2 overrides")
    assert not page.exception
    assert len(stored(product)) == 1
    said = written(page)
    assert "Nothing is placed yet: this changed since you were shown it" in said
    assert "Overlaps with other overrides: DK*TST*E2." in said
    assert "Commissioning wins" in said
    page = press(page, "Place 2 overrides all the same")
    assert page.success[0].value == "**2 overrides placed**"
    assert len(stored(product)) == 3


def test_a_session_that_began_in_between_is_asked_about_once(
    product: App, evses: dict[str, int]
) -> None:
    page = visit("plan", evse=["DK*TST*E1", "DK*TST*E2"])
    report(product.database, evses["DK*TST*E1"], ActualStatus.CHARGING)
    page = press(page, "Place 2 overrides")
    assert "Sessions that are running: DK*TST*E1." in written(page)
    report(product.database, evses["DK*TST*E2"], ActualStatus.CHARGING)
    press(page, "Place 2 overrides all the same")
    assert len(stored(product)) == 2


def test_a_page_that_draws_itself_again_says_what_changed_before_the_click(
    product: App, evses: dict[str, int]
) -> None:
    page = visit("plan", evse="DK*TST*E1")
    schedule.place_overrides(product.database, LOCAL, ["DK*TST*E1"], wish(BLOCKED))
    page.run()
    assert "Overlaps with other overrides: DK*TST*E1." in written(page)
    assert "plan-place" not in [one.key for one in page.button]
    page.button_group(key="plan-length").set_value("+4 h").run()
    assert "this changed since" not in written(page)
    press(page, "Place 1 override")
    assert len(stored(product)) == 2


def test_an_altered_form_asks_nothing_and_text_typed_last_is_kept(
    product: App, evses: dict[str, int]
) -> None:
    page = visit("plan", evse="DK*TST*E1")
    page.text_input(key="plan-reason").set_value("Typed last")
    press(page, "Place 1 override")  # both come in one run
    assert [one.reason for one in stored(product)] == ["Typed last"]


def test_what_repeats_asks_again_too(product: App, evses: dict[str, int]) -> None:
    page = visit("plan", evse="DK*TST*E1")
    page.button_group(key="plan-begin").set_value("Tonight 22:00–05:00").run()
    page.selectbox(key="plan-repeat").set_value(Repeat.WEEKS).run()
    schedule.place_overrides(product.database, LOCAL, ["DK*TST*E1"], wish(BLOCKED))
    page = press(page, "Place on 1 EVSE")
    assert "this changed since you were shown it" in written(page)
    page = press(page, "Place on 1 EVSE all the same")
    assert page.success[0].value == "**Repeats on 1 EVSE**"


def by_file(text: str) -> AppTest:
    page = visit("plan")
    page.button_group(key="plan-way").set_value(FILE).run()
    return page.text_area(key="plan-csv-text").set_value(text).run()


def test_a_file_says_which_what_and_when(product: App, evses: dict[str, int]) -> None:
    page = by_file(GOOD)
    assert not page.exception
    assert "2 lines can be placed" in [one.value for one in page.success]
    assert not [one for one in page.button_group if one.key == "plan-status"]
    page = press(page, "Place 2 overrides")
    first, second = stored(product)
    assert (first.temporary_status, first.reason) == (MAINTENANCE, "Fan")
    assert first.starts_at.isoformat() == "2099-06-01T20:00:00+00:00"
    assert (second.temporary_status, second.requested_from) == (TemporaryStatus.BLOCKED, None)
    assert first.batch_id == second.batch_id
    press(page, "Undo")
    assert all(one.is_over(product.now() + timedelta(days=40_000)) for one in stored(product))


def test_bad_lines_are_told_one_by_one_and_the_good_ones_placed(
    product: App, evses: dict[str, int]
) -> None:
    page = by_file(GOOD + BAD)
    said = written(page)
    assert "2 lines can be placed, 3 lines can't: placing leaves them out" in said
    assert "Line 4, evse_id: no EVSE is called 'DK*TST*E77'" in said
    assert "Line 5, status: 'BROKEN' is not known" in said
    assert "2099-03-29T01:59+01:00 or 2099-03-29T03:00+02:00" in said
    press(page, "Place 2 overrides")
    assert len(stored(product)) == 2


def test_a_file_that_is_no_table_is_refused_with_a_sentence(
    product: App, evses: dict[str, int]
) -> None:
    for text in ("nonsense", "evse_id,colour\nDK*TST*E1,red\n", "\x00\x01"):
        page = by_file(text)
        assert not page.exception
        assert page.error
        assert page.button(key="plan-place").disabled
    page = by_file("")
    assert "Choose or paste a file on the left" in written(page)


def test_a_link_to_an_evse_leaves_the_file(product: App, evses: dict[str, int]) -> None:
    page = by_file(GOOD)
    page.query_params["evse"] = ["DK*TST*E3"]
    page.run()
    assert page.button_group(key="plan-way").value == "Location"
    assert "Place 1 override" in [one.label for one in page.button]
