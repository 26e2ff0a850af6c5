"""How does a status look in the cell of a table?"""

from evse_status.ui.looks import Status, data_uri, swatch


def cell_swatch(status: Status, *, dark: bool, behind: bool) -> str:
    """The bar of a status, hollow where another one shows, as an address for an image column.

    Such a column scales a picture to the cell, so the margin is drawn in (finding 19).
    """
    drawn = swatch(status, dark=dark, shadowed=behind)
    return data_uri(
        '<svg xmlns="http://www.w3.org/2000/svg" width="36" height="30">'
        f'<image href="{drawn}" x="7" y="9" width="22" height="12.8"/></svg>'
    )
