"""The pages and the theme are found from anywhere."""

from pathlib import Path

import pytest
from streamlit import config

from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.ui import bundle
from evse_status.ui.looks import ATTENTION, PAGE, SURFACE, TEXT, look
from support import PROJECT


def test_pages_have_absolute_addresses_that_exist() -> None:
    for name in ("timeline", "plan", "overrides", "override", "preview", "help"):
        assert bundle.page(name).is_absolute()
        assert bundle.page(name).is_file()


def test_the_frame_has_no_folder_of_pages_beside_it() -> None:
    assert not (bundle.FRAME.parent / "pages").exists()


def test_pages_import_nothing_but_streamlit_and_the_dashboard() -> None:
    for file in (PROJECT / "pages").glob("*.py"):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith(("import ", "from ")):
                assert line.startswith(("import streamlit", "from evse_status.ui")), (file, line)


def test_options_have_dotted_names() -> None:
    options = bundle.serve_config()
    assert options["client.toolbarMode"] == "viewer"
    assert options["client.showErrorDetails"] == "none"
    assert options["theme.baseFontSize"] == 14
    assert options["theme.dark.primaryColor"] == "#5279A8"


def test_streamlit_knows_every_option() -> None:
    for name in bundle.serve_config():
        config.get_option(name)


def test_the_theme_applies_where_the_working_directory_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(config, "_main_script_path", None)
    config.get_config_options(force_reparse=True)
    assert config.get_option("theme.light.primaryColor") is None
    bundle.apply_config()
    assert config.get_option("theme.light.primaryColor") == "#27415F"
    monkeypatch.undo()
    config.get_config_options(force_reparse=True)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_native_elements_have_the_colours_of_the_statuses(dark: bool) -> None:
    options, mode = bundle.serve_config(), "dark" if dark else "light"
    for status in (*TemporaryStatus, ActualStatus.AVAILABLE, ActualStatus.INOPERATIVE):
        name, shade = look(status).colour, look(status).shade(dark=dark)
        assert options[f"theme.{mode}.{name}Color"] == shade.fill
        assert options[f"theme.{mode}.{name}BackgroundColor"] == shade.chip
        assert options[f"theme.{mode}.{name}TextColor"] == shade.chip_text
    text, tint = ATTENTION[dark]
    assert options[f"theme.{mode}.yellowTextColor"] == text
    assert options[f"theme.{mode}.yellowBackgroundColor"] == tint
    assert options[f"theme.{mode}.backgroundColor"] == PAGE[dark]
    assert options[f"theme.{mode}.secondaryBackgroundColor"] == SURFACE[dark]
    assert options[f"theme.{mode}.textColor"] == TEXT[dark]
