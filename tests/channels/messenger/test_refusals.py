"""Meta's error codes in our words: by code and subcode, whatever the text says."""

from __future__ import annotations

import json

import pytest

from channels.contract import ChannelFault, DeliveryError, DeliveryFault, Handle
from channels.messenger import MessengerConnector
from channels.meta.faults import error_in
from tests.channels.messenger.answers import outgoing, refused
from tests.channels.messenger.conftest import Clock
from tests.channels.messenger.sample import PERSON
from tests.emulators.graph import GraphEmulator

TABLE = [
    (190, 460, DeliveryFault.UNAUTHORISED, False),
    (190, 463, DeliveryFault.UNAUTHORISED, False),
    (190, 467, DeliveryFault.UNAUTHORISED, False),
    (190, 0, DeliveryFault.UNAUTHORISED, False),
    (10, 2018278, DeliveryFault.WINDOW_CLOSED, True),
    (10, 2018300, DeliveryFault.REJECTED, True),
    (10, 0, DeliveryFault.UNAUTHORISED, False),
    (200, 0, DeliveryFault.UNAUTHORISED, False),
    (230, 0, DeliveryFault.UNAUTHORISED, False),
    (299, 0, DeliveryFault.UNAUTHORISED, False),
    (100, 2018001, DeliveryFault.GONE, True),
    (100, 33, DeliveryFault.GONE, True),
    (100, 0, DeliveryFault.REJECTED, True),
    (551, 1545041, DeliveryFault.GONE, True),
    (613, 0, DeliveryFault.RATE_LIMITED, False),
    (4, 0, DeliveryFault.RATE_LIMITED, False),
    (32, 0, DeliveryFault.RATE_LIMITED, False),
    (80006, 0, DeliveryFault.RATE_LIMITED, False),
    (1, 0, DeliveryFault.REJECTED, False),
    (2, 0, DeliveryFault.REJECTED, False),
    (1200, 0, DeliveryFault.REJECTED, False),
    (368, 0, DeliveryFault.UNAUTHORISED, False),
    (10900, 0, DeliveryFault.WINDOW_CLOSED, True),
    (987654, 0, DeliveryFault.REJECTED, True),
]


@pytest.mark.parametrize(("code", "subcode", "fault", "is_permanent"), TABLE)
def test_every_code_has_its_word(code: int, subcode: int, fault: DeliveryFault, is_permanent: bool) -> None:  # noqa: FBT001
    error = error_in({"error": {"code": code, "error_subcode": subcode, "message": "permission"}}, status=400)

    delivery = error.as_delivery()

    assert (delivery.fault, delivery.is_permanent) == (fault, is_permanent)
    assert str(code) in delivery.words
    assert error.as_fault().code == str(code)
    assert (delivery.retry_within is not None) == (fault is DeliveryFault.RATE_LIMITED)


def test_the_text_decides_nothing() -> None:
    misleading = {"code": 190, "message": "(#200) You do not have permission to post as this page"}

    assert error_in({"error": misleading}, status=403).as_delivery().fault is DeliveryFault.UNAUTHORISED
    assert "neu verbinden" in error_in({"error": misleading}, status=403).sentence


def test_a_transient_error_of_an_unknown_code_is_tried_again() -> None:
    assert not error_in({"error": {"code": 77, "is_transient": True}}, status=500).as_delivery().is_permanent


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (401, DeliveryFault.UNAUTHORISED),
        (404, DeliveryFault.GONE),
        (429, DeliveryFault.RATE_LIMITED),
        (500, DeliveryFault.REJECTED),
        (418, DeliveryFault.REJECTED),
    ],
)
def test_without_a_code_the_status_decides(status: int, fault: DeliveryFault) -> None:
    assert error_in({}, status=status).as_delivery().fault is fault


@pytest.mark.parametrize("error", [[], "kaputt", {"code": {}, "error_subcode": "x"}, {"code": "190"}, {"code": -5}])
def test_a_broken_error_body_breaks_nothing(error: object) -> None:
    assert error_in({"error": error}, status=400).as_delivery().words


def test_the_people_s_words_of_meta_are_kept_for_the_agent() -> None:
    error = {"code": 368, "error_user_title": "Eingeschränkt", "error_user_msg": "Bis morgen", "fbtrace_id": "Abc"}

    sentence = error_in({"error": error}, status=400).sentence

    assert "Eingeschränkt: Bis morgen" in sentence
    assert "368, Abc" in sentence


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (("Retry-After", "30"), 30.0),
        (
            (
                "X-Business-Use-Case-Usage",
                json.dumps({"1": [{"type": "messenger", "estimated_time_to_regain_access": 5}]}),
            ),
            300.0,
        ),
        (("X-Business-Use-Case-Usage", "kaputt"), 60.0),
        (("X-Business-Use-Case-Usage", '{"1": [{"estimated_time_to_regain_access": -5}], "2": 7}'), 60.0),
    ],
)
def test_a_limit_says_how_long_to_wait(
    facebook: GraphEmulator, connector: MessengerConnector, clock: Clock, header: tuple[str, str], seconds: float
) -> None:
    facebook.refuses_next(613, headers=(header,))

    error = refused(connector, outgoing(clock))

    assert (error.fault, error.retry_within) == (DeliveryFault.RATE_LIMITED, seconds)


def test_a_dead_token_stops_everything_by_its_code(
    facebook: GraphEmulator, connector: MessengerConnector, clock: Clock
) -> None:
    facebook.revoke_token(460)

    assert refused(connector, outgoing(clock)).fault is DeliveryFault.UNAUTHORISED
    with pytest.raises(ChannelFault) as caught:
        connector.profile(Handle(kind="messenger", value=PERSON))
    assert (caught.value.code, caught.value.is_permanent) == ("190", True)


def test_a_platform_that_is_not_there_is_a_passing_fault(
    facebook: GraphEmulator, connector: MessengerConnector, clock: Clock
) -> None:
    facebook.stop()

    with pytest.raises(DeliveryError) as caught:
        connector.send(outgoing(clock))

    assert (caught.value.fault, caught.value.is_permanent) == (DeliveryFault.UNREACHABLE, False)
