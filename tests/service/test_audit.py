"""The audit list finds, counts and explains every override; what needs attention is named with its reason."""

from dataclasses import replace
from datetime import timedelta

import pytest

from evse_status.core.errors import UnknownOverride
from evse_status.core.override import Edit
from evse_status.core.principal import LOCAL, Principal, Role
from evse_status.core.statuses import ActualStatus, Cause, Phase, Source
from evse_status.core.translation import words
from evse_status.service.audit import (
    Attention,
    HistoryLine,
    OverrideFilter,
    attention_cards,
    list_overrides,
    override_detail,
)
from evse_status.service.schedule import (
    change_override,
    clear_overrides,
    extend_overrides,
    place_overrides,
)
from evse_status.store.database import Database
from support import (
    BLOCKED,
    MAINTENANCE,
    RESERVED,
    Hands,
    Site,
    a_site,
    at,
    evse_json,
    hours,
    location_json,
    placed,
    report,
    take_in,
    wish,
)

METTE = Principal("Mette Ærø", Role.PLANNER)
SVEA = Principal("Svea", Role.VIEWER, countries=frozenset({"SE"}))


@pytest.fixture
def site(db: Database, hands: Hands) -> Site:
    return a_site(db, hands, 4)


def found(site: Site, **conditions: object) -> list[int]:
    which = OverrideFilter(**conditions)  # type: ignore[arg-type]
    page = list_overrides(site.db, LOCAL, which, now=site.now(), limit=50)
    assert page.total == len(page.rows)
    return [row.override.id for row in page.rows]


def attention_of(site: Site, number: int) -> tuple[Attention, ...]:
    return override_detail(site.db, LOCAL, number, now=site.now()).attention


def test_every_phase_is_listed_and_counted(site: Site, hands: Hands) -> None:
    ended = placed(site, valid_to=at(1))
    cleared = placed(site, "DK*TST*E2")
    active = placed(site, "DK*TST*E1", BLOCKED)
    upcoming = placed(site, "DK*TST*E3", valid_from=at(9), valid_to=at(10))
    clear_overrides(site.db, LOCAL, [cleared.id])
    hands.forward(hours=2)
    page = list_overrides(site.db, LOCAL, OverrideFilter(), now=site.now(), limit=9)
    assert [row.phase for row in page.rows] == [
        Phase.UPCOMING,
        Phase.ACTIVE,
        Phase.CLEARED,
        Phase.ENDED,
    ]
    assert (page.total, page.evses) == (4, 3)
    assert page.by_phase == dict.fromkeys(Phase, 1)
    for phase, one in zip(Phase, (upcoming, active, ended, cleared), strict=True):
        assert found(site, phase=phase) == [one.id]
        only = list_overrides(site.db, LOCAL, OverrideFilter(phase=phase), now=site.now(), limit=9)
        assert only.by_phase == page.by_phase


def test_active_and_upcoming_are_in_order_of_start_and_over_ones_newest_first(
    site: Site, hands: Hands
) -> None:
    planned = [placed(site, valid_from=at(n), valid_to=at(n + 0.5)).id for n in (3, 1, 2)]
    assert found(site, phase=Phase.UPCOMING) == [planned[1], planned[2], planned[0]]
    hands.forward(hours=9)
    assert found(site, phase=Phase.ENDED) == [planned[0], planned[2], planned[1]]


def test_conditions_narrow_the_list(site: Site) -> None:
    cable = replace(wish(reason="Cable swap", cause=Cause.FAULT, ticket="SRV-1"))
    [first] = place_overrides(site.db, METTE, ["DK*TST*E1"], cable).done
    second = placed(site, "DK*TST*E2", RESERVED, source=Source.BOOKING, reason="100%_sure")
    umlaut = placed(site, "DK*TST*E3", BLOCKED, reason="ÆBLE i Straße")
    assert found(site, statuses=(MAINTENANCE, BLOCKED)) == [umlaut.id, first.id]
    assert found(site, sources=(Source.BOOKING,)) == [second.id]
    assert found(site, cities=("Aarhus",)) == [umlaut.id, second.id, first.id]
    assert found(site, cities=("Odense",)) == []
    assert found(site, evse=second.evse) == [second.id]
    for search, expected in {
        "cable": [first.id],
        "CABLE swap": [first.id],
        "srv-1": [first.id],
        "mette": [first.id],
        "ærø": [first.id],
        "æble": [umlaut.id],
        "STRASSE": [],
        "straße": [umlaut.id],
        "dktste2": [second.id],
        "havnegade": [umlaut.id, second.id, first.id],
        "100%_": [second.id],
        "0%_S": [second.id],
        "%": [second.id],
        "e2 sure": [second.id],
        "e2 cable": [],
    }.items():
        assert found(site, search=search) == expected, search


def test_case_25_pages_are_total_and_stable_while_others_are_made(site: Site) -> None:
    made = [placed(site, valid_from=at(5), valid_to=at(6)).id for _ in range(12)]
    which = OverrideFilter(phase=Phase.UPCOMING)
    seen: list[int] = []
    for offset in range(0, 12, 4):
        page = list_overrides(site.db, LOCAL, which, now=site.now(), limit=4, offset=offset)
        seen += [row.override.id for row in page.rows]
        placed(site, valid_from=at(7), valid_to=at(8))
    assert seen == made


def test_rule_15_overrides_outside_the_area_are_not_there(site: Site) -> None:
    made = placed(site)
    page = list_overrides(site.db, SVEA, OverrideFilter(), now=site.now(), limit=9)
    assert (page.total, page.evses, page.rows) == (0, 0, ())
    assert page.by_phase == dict.fromkeys(Phase, 0)
    assert {card.count for card in attention_cards(site.db, SVEA, now=site.now())} == {0}
    with pytest.raises(UnknownOverride):
        override_detail(site.db, SVEA, made.id, now=site.now())
    with pytest.raises(UnknownOverride):
        override_detail(site.db, LOCAL, 999, now=site.now())


def test_attention_an_open_end_is_old_after_14_days(site: Site, hands: Hands) -> None:
    made = placed(site)
    placed(site, "DK*TST*E2", valid_to=at(24 * 90))
    hands.shows = made.starts_at + timedelta(days=14) - timedelta(microseconds=1)
    assert attention_of(site, made.id) == ()
    hands.forward(microseconds=1)
    assert attention_of(site, made.id) == (Attention.OLD,)
    assert found(site, attention=Attention.OLD) == [made.id]


def test_attention_an_end_within_the_hour(site: Site, hands: Hands) -> None:
    made = placed(site, valid_to=at(5))
    hands.shows = at(4) - timedelta(microseconds=1)
    assert attention_of(site, made.id) == ()
    hands.shows = at(4)
    assert attention_of(site, made.id) == (Attention.ENDS_SOON,)
    hands.shows = at(5)
    assert attention_of(site, made.id) == ()


def test_attention_of_what_is_shadowed_stands_back_or_hides(site: Site, hands: Hands) -> None:
    shadowed = placed(site, "DK*TST*E1", BLOCKED)
    charging = placed(site, "DK*TST*E1", MAINTENANCE)
    backing = placed(site, "DK*TST*E2", BLOCKED, source=Source.SENSOR)
    hiding = placed(site, "DK*TST*E3", RESERVED)
    report(site.db, site.numbers["DK*TST*E1"], ActualStatus.CHARGING)
    report(site.db, site.numbers["DK*TST*E2"], ActualStatus.CHARGING)
    report(site.db, site.numbers["DK*TST*E3"], ActualStatus.OUTOFORDER)
    assert attention_of(site, shadowed.id) == (Attention.SHADOWED,)
    assert attention_of(site, charging.id) == (Attention.CHARGING,)
    assert attention_of(site, backing.id) == (Attention.STANDS_BACK,)
    assert attention_of(site, hiding.id) == (Attention.HIDES_FAULT,)
    for attention, one in (
        (Attention.SHADOWED, shadowed),
        (Attention.STANDS_BACK, backing),
        (Attention.HIDES_FAULT, hiding),
        (Attention.CHARGING, charging),
    ):
        assert found(site, attention=attention) == [one.id]
    cards = {card.attention: card for card in attention_cards(site.db, LOCAL, now=site.now())}
    assert {attention: card.count for attention, card in cards.items()} == {
        Attention.OLD: 0,
        Attention.ENDS_SOON: 0,
        Attention.SHADOWED: 1,
        Attention.HIDES_FAULT: 1,
        Attention.CHARGING: 1,
    }
    assert cards[Attention.OLD].first is None


def test_the_most_pressing_one_is_on_the_card(site: Site, hands: Hands) -> None:
    placed(site, "DK*TST*E1", valid_to=at(2))
    sooner = placed(site, "DK*TST*E2", valid_to=at(1.5))
    hands.forward(hours=1)
    [card] = [
        one
        for one in attention_cards(site.db, LOCAL, now=site.now())
        if one.attention is Attention.ENDS_SOON
    ]
    assert card.count == 2
    assert card.first is not None
    assert card.first.override == sooner


def test_rows_say_what_beats_what(site: Site) -> None:
    lower = placed(site, status=BLOCKED)
    higher = placed(site, status=MAINTENANCE)
    page = list_overrides(site.db, LOCAL, OverrideFilter(), now=site.now(), limit=9)
    rows = {row.override.id: row for row in page.rows}
    assert (rows[higher.id].beats, rows[higher.id].beaten_by) == ((BLOCKED,), None)
    assert (rows[lower.id].beats, rows[lower.id].beaten_by) == ((), MAINTENANCE)


def test_the_detail_of_a_winner_and_of_what_it_beats(site: Site) -> None:
    lower = placed(site, status=BLOCKED)
    higher = placed(site, status=MAINTENANCE)
    detail = override_detail(site.db, LOCAL, higher.id, now=site.now())
    assert (detail.beats, detail.beaten_by, detail.because) == ((lower,), None, "")
    assert (detail.words, detail.while_it_holds) == (words(MAINTENANCE), words(MAINTENANCE))
    beaten = override_detail(site.db, LOCAL, lower.id, now=site.now())
    assert (beaten.beats, beaten.beaten_by) == ((), higher)
    assert beaten.because == "MAINTENANCE outranks BLOCKED"
    assert (beaten.words, beaten.while_it_holds) == (words(MAINTENANCE), words(BLOCKED))


def test_the_detail_of_one_that_stands_back_names_no_winner(site: Site) -> None:
    made = placed(site, status=BLOCKED, source=Source.SENSOR)
    report(site.db, made.evse, ActualStatus.CHARGING)
    detail = override_detail(site.db, LOCAL, made.id, now=site.now())
    assert detail.because == "BLOCKED stands back while the charger reports CHARGING"
    assert (detail.beats, detail.beaten_by) == ((), None)
    assert detail.words == words(ActualStatus.CHARGING)


def test_an_upcoming_one_neither_beats_nor_is_beaten(site: Site) -> None:
    placed(site, status=MAINTENANCE)
    upcoming = placed(site, status=BLOCKED, valid_from=at(3), valid_to=at(4))
    detail = override_detail(site.db, LOCAL, upcoming.id, now=site.now())
    assert (detail.phase, detail.beats, detail.beaten_by, detail.because) == (
        Phase.UPCOMING,
        (),
        None,
        "",
    )


def test_rule_11_the_history_says_who_when_why_before_and_after(site: Site, hands: Hands) -> None:
    [made] = place_overrides(
        site.db, METTE, ["DK*TST*E1"], wish(valid_to=at(2), reason="Cable", cause=Cause.FAULT)
    ).done
    placed_at = made.made_at
    hands.forward(minutes=10)
    extended = extend_overrides(site.db, LOCAL, [made.id], by=hours(1), why="Takes longer")
    changed_at = site.now()
    hands.forward(minutes=10)
    change_override(site.db, METTE, made.id, Edit(reason="", temporary_status=BLOCKED))
    hands.forward(minutes=10)
    cleared = clear_overrides(site.db, LOCAL, [made.id])
    detail = override_detail(site.db, LOCAL, made.id, now=site.now())
    assert detail.history == (
        HistoryLine(
            at=placed_at,
            by="Mette Ærø",
            what="created",
            why="",
            version=1,
            batch_id=made.batch_id,
            fields=(
                ("status", "", "MAINTENANCE"),
                ("start", "", "2026-10-22T12:01:00Z"),
                ("end", "", "2026-10-22T14:00:00Z"),
                ("reason", "", "Cable"),
                ("cause", "", "fault"),
            ),
        ),
        HistoryLine(
            at=changed_at,
            by="local",
            what="changed",
            why="Takes longer",
            version=2,
            batch_id=extended.batch_id,
            fields=(("end", "2026-10-22T14:00:00Z", "2026-10-22T15:00:00Z"),),
        ),
        HistoryLine(
            at=changed_at + timedelta(minutes=10),
            by="Mette Ærø",
            what="changed",
            why="",
            version=3,
            batch_id=None,
            fields=(("status", "MAINTENANCE", "BLOCKED"), ("reason", "Cable", "")),
        ),
        HistoryLine(
            at=changed_at + timedelta(minutes=20),
            by="local",
            what="cleared",
            why="",
            version=4,
            batch_id=cleared.batch_id,
            fields=(("cleared", "", "2026-10-22T12:31:00Z"),),
        ),
    )
    assert detail.held == (
        (placed_at, changed_at + timedelta(minutes=10)),
        (changed_at + timedelta(minutes=10), changed_at + timedelta(minutes=20)),
    )


def test_the_history_of_a_swapped_charger_names_both_evses(site: Site) -> None:
    made = placed(site)
    take_in(
        site.db,
        location_json("L1", evse_json("9", "DK*TST*E1"), *(evse_json(n) for n in "234")),
    )
    detail = override_detail(site.db, LOCAL, made.id, now=site.now())
    assert [line.what for line in detail.history] == ["created", "moved"]
    assert detail.history[1].fields == (("EVSE", str(made.evse), str(detail.evse.id)),)
    assert detail.evse.uid == "9"


def test_a_script_is_text_like_any_other(db: Database, hands: Hands) -> None:
    script = "<script>alert(1)</script>"
    take_in(db, location_json("L1", evse_json("1"), name=script))
    hands.forward(minutes=1)
    site = Site(db, hands, {"DK*TST*E1": 1})
    made = placed(site, reason=script, ticket=script)
    assert found(site, search=script) == [made.id]
    [row] = list_overrides(db, LOCAL, OverrideFilter(), now=site.now(), limit=1).rows
    assert (row.evse.location_name, row.override.reason) == (script, script)
