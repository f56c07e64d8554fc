"""The distribution's Chromium, driven by Playwright and kept on the loopback interface."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tests.servers import programs

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


def path() -> str:
    """Return where Chromium is installed."""
    for name in NAMES[:-1]:
        try:
            return programs.find(name)
        except programs.MissingProgram:
            continue
    return programs.find(NAMES[-1])


@contextmanager
def started() -> Iterator[Browser]:
    """Start a headless browser; it is closed on leaving."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path(), args=ARGUMENTS, headless=True)
        yield browser
        browser.close()
