"""The browser of the tests works and stays on this machine."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error, Page

from tests.accessibility import violations

pytestmark = pytest.mark.e2e


def test_the_browser_runs_scripts_and_fonts(page: Page) -> None:
    page.set_content("<h1>Guten Tag</h1><script>document.title = 'ä' + (1 + 1)</script>")
    assert page.title() == "ä2"
    assert page.get_by_role("heading").inner_text() == "Guten Tag"


def test_the_browser_finds_no_name_of_the_outside_world(page: Page) -> None:
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://shop.example/")


def test_an_inaccessible_page_is_told_apart(page: Page) -> None:
    page.set_content('<html lang="de"><title>x</title><main><h1>Anliegen</h1><input></main></html>')
    assert [line.partition(":")[0] for line in violations(page)] == ["label"]
