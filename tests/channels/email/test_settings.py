"""A wrong setting is named in one line."""

from __future__ import annotations

import pytest

from channels.contract import Account
from channels.email.connector import EmailConnector
from channels.email.settings import EmailSettings
from channels.registry import UnknownKind, build


def account(**settings: object) -> Account:
    return Account(id=1, kind="email", name="E-Mail", address="support@shop.example", settings=settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("address", "support"),
        ("address", "a b@shop.example"),
        ("address", "laden@müller.example"),
        ("from_name", "Shop\r\nBcc: alle@kunden.example"),
        ("imap_host", "mail shop"),
        ("imap_port", 0),
        ("imap_port", "neunhundert"),
        ("imap_port", True),
        ("imap_tls", "ssl"),
        ("smtp_port", 70_000),
        ("smtp_tls", ""),
        ("import_since_days", -1),
        ("receipt", "ja"),
        ("ca_file", "/gibt/es/nicht.pem"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=rf"^Einstellung {name}: [^\n]+$"):
        EmailConnector(account(**{name: value}))


def test_numbers_may_be_written_as_text_and_nothing_means_the_default() -> None:
    settings = EmailSettings.of(account(imap_port="143", imap_user=None))

    assert (settings.imap_port, settings.imap_user, settings.folder) == (143, "", "INBOX")


def test_slips_of_the_pen_are_found() -> None:
    assert EmailSettings.unknown({"imap_host": "x", "smpt_host": "y"}) == ["smpt_host"]


def test_the_registry_builds_the_connector_of_a_kind() -> None:
    connector = build(account())

    assert isinstance(connector, EmailConnector)
    assert connector.kind == "email"
    with pytest.raises(UnknownKind, match="brieftaube"):
        build(Account(id=1, kind="brieftaube", name="", address="", settings={}))
