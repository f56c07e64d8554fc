"""Files are fetched from addresses that strangers name: none of them may lead into our own network."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from flask import Response, redirect, request

from channels.http import Caller, Forbidden, NotReached, fetched, is_public
from tests.emulators.serving import Emulator


@pytest.fixture
def platform() -> Iterator[Emulator]:
    emulator = Emulator("files")

    @emulator.app.get("/cat.jpg")
    def cat() -> Response:
        return Response(b"\xff\xd8miau", mimetype="image/jpeg")

    @emulator.app.get("/gone.jpg")
    def gone() -> tuple[str, int]:
        return "gone", 410

    @emulator.app.get("/away")
    def away() -> Response:
        return redirect("https://127.0.0.1:8443/secret")  # type: ignore[return-value]

    @emulator.app.get("/large")
    def large() -> Response:
        return Response(b"0" * 5000, mimetype="application/octet-stream")

    @emulator.app.post("/told")
    def told() -> dict[str, object]:
        return {"said": request.get_json(), "by": request.headers["Authorization"]}

    emulator.start()
    yield emulator
    emulator.stop()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",  # noqa: S104
        "255.255.255.255", "::1", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "ff02::1",
        "fec0::1", "64:ff9b:1::1", "::127.0.0.1", "::ffff:0:127.0.0.1",
    ],
)  # fmt: skip
def test_an_address_inside_is_no_public_one(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822"])
def test_an_address_outside_is_a_public_one(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://files.example/cat.jpg",
        "https://127.0.0.1/cat.jpg",
        "https://localhost/cat.jpg",
        "https://[::1]/cat.jpg",
        "https://user:word@files.example/cat.jpg",
        "file:///etc/passwd",
        "gopher://files.example/",
        "https:///cat.jpg",
        "https://[",
        "https://files.example:99999/cat.jpg",
    ],
)
def test_a_file_inside_our_network_is_not_fetched(url: str) -> None:
    with pytest.raises(Forbidden):
        fetched(url)


def test_a_file_of_the_account_s_own_platform_is_fetched(platform: Emulator) -> None:
    found = fetched(f"{platform.url}/cat.jpg", trusted=platform.url)

    assert found is not None
    assert (found.name, found.type, found.content) == ("cat.jpg", "image/jpeg", b"\xff\xd8miau")


def test_a_file_that_is_gone_is_none(platform: Emulator) -> None:
    assert fetched(f"{platform.url}/gone.jpg", trusted=platform.url) is None


def test_a_redirect_inside_is_not_followed(platform: Emulator) -> None:
    with pytest.raises(Forbidden, match="privaten Netz"):
        fetched(f"{platform.url}/away", trusted=platform.url)


def test_a_file_that_never_ends_is_cut_off(platform: Emulator) -> None:
    with pytest.raises(NotReached, match="schickt mehr"):
        fetched(f"{platform.url}/large", trusted=platform.url, most_bytes=1000)


def test_a_redirect_to_nowhere_is_said(platform: Emulator) -> None:
    platform.app.get("/lost")(lambda: Response(status=302))

    with pytest.raises(NotReached, match="302"):
        fetched(f"{platform.url}/lost", trusted=platform.url)


def test_a_file_that_drips_is_cut_off(platform: Emulator) -> None:
    def dripping() -> Iterator[bytes]:
        for _ in range(50):
            time.sleep(0.1)
            yield b"0"

    platform.app.get("/drip")(lambda: Response(dripping(), mimetype="image/png"))

    with pytest.raises(NotReached, match="zu langsam"):
        fetched(f"{platform.url}/drip", trusted=platform.url, within=0.3)


def test_a_log_in_goes_to_the_platform_only(platform: Emulator) -> None:
    other = Emulator("other")
    other.app.get("/cat.jpg")(lambda: "miau")
    other.start()
    try:
        with pytest.raises(Forbidden):
            fetched(f"{other.url}/cat.jpg", trusted=platform.url, headers={"Authorization": "Bearer x"})
    finally:
        other.stop()
    assert other.calls == []


def test_a_call_brings_json_there_and_back(platform: Emulator) -> None:
    caller = Caller(platform.url, headers={"Authorization": "Bearer x"})

    reply = caller.call("POST", "/told", json={"text": "Grüße"})

    assert reply.is_good
    assert reply.json() == {"said": {"text": "Grüße"}, "by": "Bearer x"}


def test_a_closed_door_was_never_passed() -> None:
    with pytest.raises(NotReached) as caught:
        Caller("http://127.0.0.1:9", within=2).call("POST", "/told")

    assert not caught.value.may_have_arrived


def test_a_call_that_breaks_off_may_have_arrived(platform: Emulator) -> None:
    @platform.app.get("/slow")
    def slow() -> str:
        time.sleep(3)
        return "late"

    with pytest.raises(NotReached) as caught:
        Caller(platform.url, within=0.3).call("GET", "/slow")

    assert caught.value.may_have_arrived
