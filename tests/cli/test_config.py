"""One file declares the shop."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from app.config import Settings
from tests.cli.conftest import Faden
from tests.fixtures.databases import Clock

SHOP = """
teams: [Kundenservice, Retoure]
people:
  - {email: Ada@nordlicht.example, name: Ada, role: lead, teams: [Kundenservice, Retoure]}
calendars:
  - name: Servicezeit
    tz: Europe/Berlin
    region: DE-SH
    weekly_hours: {mon: [[09:00, 17:00]], tue: [["09:00", "12:00"], ["13:00", "17:00"]]}
    holidays: {2026-12-28: Inventur}
    special_hours: {2026-12-24: [["09:00", "12:00"]]}
policies:
  - name: E-Mail Kundenservice
    route: email
    team: Kundenservice
    calendar: Servicezeit
    targets: {first: {normal: 240, urgent: 60}, next: {normal: 480}}
    warn_percent: 80
channels:
  - kind: email
    name: Service
    address: service@nordlicht.example
    team: Kundenservice
    settings: {imap_host: mail.nordlicht.example, imap_tls: tls, from_name: Nordlicht}
    secrets: {imap_password: {file: geheim/imap}}
"""


@pytest.fixture
def shop(folder: Path, clock: Clock) -> Path:
    """The file, beside it the secret it names."""
    clock.set("2026-11-23T09:00:00+01:00")
    (folder / "geheim").mkdir()
    (folder / "geheim" / "imap").write_text("streng-geheim\n")
    file = folder / "shop.yml"
    file.write_text(SHOP)
    return file


def change(file: Path, old: str, new: str) -> None:
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


def test_a_shop_is_made_from_one_file_and_a_second_time_nothing_changes(faden: Faden, shop: Path) -> None:
    first = faden("config", "apply", shop)
    assert first.exit_code == 0, first.output
    assert first.output.splitlines() == [
        "+ teams: Kundenservice",
        "+ teams: Retoure",
        "+ people: ada@nordlicht.example",
        "+ calendars: Servicezeit",
        "+ policies: E-Mail Kundenservice",
        "+ channels: Service",
    ]
    assert faden("config", "apply", shop).output == "Nothing to change.\n"


def test_what_is_shown_can_be_applied_and_changes_nothing(faden: Faden, shop: Path) -> None:
    faden("config", "apply", shop)
    shown = faden("config", "show")
    shop.write_text(shown.output)
    assert faden("config", "apply", shop).output == "Nothing to change.\n"
    assert "streng-geheim" not in shown.output
    assert yaml.safe_load(shown.output)["calendars"][0]["holidays"] == {"2026-12-28": "Inventur"}


def test_a_dry_run_says_what_would_change_and_changes_nothing(faden: Faden, shop: Path) -> None:
    dry = faden("config", "apply", shop, "--dry-run")
    assert "+ channels: Service" in dry.output
    assert faden("team", "list").output == ""
    assert "+ channels: Service" in faden("config", "apply", shop).output


def test_each_difference_is_a_line(faden: Faden, shop: Path) -> None:
    faden("config", "apply", shop)
    change(shop, "warn_percent: 80", "warn_percent: 75")
    change(shop, "name: Ada, role: lead, teams: [Kundenservice, Retoure]", "name: Ada L., role: lead, teams: [Retoure]")
    assert faden("config", "apply", shop).output.splitlines() == [
        "~ people: ada@nordlicht.example: name: 'Ada' -> 'Ada L.'",
        "~ people: ada@nordlicht.example: teams: ['Kundenservice', 'Retoure'] -> ['Retoure']",
        "~ policies: E-Mail Kundenservice: ladder: 'Warnung bei 80 %' -> None",
    ]


def test_what_is_left_out_stays_as_it_is(faden: Faden, shop: Path) -> None:
    faden("config", "apply", shop)
    before = faden("config", "show").output
    shop.write_text("teams: [Kundenservice]\n")
    assert faden("config", "apply", shop).exit_code == 0
    assert faden("config", "show").output == before


def test_a_changed_calendar_gets_a_new_version_with_frozen_holidays(
    faden: Faden, shop: Path, settings: Settings
) -> None:
    faden("config", "apply", shop)
    assert calendar(settings) == (1, True, True)
    change(shop, "2026-12-28: Inventur", "2026-12-29: Inventur")
    faden("config", "apply", shop)
    assert calendar(settings) == (2, True, True)


def calendar(settings: Settings) -> tuple[int, bool, bool]:
    """Return the version, and whether this year's and the year after next's holidays are in it."""
    from app.db import db
    from app.factory import create_core
    from app.models import Calendar

    with create_core(settings).app_context():
        row = db.session.query(Calendar).filter(Calendar.name == "Servicezeit").one()
        found = (row.version, "2026-12-25" in row.holidays, "2028-12-25" in row.holidays)
        db.session.remove()
        db.engine.dispose()
    return found


def test_a_secret_reaches_the_channel_sealed(faden: Faden, shop: Path, settings: Settings) -> None:
    from app.db import db
    from app.desk.accounts import account_of
    from app.factory import create_core
    from app.models import Channel

    faden("config", "apply", shop)
    with create_core(settings).app_context():
        channel = db.session.query(Channel).one()
        opened, sealed = account_of(channel).secrets, channel.secrets
        db.session.remove()
        db.engine.dispose()
    assert opened == {"imap_password": "streng-geheim"}
    assert b"geheim" not in sealed


def test_a_new_secret_is_noticed_without_being_told(faden: Faden, shop: Path) -> None:
    faden("config", "apply", shop)
    (shop.parent / "geheim" / "imap").write_text("noch-geheimer\n")
    result = faden("config", "apply", shop)
    assert result.output == "~ channels: Service: secrets.imap_password: '***' -> '***'\n"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("role: lead", "role: king", "people[0].role: "),
        ("tz: Europe/Berlin", "tz: Europe/Atlantis", "calendars[0]: "),
        ("region: DE-SH", "region: XX", "calendars[0]: "),
        ("mon: [[09:00, 17:00]]", "mon: [[09:00]]", "calendars[0].weekly_hours.mon[0]: "),
        ("mon: [[09:00, 17:00]]", "mittwoch: [[09:00, 17:00]]", "calendars[0].weekly_hours.mittwoch"),
        ("2026-12-24: [", "weihnachten: [", "calendars[0].special_hours.weihnachten"),
        ("normal: 240", "normal: bald", "policies[0].targets.first.normal: "),
        ("normal: 240", "normal: 0", "policies[0].targets.first.normal: "),
        ("route: email", "route: brieftaube", "policies[0].route: "),
        ("calendar: Servicezeit", "calendar: Nirgends", "policies[0].calendar: there is no calendar 'Nirgends'"),
        ("team: Kundenservice\n    calendar", "team: Nirgends\n    calendar", "policies[0].team: there is no team 'Nirgends'"),
        ("kind: email", "kind: fax", "channels[0]: "),
        ("imap_tls: tls", "imap_tls: vielleicht", "channels[0]: Einstellung imap_tls"),
        ("imap_tls: tls", "imap_tsl: tls", "channels[0]: there is no setting imap_tsl"),
        ("{file: geheim/imap}", "offen", "channels[0].secrets.imap_password: a secret is given as {file: PATH}"),
        ("geheim/imap", "geheim/nichts", "channels[0].secrets.imap_password: cannot read"),
        ("[Kundenservice, Retoure]\npeople", "[Kundenservice, Kundenservice]\npeople", "teams: Kundenservice stands there twice"),
        ("teams: [Kunden", "temas: [Kunden", "temas: "),
    ],
)  # fmt: skip
def test_a_wrong_entry_is_a_line_that_names_its_place(
    faden: Faden, shop: Path, database: str, old: str, new: str, told: str
) -> None:
    change(shop, old, new)
    result = faden("config", "apply", shop)
    assert result.exit_code == 1
    assert f"{shop}: {told}" in result.stderr
    assert faden("team", "list").output == ""


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_file_that_is_no_yaml_is_wrong_usage(faden: Faden, shop: Path, database: str) -> None:
    assert faden("config", "apply", shop.with_name("nichts.yml")).exit_code == 2
    shop.write_text("teams: [")
    assert faden("config", "apply", shop).exit_code == 2
    shop.write_text("- teams")
    assert faden("config", "apply", shop).exit_code == 2


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_empty_file_changes_nothing(faden: Faden, shop: Path, database: str) -> None:
    shop.write_text("")
    assert faden("config", "apply", shop).output == "Nothing to change.\n"


def test_a_password_is_only_taken_while_there_is_none(faden: Faden, shop: Path, settings: Settings) -> None:
    from tests.cli.test_setting_up import can_log_in

    (shop.parent / "geheim" / "ada").write_text("ein langes Kennwort\n")
    change(shop, "name: Ada, role", "name: Ada, password: {file: geheim/ada}, role")
    faden("config", "apply", shop)
    (shop.parent / "geheim" / "ada").write_text("ein ganz anderes Kennwort\n")
    assert faden("config", "apply", shop).output == "Nothing to change.\n"
    assert can_log_in(settings, "ada@nordlicht.example", "ein langes Kennwort")


PLATFORMS = """
teams: [Social Media]
people:
  - {email: ben@nordlicht.example, name: Ben, teams: [Social Media], phone_user: Ben}
channels:
  - kind: messenger
    name: Seite
    address: "2200000000000042"
    team: Social Media
    settings: {app_id: "110000000000011", api_base: "http://127.0.0.1:9"}
    secrets: {page_token: {file: geheim/imap}, app_secret: {file: geheim/imap}, verify_token: {file: geheim/imap}}
  - kind: x
    name: Auf X
    address: "4200042"
    settings: {username: nordlicht, terms: [Nordlicht Lampen, "#nordlichtlampen"], poll_seconds: 30}
  - kind: phone
    name: Telefon
    address: "+4940669691100"
    settings: {provider: sipgate, country: DE}
"""


@pytest.fixture
def platforms(shop: Path) -> Path:
    """The file of a shop that is heard on every platform."""
    shop.write_text(PLATFORMS)
    return shop


def test_every_kind_of_channel_is_declared_and_shown_again(faden: Faden, platforms: Path) -> None:
    first = faden("config", "apply", platforms)
    assert [line for line in first.output.splitlines() if "channels" in line] == [
        "+ channels: Seite",
        "+ channels: Auf X",
        "+ channels: Telefon",
    ], first.stderr
    shown = faden("config", "show").output
    assert yaml.safe_load(shown)["channels"][0]["settings"]["terms"] == ["Nordlicht Lampen", "#nordlichtlampen"]
    assert yaml.safe_load(shown)["people"][0]["phone_user"] == "Ben"
    assert "streng-geheim" not in shown
    platforms.write_text(shown)
    assert faden("config", "apply", platforms).output == "Nothing to change.\n"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("app_id:", "ap_id:", "channels[0]: there is no setting ap_id"),
        ("page_token:", "page_tokn:", "channels[0]: there is no secret page_tokn"),
        ("http://127.0.0.1:9", "ftp://127.0.0.1", "channels[0]: Einstellung api_base"),
        ("terms:", "term:", "channels[1]: there is no setting term"),
        ("poll_seconds: 30", "poll_seconds: oft", "channels[1]: Einstellung poll_seconds"),
        ("provider: sipgate", "provider: rauchzeichen", "channels[2]: Einstellung provider"),
    ],
)
def test_a_wrong_setting_of_any_kind_is_named(
    faden: Faden, platforms: Path, database: str, old: str, new: str, told: str
) -> None:
    change(platforms, old, new)
    result = faden("config", "apply", platforms)
    assert result.exit_code == 1
    assert f"{platforms}: {told}" in result.stderr


def test_a_webhook_is_declared_named_by_a_ladder_and_shown_again(
    faden: Faden, folder: Path, settings: Settings
) -> None:
    (folder / "geheim").write_text("whsec_bGVpdHN0YW5k\n")
    file = folder / "webhooks.yml"
    file.write_text(
        """
webhooks:
  - {name: Leitstand, url: "https://leitstand.example/hear", secret: {file: geheim}}
ladders:
  - name: Mit Leitstand
    rungs: [{at: breach, to: [leads], via: [inbox, "webhook:Leitstand"]}]
"""
    )
    first = faden("config", "apply", file)
    assert first.exit_code == 0, first.output
    assert "+ webhooks: Leitstand" in first.output
    assert "Nothing to change." in faden("config", "apply", file).output
    shown = yaml.safe_load(faden("config", "show").output)
    assert shown["webhooks"] == [{"name": "Leitstand", "url": "https://leitstand.example/hear", "paused": False}]
    assert "whsec" not in str(shown)
    (folder / "geheim").write_text("whsec_YW5kZXJz\n")
    assert "~ webhooks: Leitstand: secret" in faden("config", "apply", file).output
