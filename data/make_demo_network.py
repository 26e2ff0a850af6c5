"""Which sites, chargers and EVSEs does the demo's fictional charging network have?

Writes demo-network.json beside this file: OCPI 2.2.1 Locations, the same bytes every time.
"""

import json
import random
from pathlib import Path
from typing import Any, NamedTuple

Json = dict[str, Any]

STAMP = "2026-01-01T00:00:00Z"
CHARGING_SHARE = 0.19  # of the EVSEs that have no status below
COUNTRIES = {  # OCPI country_code: country, time zone
    "DK": ("DNK", "Europe/Copenhagen"),
    "SE": ("SWE", "Europe/Stockholm"),
    "DE": ("DEU", "Europe/Berlin"),
    "GB": ("GBR", "Europe/London"),
    "FI": ("FIN", "Europe/Helsinki"),
}

# One line per site, in the order an operator lists them:
# country + number | name | address | postcode | city | lat,lon | type | bay label | chargers.
# A charger is [number:]KIND and how many EVSEs it has. Kinds: a = AC 22 kW, f = DC 50 kW with
# CHAdeMO, r = DC 150 kW, h = DC 300 kW. Without a number it follows the one before.
# A number with Z gives internal ids (DK.DMO.Z203*2), one with + gives DIN ids.
SITES = """
DK35|Fjordkilen park and ride|Fjordkilen 2|6200|Aabenraa|55.0435,9.4105|lot|Bay|r2 f1
DK12|Nordlyst motorway stop|Nordlyst 8|9000|Aalborg|57.0120,9.9560|motorway|Lane|h2 h2 h2 h2 h2 h2
DK13|Limfjordsgården|Kalkbakken 18|9000|Aalborg|57.0435,9.9180|garage|P|a2 a2 a2
DK14|Østerlunden sports centre|Østerlunden 7|9220|Aalborg|57.0405,9.9720|sport|Bay|a2 r2
DK10|Kanalpladsen|Kanalpladsen 4|8000|Aarhus|56.1575,10.2075|street|Bay|1041:r2 a2
DK15|Skovgade car park|Skovgade 51|8000|Aarhus|56.1620,10.1940|garage|P|r2 r2 r2 r2
DK16|Bakkeager shopping centre|Bakkeager 1|8210|Aarhus|56.1765,10.1590|mall|A|h2 h2 f1
DK17|Strandbuen quayside hotel|Strandstien 12|8000|Aarhus|56.1420,10.2010|hotel|Bay|a2 a2
DK18|Klodsvej long stay|Klodsvej 30|7190|Billund|55.7390,9.1350|airport|B|a2 a2 a2 r2
DK19|Havneringen depot|Havneringen 22|6700|Esbjerg|55.4770,8.4480|depot|Dock|h2 h2 h2 h2 h2
DK20|Tidevandscentret|Tidevandsvej 5|6710|Esbjerg|55.5050,8.3980|museum|Bay|a2 f1
DK36|Lillebælt logistics park|Taulovkær 101|7000|Fredericia|55.5460,9.6350|truck|Lane|h2 h1
DK37|Nordhavn ferry terminal|Færgekajen 1|9900|Frederikshavn|57.4375,10.5330|ferry|Row|r2 r2
DK39|Domkirkens parkering|Klostergyden 9|6100|Haderslev|55.2500,9.4880|street|Plads|a2
DK40|Sundkanten ferry queue|Sundkanten 14|3000|Helsingør|56.0330,12.6050|ferry|Row|r2
DK41|Kongelunden expo hall|Kongelunden 40|7400|Herning|56.1180,8.9520|lot|C|a2 a2 r2
DK42|Midtjysk service point|Lindeholmvej 8|7400|Herning|56.1385,8.9760|depot|Dock|Z203:a2 a2
DK43|Frederiksgården nord|Kildeslugten 16|3400|Hillerød|55.9290,12.3010|garage|P|a2 a2
DK44|Vendelbo park and ride|Vendelbogade 33|9800|Hjørring|57.4575,9.9880|station|Bay|a2 f1
DK45|Isefjord marina|Bøjlen 2|4300|Holbæk|55.7160,11.7090|lot|Plads|a2
DK46|Vestbyens supermarket|Storåvænget 61|7500|Holstebro|56.3570,8.6010|market|Bay|r2
DK51|Møllehaven car park|Møllehaven 21|8700|Horsens|55.8620,9.8470|garage|P|5120:a2 5207:a2
DK33|Sønderport truck stop|Sønderport 110|6000|Kolding|55.4590,9.4610|truck|Lane|3310:h3
DK48|Trekanten retail park|Trekantsvej 15|6000|Kolding|55.5140,9.4650|mall|A|h2 f1
DK49|Storebælt motorway stop|Halsskovbuen 70|4220|Korsør|55.3460,11.1190|motorway|Lane|h2 h2 f1
DK50|Amagerhaven|Amagerhaven 28|2300|København|55.6600,12.6010|street|Plads|a2 a2
DK52|Nordkaj staff parking|Nordkajen 6|2150|København|55.7060,12.5950|depot|S|Z211:a2 a2
DK53|Søgaden underground|Søgaden 90|2200|København|55.6890,12.5600|underground|P|a2 a2 a2 r2
DK54|Valbyhøj market hall|Valbyhøj 11|2500|København|55.6610,12.5160|market|Bay|r2 f1
DK55|Østervold hotel|Østervoldpladsen 4|2100|København|55.7020,12.5770|hotel|Bay|a2
DK21|Sejlskovpladsen|Sejlskovpladsen 1|4600|Køge|55.4560,12.1800|lot|Bay|r2 r2 r2
DK56|Bæltbroen lay-by|Gammel Bæltvej 3|5500|Middelfart|55.5010,9.7480|motorway|Bay|f1
DK57|Lolland energy square|Sukkertorvet 5|4900|Nakskov|54.8310,11.1380|street|Plads|a2
DK58|Nyborg Øst rest area|Vindbrovej 200|5800|Nyborg|55.3130,10.8050|motorway|Lane|h2 h2
DK59|Suså park|Susåparken 17|4700|Næstved|55.2290,11.7590|lot|Bay|a2 a2
DK22|Birkelund Center|Birkelund 14|5000|Odense|55.3900,10.3700|mall|A|2203:r3
DK23|Åparken|Åparken 6|5000|Odense|55.3930,10.3830|lot|Bay|f1 f1
DK24|Havnegade 3|Havnegade 3|5000|Odense|55.4040,10.3890|street|Bay|a2 a2
DK25|Thomasminde hospital visitors|Thomasminde 44|5000|Odense|55.3850,10.3680|garage|P|a2 a2 r2
DK60|Gudenå retail park|Gudenåhøj 9|8900|Randers|56.4590,10.0250|mall|A|r2 f1
DK61|Fjordbyen station|Stationsbuen 2|4000|Roskilde|55.6390,12.0880|station|Bay|a2 a2 a2
DK62|Klippehavnen|Klippestien 8|3700|Rønne|55.1030,14.7050|ferry|Row|Z225:f1
DK63|Søhøjlandet outdoor pool|Søhøjen 25|8600|Silkeborg|56.1730,9.5510|sport|Bay|a2
DK64|Klitheden visitor centre|Klitgyden 50|9990|Skagen|57.7310,10.6010|museum|Plads|a2
DK65|Sydhavets hotel|Sundhøjen 3|5700|Svendborg|55.0640,10.6060|hotel|Bay|a2 f1
DK34|Lyngvej depot|Lyngvej 63|7100|Vejle|55.7230,9.5480|depot|Dock|3318:r2 r2
DK66|Hærvejens rest area|Hærvejsporten 1|8800|Viborg|56.4390,9.3780|motorway|Lane|h2 f1
SE72|Älvporten|Älvportsgatan 10|411 05|Göteborg|57.7050,11.9650|garage|P|a2 a2 r2
SE73|Sundsterminalen|Terminalvägen 4|252 25|Helsingborg|56.0480,12.7000|ferry|Row|r2
SE71|Kustvallen|Kustvallsgatan 2|211 20|Malmö|55.6030,12.9950|sport|Bay|a2 a2 a2
DE83|Weserhof|Am Weserhof 12|28195|Bremen|53.0790,8.8110|hotel|Platz|+8301:a2
DE80|Nordwind Center|Nordwindallee 1|24941|Flensburg|54.7660,9.4170|mall|A|+8001:h2 r2 f1
DE81|Elbspeicher|Speicherbogen 27|22765|Hamburg|53.5530,9.9320|garage|P|+8101:a2 a2
DE84|Autohof Hanseheide|Hanseheide 3|22113|Hamburg|53.5320,10.1110|truck|Lane|h2 h2
DE82|Traveblick|Traveblickweg 19|23552|Lübeck|53.8670,10.6880|street|Platz|a2 a2
GB91|Harbourside Wharf|14 Cooper's Wharf|BS1 6QH|Bristol|51.4500,-2.5950|garage|P|a2 a2
GB92|Calder Row|88 Calder Row|EH3 9DR|Edinburgh|55.9440,-3.2050|street|Bay|a2
GB90|Harwich ferry yard|Quarry Quay 1|CO12 4SR|Harwich|51.9440,1.2480|ferry|Yard|9007:r2
GB93|Humber Gate services|Humber Gate|HU1 2PX|Hull|53.7440,-0.3520|motorway|Lane|h2 f1
GB94|Aire Arcade|5 Tannery Court|LS1 4HT|Leeds|53.7960,-1.5500|mall|A|r2
FI97|Aallonkulma terminal|Satamapolku 3|00180|Helsinki|60.1640,24.9210|ferry|Row|r2 f1
FI99|Kuusirinne|Kuusirinteenkuja 7|33100|Tampere|61.4980,23.7640|underground|P|a2
FI98|Jokiranta|Jokirannankatu 20|20100|Turku|60.4490,22.2600|street|Bay|a2
FI96|Lentoportti long stay|Lentoportintie 9|01530|Vantaa|60.3130,24.9720|airport|B|a2 a2
"""

NOT_OPEN = {12: "PLANNED", 15: "PLANNED", 19: "PLANNED", 21: "PLANNED", 22: "INOPERATIVE"}
STAFF_ONLY = {52}
REPORTED = {  # what these EVSEs report; the others AVAILABLE or CHARGING, by lot
    "CHARGING": "DK*DMO*E1041*1 DK*DMO*E3310*1 DK*DMO*E5207*2",
    "AVAILABLE": "DK*DMO*E1041*2 DK*DMO*E1042*1 DK*DMO*E3310*2 DK*DMO*E3310*3 DK*DMO*E3318*1 "
    "DK*DMO*E5120*1 GB*DMO*E9007*1 GB*DMO*E9007*2",
    "OUTOFORDER": "DK*DMO*E1042*2 DK*DMO*E4902*2 DK.DMO.Z204*1 SE*DMO*E7201*2 +49*810*8002*1",
    "INOPERATIVE": "DK*DMO*E2501*2 DK*DMO*E6602*1 GB*DMO*E9401*2",
    "UNKNOWN": "DK*DMO*E5701*1 DK.DMO.Z225*1 FI*DMO*E9601*2",
    "RESERVED": "DK*DMO*E5501*2",
    "BLOCKED": "DK*DMO*E5001*1",
}
STATUS = {evse: status for status, evses in REPORTED.items() for evse in evses.split()}
DIRECTIONS = {
    22: ("da", "Kør ind ad port B ved havecentret, ladepladserne er til venstre."),
    33: ("en", "Drive-through lanes behind the wash hall. Trailers may stay attached."),
    53: ("da", "Nedkørsel fra gården. Højde 2,1 m."),
    90: ("en", "Ask at gate 2; the yard is closed while a ferry is loading."),
}


class SiteType(NamedTuple):
    """What sites of one type have in common."""

    parking: str
    facilities: tuple[str, ...] = ()
    open_days: int = 0  # days a week with the hours below; 0 = always open
    hours: tuple[str, str] = ("00:00", "23:59")
    floors: tuple[str, ...] = ()
    restriction: str = ""
    spread: bool = False  # EVSEs far enough apart to have their own coordinates


TYPES = {
    "lot": SiteType("PARKING_LOT", ("PARKING_LOT",)),
    "street": SiteType("ON_STREET", restriction="EV_ONLY"),
    "garage": SiteType("PARKING_GARAGE", ("PARKING_LOT",), floors=("1", "2")),
    "underground": SiteType("UNDERGROUND_GARAGE", ("METRO_STATION",), floors=("-1", "-2")),
    "mall": SiteType("PARKING_LOT", ("MALL", "RESTAURANT", "WIFI")),
    "market": SiteType("PARKING_LOT", ("SUPERMARKET",), 7, ("07:00", "22:00")),
    "motorway": SiteType("ALONG_MOTORWAY", ("CAFE", "FUEL_STATION", "WIFI"), spread=True),
    "truck": SiteType("ALONG_MOTORWAY", ("RESTAURANT", "WIFI"), spread=True),
    "depot": SiteType("PARKING_LOT", (), 5, ("05:00", "22:00"), spread=True),
    "station": SiteType("PARKING_LOT", ("TRAIN_STATION", "BUS_STOP")),
    "airport": SiteType("PARKING_LOT", ("AIRPORT", "BUS_STOP")),
    "hotel": SiteType("PARKING_LOT", ("HOTEL", "RESTAURANT", "WIFI"), restriction="CUSTOMERS"),
    "ferry": SiteType("PARKING_LOT", ("CAFE",), spread=True),
    "sport": SiteType("PARKING_LOT", ("SPORT",), 7, ("06:00", "23:00")),
    "museum": SiteType("PARKING_LOT", ("MUSEUM", "NATURE", "CAFE")),
}
T2, CCS, CHADEMO = "IEC_62196_T2", "IEC_62196_T2_COMBO", "CHADEMO"
PLUGS = {  # kind: (standard, volts, amperes, watts); AC volts are line to neutral
    "a": ((T2, 230, 32, 22_000),),
    "f": ((CCS, 500, 125, 50_000), (CHADEMO, 500, 125, 50_000)),
    "r": ((CCS, 920, 375, 150_000),),
    "h": ((CCS, 920, 500, 300_000),),
}
COMMON = ["REMOTE_START_STOP_CAPABLE", "RFID_READER"]
CAPABILITIES = {
    "a": [*COMMON, "UNLOCK_CAPABLE"],
    "f": COMMON,
    "r": [*COMMON, "CHARGING_PROFILE_CAPABLE", "CONTACTLESS_CARD_SUPPORT", "PED_TERMINAL"],
    "h": [*COMMON, "RESERVABLE", "CONTACTLESS_CARD_SUPPORT", "CHIP_CARD_SUPPORT", "PED_TERMINAL"],
}


def geo(latitude: float, longitude: float) -> Json:
    return {"latitude": f"{latitude:.5f}", "longitude": f"{longitude:.5f}"}


def connectors(kind: str) -> list[Json]:
    found: list[Json] = []
    for standard, volts, amperes, watts in PLUGS[kind]:
        ac = standard == T2
        plug: Json = {"id": str(len(found) + 1), "standard": standard}
        plug |= {"format": "SOCKET" if ac else "CABLE", "power_type": "AC_3_PHASE" if ac else "DC"}
        plug |= {"max_voltage": volts, "max_amperage": amperes, "max_electric_power": watts}
        found.append(plug | {"last_updated": STAMP})
    return found


def evse_id(country: str, charger: str, socket: int) -> str:
    if charger.startswith("+"):
        return f"+49*810*{charger[1:]}*{socket}"
    own = f"{country}.DMO.{charger}" if charger.startswith("Z") else f"{country}*DMO*E{charger}"
    return f"{own}*{socket}"


def chargers(layout: str, site: int) -> list[tuple[str, str, int]]:
    """The chargers of a site: number, kind, how many EVSEs."""
    prefix, number, found = "", site * 100, []
    for word in layout.split():
        first, _, model = word.rpartition(":")
        if first:
            digits = first.lstrip("+Z")
            prefix, number = first.removesuffix(digits), int(digits)
        else:
            number += 1
        found.append((f"{prefix}{number}", model[0], int(model[1:])))
    return found


def location(line: str) -> Json:
    key, name, address, postcode, city, where, type_name, bay, layout = line.split("|")
    country, site, shared = key[:2], int(key[2:]), TYPES[type_name]
    alpha3, zone = COUNTRIES[country]
    lot = random.Random(f"network {site}")
    latitude, longitude = (float(part) + lot.uniform(-4e-4, 4e-4) for part in where.split(","))
    evses: list[Json] = []
    for charger, kind, sockets in chargers(layout, site):
        plain = charger.lstrip("+")
        for socket in range(1, sockets + 1):
            full_id, place = evse_id(country, charger, socket), len(evses)
            by_lot = "CHARGING" if lot.random() < CHARGING_SHARE else "AVAILABLE"
            status = NOT_OPEN.get(site) or STATUS.get(full_id, by_lot)
            evse: Json = {"uid": f"{plain}-{socket}", "evse_id": full_id}
            evse |= {"charger_id": f"DMO-{plain}", "status": status}
            evse |= {"capabilities": CAPABILITIES[kind], "connectors": connectors(kind)}
            if shared.floors:
                evse["floor_level"] = shared.floors[place // 4]
            if shared.spread:
                evse["coordinates"] = geo(latitude + place * 5e-5, longitude + place * 3e-5)
            evse["physical_reference"] = f"{bay}{' ' * (len(bay) > 1)}{place + 1}"
            if shared.restriction:
                evse["parking_restrictions"] = [shared.restriction]
            evses.append(evse | {"last_updated": STAMP})
    begin, end = shared.hours
    days = range(1, shared.open_days + 1)
    hours = [{"weekday": day, "period_begin": begin, "period_end": end} for day in days]
    found: Json = {"country_code": country, "party_id": "DMO", "id": f"LOC-{site}"}
    found["publish"] = site not in STAFF_ONLY
    if site in STAFF_ONLY:
        found["publish_allowed_to"] = [{"group_id": "DMO-STAFF"}]
    found |= {"name": name, "address": address, "city": city, "postal_code": postcode}
    found |= {"country": alpha3, "coordinates": geo(latitude, longitude)}
    found |= {"parking_type": shared.parking, "facilities": list(shared.facilities)}
    if site in DIRECTIONS:
        language, text = DIRECTIONS[site]
        found["directions"] = [{"language": language, "text": text}]
    found["operator"] = {"name": "Demo Charge", "website": "https://demo-charge.example"}
    found |= {"time_zone": zone, "opening_times": {"twentyfourseven": not hours}, "evses": evses}
    if hours:
        found["opening_times"] |= {"regular_hours": hours}
        found["charging_when_closed"] = False
    return found | {"last_updated": STAMP}


def main() -> None:
    network = [location(line) for line in SITES.strip().splitlines()]
    text = json.dumps(network, indent=1, ensure_ascii=False)
    Path(__file__).with_name("demo-network.json").write_bytes(f"{text}\n".encode())


if __name__ == "__main__":
    main()
