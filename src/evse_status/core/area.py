"""Which places lie in an area? Boxes and circles on the Earth, in degrees and metres (WGS 84, as a sphere)."""

import math
from dataclasses import dataclass

_EARTH_METRES = 6_371_008.8  # mean radius; a sphere is at most 0.6 % off
_DEGREE_METRES = math.pi * _EARTH_METRES / 180


@dataclass(frozen=True, slots=True)
class Box:
    """Between two parallels and two meridians, edges included; `west` > `east` crosses the 180th meridian."""

    west: float
    south: float
    east: float
    north: float

    def includes(self, latitude: float, longitude: float) -> bool:
        """Whether a place lies inside."""
        if not self.south <= latitude <= self.north:
            return False
        if self.west <= self.east:
            return self.west <= longitude <= self.east
        return longitude >= self.west or longitude <= self.east


@dataclass(frozen=True, slots=True)
class Circle:
    """At most `metres` from a place, along the Earth's surface."""

    latitude: float
    longitude: float
    metres: float

    def includes(self, latitude: float, longitude: float) -> bool:
        """Whether a place lies inside (haversine)."""
        here, there = math.radians(self.latitude), math.radians(latitude)
        across = math.radians(longitude - self.longitude)
        half = (
            math.sin((there - here) / 2) ** 2
            + math.cos(here) * math.cos(there) * math.sin(across / 2) ** 2
        )
        return 2 * _EARTH_METRES * math.asin(math.sqrt(min(half, 1.0))) <= self.metres

    @property
    def box(self) -> Box:
        """A box around it, at most a little too large."""
        high = self.metres / _DEGREE_METRES * 1.000_001
        south, north = self.latitude - high, self.latitude + high
        if south <= -90 or north >= 90:
            return Box(-180, max(south, -90), 180, min(north, 90))
        # Meridians lie closest together at the edge that is nearer to a pole.
        sine = math.sin(math.radians(high)) / math.cos(math.radians(self.latitude))
        wide = math.degrees(math.asin(min(sine, 1.0))) * 1.000_001
        return Box(_wrapped(self.longitude - wide), south, _wrapped(self.longitude + wide), north)


Area = Box | Circle


def around(area: Area) -> Box:
    """The box that an area lies in."""
    return area if isinstance(area, Box) else area.box


def _wrapped(longitude: float) -> float:
    if longitude < -180:
        return longitude + 360
    return longitude - 360 if longitude > 180 else longitude
