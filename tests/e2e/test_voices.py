"""Every other voice, all the way: a customer on the platform, its signed call of our hook, an answer, what they get there."""

from __future__ import annotations

import json

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.shop import be_live, come_in, enter_demo
from tests.servers.product import Product

pytestmark = pytest.mark.e2e


@pytest.fixture
def desk(demo: Product, page: Page) -> Page:
    """An administrator's browser in the demo."""
    enter_demo(page, demo)
    be_live(page)
    return page


def act(desk: Page, demo: Product, way: str, button: str, text: str = "", *, id: str = "") -> Page:
    """Be a customer in another window of the browser, and return it."""
    customer = desk.context.new_page()
    customer.goto(f"{demo.url}/demo/write/{way}")
    if text:
        customer.get_by_label("Text").fill(text)
    if id:
        customer.get_by_label("Ihre Kennung dort").fill(id)
    customer.get_by_role("button", name=button).click()
    return customer


def let(demo: Product, what: str) -> None:
    """Let something happen on a platform that no customer does."""
    ports = json.loads((demo.folder / "demo-platforms" / "ports.json").read_text())
    assert httpx.post(f"http://127.0.0.1:{ports['control']}/{what}", json={}, trust_env=False).is_success


def answer(desk: Page, text: str) -> Locator:
    """Answer the open ticket the way it is and return our message."""
    desk.keyboard.press("r")
    desk.keyboard.type(text)
    desk.keyboard.press("Control+Enter")
    return desk.locator(".message.out").filter(has_text=text)


def opened(desk: Page, subject: str) -> None:
    come_in(desk, subject).click()
    expect(desk.locator("h1").filter(has_text=subject)).to_be_visible()


def arrived(desk: Page, demo: Product, kind: str, text: str, how: str) -> None:
    """See it on the platform as the customer does."""
    window = desk.context.new_page()
    window.goto(f"{demo.url}/demo/received/{kind}")
    article = window.get_by_role("article", name=text)
    expect(article).to_contain_text("Eva Sommer")
    expect(article.locator(".tag")).to_have_text(how)


def test_after_the_start_every_channel_is_green(demo: Product, desk: Page) -> None:
    desk.goto(f"{demo.url}/settings/channels")
    expect(desk.locator("tbody .tag.good")).to_have_count(4)
    for row in desk.locator("tbody tr").all():
        row.get_by_role("button", name="Prüfen").click()
        expect(row.locator(".verdict.ok").first).to_be_visible()
        expect(row.locator(".verdict.bad")).to_have_count(0)


def test_a_private_message_is_answered(demo: Product, desk: Page) -> None:
    act(desk, demo, "messenger", "Nachricht senden", "Kommt die Stehlampe noch vor Freitag?")
    opened(desk, "Kommt die Stehlampe noch vor Freitag?")
    ours = answer(desk, "Ja, am Donnerstag.")
    expect(ours.locator(".delivery")).to_contain_text("zugestellt")
    arrived(desk, demo, "messenger", "Ja, am Donnerstag.", "privat")


def test_a_comment_is_answered_in_public_and_once_in_private(demo: Product, desk: Page) -> None:
    act(desk, demo, "comment", "Öffentlich kommentieren", "Gibt es die Skagen auch in Rot?")
    opened(desk, "Gibt es die Skagen auch in Rot?")
    ours = answer(desk, "Leider nein, nur in Salbei und Anthrazit.")
    expect(ours.locator(".delivery")).to_contain_text("gesendet")
    arrived(desk, demo, "messenger", "Leider nein, nur in Salbei und Anthrazit.", "öffentlich")

    desk.get_by_role("tab", name="Messenger privat").click()
    desk.keyboard.type("Für Sie legen wir eine rote zurück.")
    desk.get_by_role("button", name="Privat antworten", exact=True).click()
    private = desk.locator(".message.out").filter(has_text="Für Sie legen wir eine rote zurück.")
    expect(private.locator(".delivery")).to_contain_text("zugestellt")
    arrived(desk, demo, "messenger", "Für Sie legen wir eine rote zurück.", "privat")


def test_a_mention_is_answered_where_everybody_reads_it(demo: Product, desk: Page) -> None:
    act(desk, demo, "x", "Auf X posten", "@nordlicht Seit Tagen keine Antwort!")
    opened(desk, "@nordlicht Seit Tagen keine Antwort!")
    ours = answer(desk, "Das tut uns leid, wir sehen gleich nach.")
    expect(ours.locator(".delivery")).to_contain_text("gesendet")
    arrived(desk, demo, "x", "Das tut uns leid, wir sehen gleich nach.", "öffentlich")


def test_who_only_talks_about_us_is_heard_but_not_answered_from_here(demo: Product, desk: Page) -> None:
    act(desk, demo, "x", "Auf X posten", "Taugen Nordlicht Lampen etwas?")
    opened(desk, "Taugen Nordlicht Lampen etwas?")
    expect(desk.locator(".timeline")).to_contain_text("nicht erwähnt")
    expect(desk.get_by_role("link", name="Auf X öffnen").last).to_be_visible()
    expect(desk.get_by_role("button", name="Öffentlich antworten", exact=True)).to_be_hidden()


def test_the_telephone_rings_and_is_noted(demo: Product, desk: Page) -> None:
    customer = act(desk, demo, "phone", "Klingeln lassen")
    card = desk.locator(".call").filter(has_text="0171 39200042")
    expect(card).to_be_visible()
    customer.get_by_role("button", name="Im Laden abheben").click()
    expect(card).to_contain_text("Frauke Behn spricht")
    card.get_by_role("button", name="Neues Anliegen").click()
    desk.get_by_label("Was wurde besprochen?").fill("Rechnungskopie geht per Mail raus.")
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_text("Rechnungskopie geht per Mail raus.").first).to_be_visible()
    customer.get_by_role("button", name="Auflegen").click()
    expect(card).to_be_hidden()


def test_a_dead_token_is_red_everywhere_until_it_is_renewed(demo: Product, desk: Page) -> None:
    act(desk, demo, "messenger", "Nachricht senden", "Gilt der Gutschein noch?", id="6100000000000077")
    opened(desk, "Gilt der Gutschein noch?")
    let(demo, "messenger/revoke")
    ours = answer(desk, "Ja, bis Jahresende.")
    expect(desk.locator("#bars")).to_contain_text("gestört – Antworten warten.")

    settings = desk.context.new_page()
    settings.goto(f"{demo.url}/settings/channels")
    settings.get_by_role("link", name="Nordlicht auf Facebook").click()
    expect(settings.locator("#condition")).to_contain_text("Code 190")
    settings.get_by_role("link", name="Zugang ersetzen").click()
    expect(settings.get_by_label("Seiten-Token")).to_be_focused()

    let(demo, "messenger/renew")
    settings.get_by_role("button", name="Verbindung prüfen").click()
    expect(settings.locator("#checked .verdict.ok").first).to_be_visible()
    expect(settings.locator("#condition")).to_contain_text("verbunden")
    expect(desk.locator("#bars .bar")).to_have_count(0)
    expect(ours.locator(".delivery")).to_contain_text("zugestellt")


def test_the_banner_comes_by_itself_over_a_mail_of_the_same_name(demo: Product, desk: Page) -> None:
    writer = desk.context.new_page()
    writer.goto(f"{demo.url}/demo/write")
    writer.get_by_label("Ihr Name als Kunde").fill("Friederike Quandt")
    writer.get_by_label("Ihre Adresse als Kunde").fill("f.quandt@kundin.example")
    writer.get_by_label("Betreff").fill("Wandleuchte")
    writer.get_by_label("Text").fill("Wo bleibt die Wandleuchte aus Bestellung 4711-2288?\n\nFriederike Quandt")
    writer.get_by_role("button", name="Mail senden").click()
    expect(writer.locator(".ticket-row").first).to_be_visible()
    come_in(desk, "Wandleuchte")

    chat = desk.context.new_page()
    chat.goto(f"{demo.url}/demo/write/messenger")
    chat.get_by_label("Ihr Name als Kunde").fill("Friederike Quandt")
    chat.get_by_label("Ihre Kennung dort").fill("6100000000000088")
    chat.get_by_label("Text").fill("Zu Bestellung 4711-2288 habe ich schon eine E-Mail geschrieben, keine Antwort!")
    chat.get_by_role("button", name="Nachricht senden").click()
    opened(desk, "Zu Bestellung 4711-2288")

    banner = desk.locator(".debt")
    expect(banner).to_contain_text("schuldet seit")
    expect(banner).to_contain_text("vermutet")
    expect(banner).to_contain_text("gleicher Name")
