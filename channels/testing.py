"""What every connector must do, whoever wrote it: checks that a test of a connector's package runs in one line.

    from channels.testing import CHECKS, Sample

    SAMPLE = Sample(account=..., message=..., own=..., unknown=..., signed=...)

    @pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
    def test_the_contract(check):
        check(MyConnector(SAMPLE.account), SAMPLE)

Each check raises `AssertionError` with words.
"""

from __future__ import annotations

import base64
import hmac
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from channels.contract import (
    Account,
    CallEvent,
    Capability,
    ChannelFault,
    Connector,
    Contact,
    ContactType,
    DeliveryError,
    Exchange,
    Handle,
    Heard,
    Hooked,
    HookRequest,
    Outgoing,
    Unreadable,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NOWHERE = "http://127.0.0.1:9"
"""Nobody listens on the discard port of this machine (RFC 863)."""
MUTATIONS = 300
MUST_NOT_BE_TOLD = "geheimnis-der-probe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What a connector's author brings along, in the platform's own form."""

    account: Account
    """Set up completely, without any address that can be reached; its secrets contain `MUST_NOT_BE_TOLD`."""
    message: Callable[[str, str, datetime], bytes]
    """Raw input with one message (or ringing call) of a customer: external id, text, the platform's time."""
    own: bytes = b""
    """The same of a message we sent ourselves with another tool; empty where the platform tells none."""
    unknown: bytes = b""
    """A customer's message of a type nobody has heard of; empty where there are no types."""
    signed: Callable[[bytes], HookRequest] | None = None
    """A call of the platform's with this body, rightly signed; None where it is never called."""
    nobody: Account | None = field(default=None)
    """The same account with every address leading to `NOWHERE`; None: settings with `api_base` replaced."""


Check = Callable[[Connector, Sample], None]


def it_introduces_itself(connector: Connector, sample: Sample) -> None:
    """Title and fields are there, each name once, no default for a secret."""
    form = connector.form
    names = [each.name for each in form.fields]
    assert connector.kind == sample.account.kind, "the kind is the one it is registered by"
    assert form.title, "people must know what they set up"
    assert len(names) == len(set(names)), "every field has a name of its own"
    assert all(each.label for each in form.fields), "every field has a label"
    assert not [each.name for each in form.fields if each.kind == "secret" and each.default], "a secret has no default"


def it_can_be_built_before_it_is_set_up(connector: Connector, sample: Sample) -> None:
    """An account with nothing but its address can be built, so that recorded input can be explained."""
    bare = Account(id=0, kind=connector.kind, name="Probe", address=sample.account.address, settings={})
    assert type(connector)(bare).kind == connector.kind  # type: ignore[call-arg]


def it_hears_a_message(connector: Connector, sample: Sample) -> None:
    """One message is one value with the platform's id, text and time."""
    sent_at = NOW - timedelta(minutes=5)
    heard = _heard(connector, sample.message("probe-1", "Wo bleibt mein Paket?", sent_at))
    assert len(heard) == 1, f"one message is one value, not {len(heard)}"
    (first,) = heard
    if isinstance(first, Contact):
        assert "Wo bleibt mein Paket?" in first.text
        assert abs(first.sent_at - sent_at) < timedelta(seconds=1), "the platform's time is kept"
        assert not first.is_own, "a customer's message is not ours"
        assert first.sender.value, "somebody wrote it"
        assert first.sender.kind, "every address has a kind"
    else:
        assert isinstance(first, CallEvent), "a message is a contact, or a step of a call"


def it_hears_the_same_twice(connector: Connector, sample: Sample) -> None:
    """Parsing is a function of its input, so a repeated call can be told from a new message."""
    raw = sample.message("probe-1", "Hallo", NOW)
    assert _heard(connector, raw) == _heard(connector, raw)
    other = _heard(connector, sample.message("probe-2", "Hallo", NOW))
    ids = {_id(each) for each in (*_heard(connector, raw), *other)}
    assert len(ids) == 2, "two messages with the same text have two ids"


def it_remembers_nothing(connector: Connector, sample: Sample) -> None:
    """What came before changes nothing: another process hears the same in another order."""
    raws = [sample.message(f"probe-{n}", f"Nachricht {n}", NOW - timedelta(seconds=n)) for n in range(6)]
    forward = [_heard(connector, raw) for raw in raws]
    another = type(connector)(sample.account)  # type: ignore[call-arg]
    assert [_heard(another, raw) for raw in reversed(raws)] == forward[::-1]


def it_clamps_the_future(connector: Connector, sample: Sample) -> None:
    """A time after the receipt becomes the receipt's: a clock never starts in the future."""
    for each in _heard(connector, sample.message("probe-1", "Hallo", NOW + timedelta(hours=3))):
        assert each.sent_at <= NOW, "no message was sent after it was received"


def it_knows_its_own_voice(connector: Connector, sample: Sample) -> None:
    """What we sent ourselves is outgoing and never a customer's message."""
    heard = _heard(connector, sample.own) if sample.own else []
    assert all(each.is_own for each in heard if isinstance(each, Contact)), "an echo is ours"
    assert bool(heard) == bool(sample.own), "an echo is heard: it may stop a clock"


def it_shows_what_it_does_not_know(connector: Connector, sample: Sample) -> None:
    """A message of an unknown type is a visible placeholder, never silence."""
    if sample.unknown:
        contacts = [each for each in _heard(connector, sample.unknown) if isinstance(each, Contact)]
        assert [each.type for each in contacts] == [ContactType.UNKNOWN], "unknown is said to be unknown"
        assert contacts[0].text, "a placeholder has words"


def it_survives_nonsense(connector: Connector, sample: Sample) -> None:
    """Broken, cut, twisted and empty input is `Unreadable` or understood, and stays storable."""
    raw = sample.message("probe-1", "Wo bleibt mein Paket?", NOW)
    for each in (b"", b"{}", b"[]", b"null", b"\xff\xfe\x00", b"[" * 5000, b"0" * 100_000, *mutations(raw)):
        try:
            heard = _heard(connector, each)
        except Unreadable:
            continue
        for value in heard:
            text = repr(value)
            assert "\\ud8" not in text, f"half a character is no text: {each[:200]!r}"
            assert "\\x00" not in text, f"no database takes NUL: {each[:200]!r}"


def it_checks_signatures(connector: Connector, sample: Sample) -> None:
    """Only the platform's own calls are taken, byte by byte."""
    if sample.signed is None:
        assert not isinstance(connector, Hooked), "who is called by a platform brings a signed sample"
        return
    assert isinstance(connector, Hooked), "a signed sample needs verify, handshake and acknowledge"
    request = sample.signed(sample.message("probe-1", "Wörter mit Umlaut", NOW))
    assert connector.verify(request), "the platform's signature is taken"
    assert not connector.verify(replace(request, body=request.body + b" ")), "one byte more is another body"
    assert not connector.verify(replace(request, headers={})), "no signature is no admission"
    twisted = {name: text[:-4] + "AAA=" if len(text) > 20 else text for name, text in request.headers.items()}
    assert not connector.verify(replace(request, headers=twisted)), "another signature is wrong"
    for nonsense in ("", "sha256=", "ä" * 71, "sha256=" + "0" * 64):
        assert not connector.verify(replace(request, headers=dict.fromkeys(request.headers, nonsense)))
    assert 200 <= connector.acknowledge(request).status < 300, "what is stored is acknowledged"


def it_refuses_a_stranger_s_handshake(connector: Connector, sample: Sample) -> None:
    """Whoever asks without knowing our word learns nothing."""
    if isinstance(connector, Hooked):
        answer = connector.handshake(HookRequest(method="GET", url="https://faden.example/hooks/x/1"))
        assert answer.status >= 400, "an empty handshake is refused"
        assert MUST_NOT_BE_TOLD.encode() not in answer.body
    assert MUST_NOT_BE_TOLD not in repr(sample.account), "secrets stand in no log"


def it_refuses_everybody_without_secrets(connector: Connector, sample: Sample) -> None:
    """A channel that was set up half lets nobody in: an empty secret is known to everybody."""
    if sample.signed is None:
        return
    bare = type(connector)(replace(sample.account, secrets={}, settings=_unlocked(sample.account)))  # type: ignore[call-arg]
    assert isinstance(bare, Hooked)
    body = sample.message("probe-1", "Hallo", NOW)
    for algorithm in ("sha1", "sha256"):
        digest = hmac.new(b"", body, algorithm)
        for text in (digest.hexdigest(), base64.b64encode(digest.digest()).decode()):
            for value in (text, f"{algorithm}={text}"):
                request = replace(sample.signed(body), headers=dict.fromkeys(sample.signed(body).headers, value))
                assert not bare.verify(request), "an empty secret signs nothing"
    assert not bare.verify(sample.signed(body)), "without a secret not even the right signature is taken"
    for query in ({"hub.mode": "subscribe", "hub.verify_token": "", "hub.challenge": "1"}, {"crc_token": "a"}):
        answer = bare.handshake(HookRequest(method="GET", url="https://faden.example/hooks/x/1", query=query))
        assert answer.status >= 400, "without a secret there is nothing to shake hands with"


def its_handshake_signs_no_message(connector: Connector, sample: Sample) -> None:
    """Whoever may ask for a handshake may not get a signature for words of their own."""
    if sample.signed is None or not isinstance(connector, Hooked):
        return
    body = sample.message("probe-1", "Hallo", NOW)
    request = sample.signed(body)
    for name in ("crc_token", "hub.challenge", "challenge", "token"):
        query = {"hub.mode": "subscribe", "hub.verify_token": "geraten", name: body.decode("utf-8", "replace")}
        answer = connector.handshake(replace(request, method="GET", query=query, headers={}, body=b""))
        told = {answer.body.decode("utf-8", "replace"), *_texts(answer.body)}
        for text in told:
            forged = replace(request, headers=dict.fromkeys(request.headers, text))
            assert not connector.verify(forged), f"the handshake signs what strangers write as {name}"


def it_says_what_is_possible(connector: Connector, _sample: Sample) -> None:
    """Before anybody types: whether, until when and how long; no is always explained."""
    recipient = Handle(kind=connector.kind, value="probe")
    for is_public in (False, True):
        for age in (timedelta(minutes=1), timedelta(days=3), timedelta(days=400)):
            exchange = Exchange(recipient=recipient, is_public=is_public, heard_at=NOW - age, newest_id="probe-1")
            found = connector.capability(exchange, now=NOW)
            assert isinstance(found, Capability)
            assert found.can_public or found.can_private or found.reason, "a no has a reason"
            assert found.max_length > 0
    assert connector.capability(Exchange(recipient=recipient, is_public=False), now=NOW) is not None


def it_fails_in_words(connector: Connector, sample: Sample) -> None:
    """Without a network every call fails with a word of the closed list and a sentence, and none hangs."""
    nobody = type(connector)(sample.nobody or _nowhere(sample.account))  # type: ignore[call-arg]
    health = nobody.health(now=NOW)
    assert not health.is_ok, "an account that cannot be reached is not well"
    assert health.words, "what is not well is said"
    assert any(not line.is_ok for line in nobody.check()), "the check says so, too"
    assert all(line.words for line in nobody.check())
    try:
        poller = nobody.poller()
        if poller is not None:
            list(poller.fetch({}))
            raise AssertionError("nobody was there to be heard")
    except ChannelFault as fault:
        assert fault.words
    outgoing = Outgoing(
        external_id="faden.probe@faden.example",
        recipient=Handle(kind=connector.kind, value="probe@kundin.example" if connector.kind == "email" else "probe"),
        text="Guten Tag",
        sent_at=NOW,
        exchange=Exchange(
            recipient=Handle(kind=connector.kind, value="probe"), is_public=False, heard_at=NOW, newest_id="probe-1"
        ),
    )
    try:
        nobody.send(outgoing)
    except DeliveryError as error:
        assert error.words
        assert MUST_NOT_BE_TOLD not in error.words, "no secret in a sentence for people"
    else:
        raise AssertionError("nothing can have been sent")


CHECKS: tuple[Check, ...] = (
    it_introduces_itself,
    it_can_be_built_before_it_is_set_up,
    it_hears_a_message,
    it_hears_the_same_twice,
    it_remembers_nothing,
    it_clamps_the_future,
    it_knows_its_own_voice,
    it_shows_what_it_does_not_know,
    it_survives_nonsense,
    it_checks_signatures,
    it_refuses_a_stranger_s_handshake,
    it_refuses_everybody_without_secrets,
    its_handshake_signs_no_message,
    it_says_what_is_possible,
    it_fails_in_words,
)


def mutations(raw: bytes, *, seed: int = 20261123, count: int = MUTATIONS) -> list[bytes]:
    """Return broken versions of raw input: cut, flipped, and with values of other types where it is JSON."""
    dice = random.Random(seed)  # noqa: S311 - repeatable nonsense, no secret
    broken = []
    for _ in range(count):
        at = dice.randrange(len(raw) or 1)
        broken.append(raw[:at] if dice.random() < 0.3 else raw[:at] + bytes([dice.randrange(256)]) + raw[at + 1 :])
    try:
        tree = json.loads(raw)
    except ValueError:
        return broken
    return broken + [json.dumps(_twisted(tree, dice)).encode() for _ in range(count)]


_WRONG: tuple[Any, ...] = (None, True, -1, 1.5e308, 10**30, "", "\ud800", "\x00", [], {}, [[]], {"id": {}}, "9" * 400)


def _twisted(tree: Any, dice: random.Random) -> Any:
    if dice.random() < 0.08:
        return dice.choice(_WRONG)
    if isinstance(tree, dict):
        return {key: _twisted(each, dice) for key, each in tree.items() if dice.random() > 0.03}
    return [_twisted(each, dice) for each in tree] if isinstance(tree, list) else tree


def _heard(connector: Connector, raw: bytes) -> list[Heard]:
    heard = list(connector.parse(raw, received_at=NOW))
    for each in heard:
        assert each.sent_at.tzinfo is not None, "every instant has its zone"
        assert isinstance(_id(each), str), "ids are texts"
    return heard


def _id(heard: Heard) -> str:
    return getattr(heard, "external_id", "") or repr(heard)


def _texts(raw: bytes) -> set[str]:
    """Return every text in what may be JSON."""
    try:
        found = json.loads(raw)
    except ValueError:
        return set()
    return {value for value in found.values() if isinstance(value, str)} if isinstance(found, dict) else set()


def _unlocked(account: Account) -> dict[str, object]:
    """Return the settings without any key, for some platforms' keys are public."""
    return {name: value for name, value in account.settings.items() if "key" not in name}


def _nowhere(account: Account) -> Account:
    return replace(account, settings={**account.settings, "api_base": NOWHERE})
