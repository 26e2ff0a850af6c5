"""Kinds of EVSE ids and which spellings are one (protocols.md, EVSE ids)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evse_status.core.evse_id import EvseIdKind, evse_id, possible_keys

ISO, DIN, INTERNAL = EvseIdKind.ISO, EvseIdKind.DIN, EvseIdKind.INTERNAL


@pytest.mark.parametrize(
    ("text", "kind", "key"),
    [
        ("DK*SPI*E123*1", ISO, "DKSPIE1231"),
        ("dkspie1231", ISO, "DKSPIE1231"),
        ("DK-SPI-E123-1", ISO, "DKSPIE1231"),
        (" DK SPI E123 1 ", ISO, "DKSPIE1231"),
        ("DE*LUD*E4505*001", ISO, "DELUDE4505001"),
        ("+49*810*000*438", DIN, "49810000438"),
        ("49*810*000*438", DIN, "49810000438"),
        ("DK.SPI.Z203*2", INTERNAL, "DK.SPI.Z203*2"),
        ("dk.spi.z203*2", INTERNAL, "DK.SPI.Z203*2"),
        ("DK.12343*1", INTERNAL, "DK.12343*1"),
        ("", INTERNAL, ""),
    ],
)
def test_kind_and_key(text: str, kind: EvseIdKind, key: str) -> None:
    assert (evse_id(text).kind, evse_id(text).key) == (kind, key)


def test_the_original_text_is_kept() -> None:
    assert evse_id("dkspie1231").text == "dkspie1231"


def test_dropping_separators_never_merges_internal_ids() -> None:
    assert evse_id("DK.A1*2").key != evse_id("DK.A12").key


def test_a_din_id_may_be_typed_without_its_stars() -> None:
    assert evse_id("+49*810*000*438").key in possible_keys("49810000438")
    assert possible_keys("DK*SPI*E123*1") == ("DKSPIE1231",)
    assert possible_keys("+49*810*000*438") == ("49810000438",)
    assert "49810000438" in possible_keys("+49 810 000 438")


@given(st.text(max_size=60))
def test_any_text_has_a_key_that_its_case_does_not_change(text: str) -> None:
    found = evse_id(text)
    assert found.kind in EvseIdKind
    if text.upper().lower() == text.lower():
        assert evse_id(text.lower()).key == evse_id(text.upper()).key
