"""What somebody who connects a page has to do and to enter; all words are German message ids."""

from __future__ import annotations

from channels.contract import Field, Form
from channels.meta.graph import DEFAULT_BASE, DEFAULT_VERSION

FIELDS = (
    *("messages", "messaging_postbacks", "message_echoes", "message_edits", "message_reactions"),
    *("message_deliveries", "message_reads", "messaging_referrals", "messaging_optins", "messaging_handovers"),
    *("messaging_policy_enforcement", "standby", "feed", "mention", "ratings"),
)
"""What the app must subscribe for the page."""
SCOPES = (
    *("pages_messaging", "pages_manage_metadata", "pages_read_engagement"),
    *("pages_read_user_content", "pages_manage_engagement"),
)
"""What the page's token must be allowed."""

FORM = Form(
    title="Facebook Messenger und Seitenkommentare",
    address_label="Kennung der Seite",
    is_social=True,
    steps=(
        "Unter developers.facebook.com eine App vom Typ „Business“ anlegen und das Produkt „Messenger“ hinzufügen.",
        "Die Seite mit der App verbinden und ein Seiten-Token erzeugen; das eines Systemnutzers läuft nicht ab.",
        "Diese Berechtigungen geben: " + ", ".join(SCOPES) + ".",
        "Unter „Webhooks“ die Adresse von hier und das Prüfwort eintragen, dann abonnieren: " + ", ".join(FIELDS) + ".",
        "Für Antworten nach 24 Stunden die Funktion „Human Agent“ im App Review beantragen.",
    ),
    fields=(
        Field(name="app_id", label="Kennung der App", is_required=True),
        Field(name="app_secret", label="App-Geheimnis", kind="secret", is_required=True),
        Field(
            name="verify_token",
            label="Prüfwort des Webhooks",
            kind="secret",
            help="Frei gewählt; dasselbe Wort steht bei Facebook neben der Adresse des Webhooks.",
            is_required=True,
        ),
        Field(name="page_token", label="Seiten-Token", kind="secret", is_required=True),
        Field(name="graph_version", label="Version der Graph-API", default=DEFAULT_VERSION, is_advanced=True),
        Field(name="api_base", label="Adresse der Graph-API", default=DEFAULT_BASE, is_advanced=True),
    ),
)
