"""The telephone of the sample shop at the emulated sipgate, and what a visitor of the demo does on the line."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from tests.emulators.sipgate import Leg, SipgateEmulator


class SipgateStage:
    """One number; it rings at the whole team, and whoever watches the demo picks up."""

    def __init__(self, setup: Mapping[str, Any], key: str) -> None:
        self.emulator = SipgateEmulator(number=setup["address"], key=key, users=("Zentrale",))
        self.emulator.token = (setup["secrets"]["token_id"], setup["secrets"]["token"])
        self._hook = setup["hook_url"]

    def acts(self) -> Mapping[str, Callable[[Mapping[str, str]], dict[str, Any]]]:
        return {"ring": self._ring, "answer": self._answer, "hangup": self._hang_up}

    def connect(self) -> bool:
        """Take the address; sipgate asks nobody whether it is right."""
        self.emulator.hook_url = self._hook
        return True

    def seen(self) -> list[dict[str, Any]]:
        return []

    def _ring(self, values: Mapping[str, str]) -> dict[str, Any]:
        return _shown(self.emulator.rings(values["id"], call_id=uuid.uuid4().hex))

    def _answer(self, values: Mapping[str, str]) -> dict[str, Any]:
        leg = self._leg(values)
        if leg and not leg.answered_by:
            self.emulator.answers(leg, values.get("user", ""))
        return _shown(leg)

    def _hang_up(self, values: Mapping[str, str]) -> dict[str, Any]:
        leg = self._leg(values)
        if leg and not leg.is_over:
            self.emulator.hangs_up(leg, "normalClearing" if leg.answered_by else "cancel")
        return _shown(leg)

    def _leg(self, values: Mapping[str, str]) -> Leg | None:
        return next((leg for leg in self.emulator.legs if leg.id == values.get("call_id")), None)


def _shown(leg: Leg | None) -> dict[str, Any]:
    if leg is None:
        return {"is_over": True}
    return {"call_id": leg.id, "is_answered": bool(leg.answered_by), "is_over": leg.is_over}
