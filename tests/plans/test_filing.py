"""Filing what a platform tells reads one person's rows, however many others have written."""

from __future__ import annotations

from app.desk import changes, intake, progress
from channels.contract import Change, ChangeType, Progress, ProgressType
from tests.desk import voices
from tests.desk.voices import EVA, MINUTE, comment, dm, own_dm
from tests.plans.conftest import NOW, Crowd
from tests.plans.reading import asked_by, faults


def test_no_message_and_no_report_walks_a_table(crowd: Crowd) -> None:
    channel = voices.channel_of(crowd.team)
    edit = Change(external_id="e1", type=ChangeType.EDIT, about="m1", text="neu", sent_at=NOW)
    read = Progress(type=ProgressType.READ, sent_at=NOW, watermark=NOW, conversation_key=EVA.value)

    heard = [
        dm(external_id="m1", sent_at=NOW),
        dm(external_id="m2", sent_at=NOW + MINUTE, replies_to=("m1",)),
        comment(sent_at=NOW),
        own_dm(sent_at=NOW + MINUTE),
    ]

    def hear() -> None:
        for contact in heard:
            intake.receive(contact, channel_id=channel, envelope_id=None, at=NOW)
        changes.apply(edit, channel_id=channel, at=NOW)
        progress.apply(read, channel_id=channel, at=NOW)

    assert faults(asked_by(hear)) == []
