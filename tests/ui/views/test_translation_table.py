"""The whole translation equals the tables of design.md, in every profile, on the page and as CSV."""

import csv
import io

import pytest

from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.core.translation import PROFILES, AppLook, Channel, Profile, branded, words
from evse_status.ui.translation_table import table
from evse_status.ui.views.translation_table import translation_csv, translation_lines

EVERY = [*TemporaryStatus, *ActualStatus]
WICKED = branded(
    "=1+1", PROFILES["default"], {TemporaryStatus.BLOCKED: AppLook("<b>@no</b>", "#FFFF00")}
)


@pytest.mark.parametrize("profile", [*PROFILES.values(), WICKED], ids=lambda one: one.name)
def test_every_status_has_every_channels_word(profile: Profile) -> None:
    lines = translation_lines(profile)
    assert [(line.kind == "temporary", line.status) for line in lines] == [
        (isinstance(status, TemporaryStatus), status) for status in EVERY
    ]
    for line in lines:
        told = words(line.status, profile)
        absent = ["not shown", "record deleted", "not shown"]
        assert [cell.word for cell in line.cells] == [
            told.on(channel) or absent[n] for n, channel in enumerate(Channel)
        ]
        own = profile.look(line.status)
        assert line.cells[0].colour == (own.colour if own else "")
        assert line.cells[0].look.outline is (own is None)


def test_what_is_lost_is_marked() -> None:
    coming = translation_lines(PROFILES["default"])[1]
    assert [cell.lost for cell in coming.cells] == [True, True, False]
    assert coming.cells[1].said.startswith("Hubject has no word for coming soon")


@pytest.mark.parametrize("dark", [False, True])
def test_the_table_has_a_row_per_status_and_shows_texts_letter_by_letter(dark: bool) -> None:
    html = table(translation_lines(WICKED), dark=dark)
    assert html.count('<th scope="row">') == len(EVERY)
    assert html.count('<th scope="col">') == 4
    assert "<b>" not in html
    assert "&lt;b&gt;@no&lt;/b&gt;" in html


def test_csv_has_a_line_per_status_and_channel_and_no_formula() -> None:
    text = translation_csv(WICKED).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 3 * len(EVERY)
    assert rows[0] == {
        "profile": "'=1+1",
        "kind": "temporary",
        "status": "MAINTENANCE",
        "channel": "spiriiGo",
        "word": "Out of Service",
        "colour": "#666D75",
        "lost": "yes",
        "meaning": "This profile has no word for work being done: drivers see Out of Service.",
    }
    blocked = next(row for row in rows if row["status"] == "BLOCKED")
    assert (blocked["word"], blocked["colour"]) == ("<b>@no</b>", "#FFFF00")
