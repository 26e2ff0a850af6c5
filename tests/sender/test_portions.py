"""What spoils a push is found by halving, apart from what doesn't; and always comes to an end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evse_status.channels.oicp.client import Answer
from evse_status.core.delivery import Known, Outcome
from evse_status.core.hub import Action
from evse_status.sender.portions import Portions
from evse_status.service.hub_sending import HubItem
from support import NOON

TAKEN = Answer(Outcome.ACKNOWLEDGED, 200, 0)
REFUSED = Answer(Outcome.REFUSED, 200, 18, "018")
UNKNOWN = Answer(Outcome.UNKNOWN, 200, 603, "603")
BROKE = Answer(Outcome.FAILED, 500, may_be_its_own=True)
DOWN = Answer(Outcome.UNREACHED)


def item(number: int, action: Action = Action.UPDATE, **fields: object) -> HubItem:
    known = {"acked": "Unknown", "content_acked": 1, "told_as": str(number), **fields}
    row = Known("Available", NOON, "", 1, tell_as=str(number), **known)  # type: ignore[arg-type]
    return HubItem(number, 1, row, action, str(number))


def numbers(items: list[HubItem]) -> list[int]:
    return [one.evse for one in items]


def test_one_push_does_one_thing() -> None:
    due = [item(1), item(2, Action.DELETE), item(3)]
    portions = Portions(insert_unknown=False)
    assert numbers(portions.choose(due)) == [1, 3]
    assert numbers(portions.choose(due[1:])) == [2]
    assert numbers(portions.choose(due, most=1)) == [1]
    assert portions.choose([]) == []


def test_what_the_hub_has_isn_t_held_back_by_what_it_may_not_have() -> None:
    portions = Portions(insert_unknown=False)
    due = [item(1, content_acked=0), item(2, refused="No."), item(3, attempt=1), item(4)]
    assert numbers(portions.choose(due)) == [4]
    assert numbers(portions.choose(due)) == [1]
    assert numbers(portions.choose(due)) == [4]
    assert numbers(portions.choose(due[1:])) == [2, 3]


def test_halves_are_told_apart_while_others_go_out() -> None:
    portions = Portions(insert_unknown=False)
    due = [item(one) for one in range(4)]
    assert portions.learn(portions.choose(due), REFUSED)
    assert numbers(portions.choose(due)) == [0, 1]
    assert numbers(portions.choose([*due, item(9)])) == [9]
    assert numbers(portions.choose([*due, item(9)])) == [0, 1]
    assert not portions.learn(due[:2], DOWN)  # they stay apart
    assert numbers(portions.choose(due)) == [2, 3]
    assert not portions.learn(due[2:], TAKEN)
    assert numbers(portions.choose([*due[:2], item(9)])) == [9]
    assert numbers(portions.choose([*due[:2], item(9)])) == [0, 1]
    portions.forget()
    assert numbers(portions.choose(due)) == [0, 1, 2, 3]


def test_unknown_ones_are_inserted_together_where_they_may() -> None:
    portions = Portions(insert_unknown=True)
    due = [item(1, content_acked=0), item(2, content_acked=0)]
    assert portions.learn(portions.choose(due), UNKNOWN)
    chosen = portions.choose(due)
    assert {one.action for one in chosen} == {Action.INSERT}
    assert portions.learn(chosen, REFUSED)
    assert {one.action for one in portions.choose(due)} == {Action.UPDATE}


def test_an_insert_that_wasn_t_answered_begins_anew() -> None:
    portions = Portions(insert_unknown=True)
    assert portions.learn([item(1)], UNKNOWN)
    [insert] = portions.choose([item(1)])
    assert not portions.learn([insert], DOWN)
    assert portions.choose([item(1)])[0].action is Action.UPDATE


@pytest.mark.parametrize("insert_unknown", [False, True])
@given(
    kinds=st.lists(st.sampled_from(["good", "bad", "poison", "unknown", "fresh"]), max_size=40),
)
def test_whatever_is_among_them_each_comes_to_its_end(
    insert_unknown: bool, kinds: list[str]
) -> None:
    portions = Portions(insert_unknown=insert_unknown)
    left = {
        number: item(number, content_acked=0 if kind == "fresh" else 1)
        for number, kind in enumerate(kinds)
    }
    has = {number for number, kind in enumerate(kinds) if kind not in ("unknown", "fresh")}
    ends: dict[int, Outcome] = {}
    for _ in range(12 * len(kinds) + 1):
        told = portions.choose(list(left.values()))
        if not told:
            break
        those = {one.evse for one in told}
        if any(kinds[one] == "bad" for one in those):
            answer = REFUSED
        elif any(kinds[one] == "poison" for one in those):
            answer = BROKE
        elif told[0].action is Action.UPDATE and those - has:
            answer = UNKNOWN
        elif told[0].action is Action.INSERT and those & has:
            answer = REFUSED
        else:
            answer = TAKEN
            has |= those
        if not portions.learn(told, answer):
            ends |= dict.fromkeys(those, answer.outcome)
            for one in those:
                del left[one]
    assert not left
    expected = {
        "good": Outcome.ACKNOWLEDGED,
        "bad": Outcome.REFUSED,
        "poison": Outcome.FAILED,
        "unknown": Outcome.ACKNOWLEDGED if insert_unknown else Outcome.UNKNOWN,
        "fresh": Outcome.ACKNOWLEDGED if insert_unknown else Outcome.UNKNOWN,
    }
    assert ends == {number: expected[kind] for number, kind in enumerate(kinds)}


def test_500_at_a_time() -> None:
    due = [item(number) for number in range(700)]
    assert numbers(Portions(insert_unknown=False).choose(due)) == list(range(500))
