"""What does every channel make of every status? The whole translation in one profile, as rows."""

import csv
import io
from dataclasses import dataclass

from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.core.translation import Channel, Profile, Status, words
from evse_status.ui.app_looks import look_on
from evse_status.ui.looks import Look, label, look
from evse_status.ui.lost_in_translation import translation, word_or_absence
from evse_status.ui.texts import csv_cell

_KINDS = {TemporaryStatus: "temporary", ActualStatus: "actual"}
_COLUMNS = ("profile", "kind", "status", "channel", "word", "colour", "lost", "meaning")


@dataclass(frozen=True, slots=True)
class Cell:
    """A channel's word for a status, how it looks, and what is lost."""

    channel: Channel
    word: str
    look: Look
    colour: str
    lost: bool
    said: str


@dataclass(frozen=True, slots=True)
class Line:
    """One status; `kind` is "temporary" or "actual"."""

    kind: str
    status: Status
    label: str
    look: Look
    cells: tuple[Cell, ...]


def translation_lines(shown_in: Profile) -> tuple[Line, ...]:
    """Every temporary and every actual status, in the words of every channel."""
    return tuple(
        Line(
            kind=_KINDS[type(status)],
            status=status,
            label=label(status),
            look=look(status),
            cells=tuple(_cell(status, channel, shown_in) for channel in Channel),
        )
        for status in (*TemporaryStatus, *ActualStatus)
    )


def translation_csv(shown_in: Profile) -> bytes:
    """A line per status and channel; `colour` is the driver app's own. UTF-8 with byte order mark."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for line in translation_lines(shown_in):
        for cell in line.cells:
            lost = "yes" if cell.lost else "no"
            what = (shown_in.name, line.kind, line.status.value, cell.channel.value)
            told = (cell.word, cell.colour, lost, cell.said)
            writer.writerow([csv_cell(one) for one in (*what, *told)])
    return text.getvalue().encode("utf-8-sig")


def _cell(status: Status, channel: Channel, shown_in: Profile) -> Cell:
    word = words(status, shown_in).on(channel)
    told = translation(status, channel, word)
    its = shown_in.look(status) if channel is Channel.SPIRII_GO else None
    return Cell(
        channel=channel,
        word=word_or_absence(channel, word),
        look=look_on(channel, word, status, shown_in),
        colour="" if its is None else its.colour,
        lost=told.lost,
        said=told.said,
    )
