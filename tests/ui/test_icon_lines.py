"""Lines under a phone: their words letter by letter, an icon that isn't read aloud."""

import pytest

from evse_status.core.contrast import AA, contrast
from evse_status.ui.icon_lines import IconLine, lines_html
from evse_status.ui.looks import PAGE


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("colour", ["green", "yellow", "gray"])
def test_a_line_is_words_behind_a_legible_icon(colour: str, dark: bool) -> None:
    html = lines_html([IconLine("done_all", colour, "by <b>1</b> of 2", "Acknowledged")], dark=dark)
    assert "<b>Acknowledged</b> by &lt;b&gt;1&lt;/b&gt; of 2" in html
    assert 'aria-hidden="true"' in html
    shade = html.split("color:")[1].split(";")[0]
    assert contrast(shade, PAGE[dark]) >= AA
