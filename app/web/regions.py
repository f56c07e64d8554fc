"""The regions whose public holidays are offered, under their names."""

from __future__ import annotations

from app.web.words import _


def regions(chosen: str = "") -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the regions to choose from, by country; one that a file has set and that is none of them is kept."""
    groups = [(_("Deutschland"), _german()), (_("Andere Länder"), _others())]
    known = {code for _group, pairs in groups for code, _name in pairs}
    more = [("", [(chosen, chosen)])] if chosen and chosen not in known else []
    return [("", [("", _("keine Feiertage"))]), *more, *groups]


def region_name(code: str) -> str:
    """Return how people call a region."""
    return next((name for _group, pairs in regions() for each, name in pairs if each == code and code), code)


def _german() -> list[tuple[str, str]]:
    return [
        ("DE", _("bundesweite Feiertage")),
        ("DE-BW", "Baden-Württemberg"),
        ("DE-BY", _("Bayern")),
        ("DE-BY-catholic", _("Bayern, mit Mariä Himmelfahrt")),
        ("DE-BE", "Berlin"),
        ("DE-BB", "Brandenburg"),
        ("DE-HB", "Bremen"),
        ("DE-HH", "Hamburg"),
        ("DE-HE", _("Hessen")),
        ("DE-MV", _("Mecklenburg-Vorpommern")),
        ("DE-NI", _("Niedersachsen")),
        ("DE-NW", _("Nordrhein-Westfalen")),
        ("DE-RP", _("Rheinland-Pfalz")),
        ("DE-SL", "Saarland"),
        ("DE-SN", _("Sachsen")),
        ("DE-ST", _("Sachsen-Anhalt")),
        ("DE-SH", "Schleswig-Holstein"),
        ("DE-TH", _("Thüringen")),
    ]


def _others() -> list[tuple[str, str]]:
    return [
        ("AT", _("Österreich")),
        ("CH", _("Schweiz, landesweit")),
        ("CH-BE", _("Schweiz, Bern")),
        ("CH-BS", _("Schweiz, Basel-Stadt")),
        ("CH-ZH", _("Schweiz, Zürich")),
        ("BE", _("Belgien")),
        ("DK", _("Dänemark")),
        ("FR", _("Frankreich")),
        ("IT", _("Italien")),
        ("LI", "Liechtenstein"),
        ("LU", _("Luxemburg")),
        ("NL", _("Niederlande")),
        ("PL", _("Polen")),
        ("CZ", _("Tschechien")),
    ]
