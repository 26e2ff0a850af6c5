"""Hubject takes upper-case ISO and DIN ids of the operator in whose name is pushed; others need a roaming id."""

import pytest

from evse_status.core.roaming_id import is_operator_id, operator_of, roaming_id, same_operator


@pytest.mark.parametrize(
    ("evse_id", "own", "operator", "told"),
    [
        ("DK*SPI*E123*1", None, "DK*SPI", "DK*SPI*E123*1"),
        ("DK*SPI*E123*1", None, "dkspi", "DK*SPI*E123*1"),
        ("DKSPIE1231", "  ", "DK*SPI", "DKSPIE1231"),
        (" DK*SPI*E1 ", None, "DK*SPI", "DK*SPI*E1"),
        ("DK.SPI.Z203*2", " DK*SPI*E203*2 ", "DK*SPI", "DK*SPI*E203*2"),
        ("DK*SPI*E1", "DK*SPI*E9", "DK*SPI", "DK*SPI*E9"),
        ("+49*810*000*438", None, "49*810", "+49*810*000*438"),
        ("49*810*000*438", None, "+49*810", "49*810*000*438"),
    ],
)
def test_what_hubject_takes_is_told_exactly_as_it_is_written(
    evse_id: str, own: str | None, operator: str, told: str
) -> None:
    found = roaming_id(evse_id, own, operator)
    assert (found.text, found.why_not) == (told, "")


@pytest.mark.parametrize(
    ("evse_id", "own", "why_not"),
    [
        ("dk*spi*e1", None, "Hubject takes ids in upper case alone, and this EVSE id isn't."),
        ("DK*SPI*E1", "dk*spi*e1", "Hubject takes ids in upper case alone, and this roaming id isn't."),
        ("DK.SPI.Z203*2", None, "and this EVSE id is neither. Give it another."),
        ("DK-SPI-E1", None, "and this EVSE id is neither. Give it another."),
        ("DK*SPI*E1", "Bay 7", "and this roaming id is neither. Give it another."),
        ("DK*XYZ*E1", None, "This EVSE id doesn't begin with DK*SPI, the operator in whose name we push."),
        ("+49*810*1", None, "This EVSE id doesn't begin with DK*SPI, the operator in whose name we push."),
        ("DK*SPI*E" + "1" * 31, None, "and this EVSE id is neither. Give it another."),
    ],
)  # fmt: skip
def test_what_it_doesn_t_take_says_why(evse_id: str, own: str | None, why_not: str) -> None:
    found = roaming_id(evse_id, own, "DK*SPI")
    assert found.text == ""
    assert found.why_not.endswith(why_not)


def test_operators_are_the_same_however_they_are_written() -> None:
    assert same_operator("DK*SPI", " dkspi ")
    assert same_operator("+49*810", "49*810")
    assert not same_operator("DK*SPI", "DK*SPJ")
    assert operator_of("DK*SPI") is None
    assert [is_operator_id(one) for one in ("DK*SPI", "DKSPI", "+45*123", "DK", "", "SPIRII")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip
