"""Boxes and circles on the Earth hold what lies in them, poles and the 180th meridian included."""

import pytest

from evse_status.core.area import Box, Circle, around

AARHUS, COPENHAGEN = (56.1567, 10.2108), (55.6761, 12.5683)


def test_box_has_its_edges_and_may_cross_the_180th_meridian() -> None:
    box = Box(10, 56, 11, 57)
    assert box.includes(56, 10)
    assert box.includes(57, 11)
    assert not box.includes(57.0001, 10.5)
    assert not box.includes(56.5, 9.9999)
    pacific = Box(179, -20, -179, -10)
    assert pacific.includes(-15, 179.5)
    assert pacific.includes(-15, -179.5)
    assert not pacific.includes(-15, 0)
    assert around(box) is box


def test_circle_by_a_known_distance() -> None:
    # 156.8 km by the great circle.
    assert Circle(*AARHUS, 157_500).includes(*COPENHAGEN)
    assert not Circle(*AARHUS, 156_000).includes(*COPENHAGEN)
    assert Circle(*AARHUS, 1).includes(*AARHUS)
    assert Circle(0, 0, 20_016_000).includes(0, 180)


@pytest.mark.parametrize(
    ("circle", "inside"),
    [
        (Circle(*AARHUS, 157_500), COPENHAGEN),
        (Circle(89.9, 0, 50_000), (89.9, 180)),
        (Circle(-89.9, 0, 50_000), (-89.9, 180)),
        (Circle(-17, 179.95, 20_000), (-17, -179.95)),
        (Circle(-17, -179.95, 20_000), (-17, 179.95)),
        (Circle(60, 0, 3_300_000), (60, 50)),
    ],
)
def test_the_box_around_a_circle_holds_all_of_it(
    circle: Circle, inside: tuple[float, float]
) -> None:
    assert circle.includes(*inside)
    assert around(circle).includes(*inside)


def test_a_circle_around_which_no_meridians_lie() -> None:
    assert Circle(89, 10, 111_000).box.west != -180
    assert Circle(45, 0, 4_900_000).box.east > 60
