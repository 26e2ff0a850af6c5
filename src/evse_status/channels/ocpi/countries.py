"""Which time zone has a Location that tells none? European countries by either ISO 3166 code."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    """ISO 3166 alpha-2 and alpha-3 (OCPI's `country`), and its one IANA zone, `None` if several."""

    alpha2: str
    alpha3: str
    zone: str | None


_COUNTRIES = tuple(
    Country(*row)
    for row in (
        ("AD", "AND", "Europe/Andorra"),
        ("AL", "ALB", "Europe/Tirane"),
        ("AT", "AUT", "Europe/Vienna"),
        ("BA", "BIH", "Europe/Sarajevo"),
        ("BE", "BEL", "Europe/Brussels"),
        ("BG", "BGR", "Europe/Sofia"),
        ("BY", "BLR", "Europe/Minsk"),
        ("CH", "CHE", "Europe/Zurich"),
        ("CY", "CYP", "Asia/Nicosia"),
        ("CZ", "CZE", "Europe/Prague"),
        ("DE", "DEU", "Europe/Berlin"),
        ("DK", "DNK", "Europe/Copenhagen"),
        ("EE", "EST", "Europe/Tallinn"),
        ("ES", "ESP", None),
        ("FI", "FIN", "Europe/Helsinki"),
        ("FO", "FRO", "Atlantic/Faroe"),
        ("FR", "FRA", "Europe/Paris"),
        ("GB", "GBR", "Europe/London"),
        ("GG", "GGY", "Europe/Guernsey"),
        ("GI", "GIB", "Europe/Gibraltar"),
        ("GL", "GRL", None),
        ("GR", "GRC", "Europe/Athens"),
        ("HR", "HRV", "Europe/Zagreb"),
        ("HU", "HUN", "Europe/Budapest"),
        ("IE", "IRL", "Europe/Dublin"),
        ("IM", "IMN", "Europe/Isle_of_Man"),
        ("IS", "ISL", "Atlantic/Reykjavik"),
        ("IT", "ITA", "Europe/Rome"),
        ("JE", "JEY", "Europe/Jersey"),
        ("LI", "LIE", "Europe/Vaduz"),
        ("LT", "LTU", "Europe/Vilnius"),
        ("LU", "LUX", "Europe/Luxembourg"),
        ("LV", "LVA", "Europe/Riga"),
        ("MC", "MCO", "Europe/Monaco"),
        ("MD", "MDA", "Europe/Chisinau"),
        ("ME", "MNE", "Europe/Podgorica"),
        ("MK", "MKD", "Europe/Skopje"),
        ("MT", "MLT", "Europe/Malta"),
        ("NL", "NLD", "Europe/Amsterdam"),
        ("NO", "NOR", "Europe/Oslo"),
        ("PL", "POL", "Europe/Warsaw"),
        ("PT", "PRT", None),
        ("RO", "ROU", "Europe/Bucharest"),
        ("RS", "SRB", "Europe/Belgrade"),
        ("RU", "RUS", None),
        ("SE", "SWE", "Europe/Stockholm"),
        ("SI", "SVN", "Europe/Ljubljana"),
        ("SK", "SVK", "Europe/Bratislava"),
        ("SM", "SMR", "Europe/San_Marino"),
        ("TR", "TUR", "Europe/Istanbul"),
        ("UA", "UKR", "Europe/Kyiv"),
        ("VA", "VAT", "Europe/Vatican"),
        ("XK", "XKX", "Europe/Belgrade"),
    )
)
_BY_CODE = {code: country for country in _COUNTRIES for code in (country.alpha2, country.alpha3)}


def country(code: str) -> Country | None:
    """The country of this alpha-2 or alpha-3 code in any case, if it is in the table."""
    return _BY_CODE.get(code.upper())
