"""What can a driver plug in, and how strong is it? Connectors in a few words and watts."""

import math
from typing import Any

from evse_status.channels.ocpi import tidy

_NAMES = {
    "CHADEMO": "CHAdeMO",
    "CHAOJI": "ChaoJi",
    "IEC_62196_T1": "Type 1",
    "IEC_62196_T1_COMBO": "CCS 1",
    "IEC_62196_T2": "Type 2",
    "IEC_62196_T2_COMBO": "CCS",
    "IEC_62196_T3A": "Type 3A",
    "IEC_62196_T3C": "Type 3C",
    "DOMESTIC_F": "Schuko",
    "GBT_AC": "GB/T AC",
    "GBT_DC": "GB/T DC",
    "MCS": "MCS",
    "NEMA_14_50": "NEMA 14-50",
    "SAE_J3400": "NACS",
    "TESLA_R": "Tesla Roadster",
    "TESLA_S": "Tesla",
}
_PHASES = {"AC_1_PHASE": 1, "AC_2_PHASE": 2, "AC_2_PHASE_SPLIT": 2, "DC": 1}
_LINE_TO_LINE_FROM_VOLTS = 300
_STRONGEST_W = 100_000_000


def short_names(connectors: list[Any]) -> str:
    """`CCS, Type 2`: each kind once, in the feed's order; an unknown word stands as it came."""
    words = (tidy.text(tidy.mapping(item).get("standard")) for item in connectors)
    return ", ".join(dict.fromkeys(_NAMES.get(word.upper(), word) for word in words if word))


def strongest_w(connectors: list[Any]) -> int | None:
    """The power of the strongest connector in watts: as told, else from volts and amperes."""
    powers = [power for item in connectors if (power := _power(tidy.mapping(item))) is not None]
    return max(powers, default=None)


def _power(connector: dict[str, Any]) -> int | None:
    told = tidy.number(connector.get("max_electric_power"))
    watts = told if told is not None and told > 0 else _computed(connector)
    return round(watts) if watts is not None and 0 < watts <= _STRONGEST_W else None


def _computed(connector: dict[str, Any]) -> float | None:
    volts = tidy.number(connector.get("max_voltage"))
    amperes = tidy.number(connector.get("max_amperage"))
    power_type = tidy.text(connector.get("power_type")).upper()
    if volts is None or amperes is None:
        return None
    if power_type == "AC_3_PHASE":
        # OCPI 2.2.1, 8.3.3 wants line to neutral here; real feeds write 400 V as often as 230 V.
        return volts * amperes * (math.sqrt(3) if volts >= _LINE_TO_LINE_FROM_VOLTS else 3)
    return volts * amperes * _PHASES[power_type] if power_type in _PHASES else None
