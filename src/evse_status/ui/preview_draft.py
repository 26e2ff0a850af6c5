"""Which override that isn't placed yet does the address of Preview carry, and which address carries one?"""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from evse_status.core.errors import EvseStatusError
from evse_status.core.override import Wish, place
from evse_status.core.period import read_instant, write_instant
from evse_status.core.statuses import temporary_status
from evse_status.service.fleet import EvseCard
from evse_status.service.look_up import Planned
from evse_status.ui import bundle
from evse_status.ui.picks import picked
from evse_status.ui.refusals import sentence
from evse_status.ui.texts import counted, plain

MOST_IN_ADDRESS = 20
_STATUS, _FROM, _TO = "draft", "draft_from", "draft_to"
_WORDS = (_STATUS, _FROM, _TO)


def draft_of_address(evses: Sequence[EvseCard], *, now: datetime) -> Planned | None:
    """The draft as if it were accepted at `now` on these EVSEs; one that can't be is told and left out."""
    if _STATUS not in st.query_params:
        return None
    try:
        wish = Wish(
            temporary_status(st.query_params[_STATUS], field=_STATUS),
            valid_from=_instant(_FROM),
            valid_to=_instant(_TO),
        )
        place(wish, evse=0, created_by="", now=now)
    except EvseStatusError as error:
        st.error(f"The draft can't be shown. {plain(sentence(error))}", icon=":material/error:")
        return None
    return Planned(wish, now, frozenset(one.id for one in evses))


def draw_draft_line(evses: Sequence[EvseCard]) -> None:
    """Say that a draft is looked at, and the way back to where it is planned."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(
            f"**Draft** :gray[on {counted(len(evses), 'EVSE')}, nothing is stored or sent]",
            width="content",
        )
        st.space("stretch")
        names = [one.evse_id for one in evses] if not picked() else []
        st.page_link(
            bundle.page("plan"),
            label="Back to the plan",
            icon=":material/arrow_back:",
            query_params={"evse": names} if names else None,
            width="content",
        )
        st.button(
            "Leave the draft",
            icon=":material/close:",
            type="tertiary",
            key="preview-no-draft",
            on_click=forget_draft,
        )


def forget_draft() -> None:
    """Look at what is stored alone; a callback."""
    for word in _WORDS:
        st.query_params.pop(word, None)


def draw_preview_link(evses: Sequence[EvseCard], wish: Wish, *, now: datetime) -> None:
    """The link from a plan to what drivers would see of it, before it is placed."""
    st.page_link(
        bundle.page("preview"),
        label="Preview on phones",
        icon=":material/devices:",
        query_params=address_of(evses, wish, now=now),
    )
    if len(evses) > MOST_IN_ADDRESS:
        st.caption(f"Preview shows the first {MOST_IN_ADDRESS} of them.")


def address_of(
    evses: Sequence[EvseCard], wish: Wish, *, now: datetime
) -> dict[str, str | list[str]]:
    """The words in the address of Preview for this wish; a start that lies ahead is looked at."""
    address: dict[str, str | list[str]] = {
        "evse": [one.evse_id for one in evses[:MOST_IN_ADDRESS]],
        _STATUS: wish.temporary_status.value,
    }
    if wish.valid_from is not None and wish.valid_from > now:
        address["at"] = address[_FROM] = write_instant(wish.valid_from)
    if wish.valid_to is not None:
        address[_TO] = write_instant(wish.valid_to)
    return address


def _instant(word: str) -> datetime | None:
    text = st.query_params.get(word)
    return None if not text else read_instant(text, field=word)
