"""Foreign text stays text where labels and values are set as HTML."""

from evse_status.ui.grids import figure, grid


def test_tags_in_values_are_shown_letter_by_letter() -> None:
    made = grid([("Reason", "<script>alert(1)</script>")], "5rem 1fr", heads=("", "<b>"))
    assert "<script>" not in made
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in made
    assert "&lt;b&gt;" in made


def test_a_figure_hides_its_icons_name_from_readers() -> None:
    assert 'aria-hidden="true"' in figure("bolt", "3")
    assert ">bolt</span> 3<" in figure("bolt", "3")
