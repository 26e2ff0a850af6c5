"""How soon each channel shows a change: measured figures where there are some, never invented ones."""

from evse_status.core.translation import Channel
from evse_status.ui.views.delays import HEADS, Delay, delay_rows
from evse_status.ui.views.help import delays_table


def test_a_row_per_channel_with_spiriis_own_figures() -> None:
    rows = delay_rows()
    assert [row[0].rpartition(" ")[0].rpartition(" ")[0] for row in rows] == [
        "Spirii Go",
        "Hubject",
        "OCPI",
    ]
    assert [row[-1] for row in rows] == ["at once", "1 minute", "15 s"]
    assert all(len(row) == len(HEADS) for row in rows)


def test_what_was_not_measured_says_so() -> None:
    rows = delay_rows(
        {Channel.SPIRII_GO: None, Channel.HUBJECT: None, Channel.OCPI: Delay(0.02, 3)}
    )
    assert [row[2:4] for row in rows] == [
        ("not measured yet", "not measured yet"),
        ("not measured yet", "not measured yet"),
        ("0.02 s", "3.0 s"),
    ]


def test_help_has_them_as_a_table() -> None:
    assert delays_table().count("\n") == 4
    assert "**OCPI roaming app**" in delays_table()
