"""docs/configuration.md says what is true."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import yaml

from app.cli import COMMANDS
from app.desk.declared import read
from channels.email.settings import EmailSettings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")


def test_every_variable_stands_on_the_page_and_no_other() -> None:
    read_by_the_code = set(re.findall(r"FADEN_[A-Z_]+", (ROOT / "app" / "config.py").read_text(encoding="utf-8")))
    assert set(re.findall(r"`(FADEN_[A-Z_]+)`", PAGE)) == read_by_the_code


def test_every_setting_of_a_mail_channel_stands_on_the_page_with_its_default() -> None:
    table = PAGE.partition("## Settings of an e-mail channel")[2].partition("##")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]*?) ?\|", table, re.MULTILINE))
    assert list(rows) == [field.name for field in fields(EmailSettings)]
    for field in fields(EmailSettings):
        if isinstance(field.default, int) or field.default in {"tls", "starttls", "INBOX"}:
            assert (
                rows[field.name]
                == f"`{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"
            )


def test_the_example_can_be_applied() -> None:
    example = PAGE.partition("```yaml\n")[2].partition("```")[0]
    declared = read(yaml.safe_load(example))
    assert [channel.name for channel in declared.channels] == ["Service", "Shop on X"]
    assert declared.calendars[0].special_hours == {"2026-12-24": [["09:00", "12:00"]]}


def test_every_command_stands_on_the_page() -> None:
    assert [name for name in COMMANDS if f"`faden {name}" not in PAGE] == []
