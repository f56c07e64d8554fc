"""Handing a picture over, and waiting until X has looked at it."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic, sleep

from channels.contract import DeliveryError, DeliveryFault, OutgoingAttachment
from channels.payload import identifier, tree
from channels.xapi.client import XClient

CATEGORIES = {"image/jpeg": "image", "image/png": "image", "image/webp": "image", "image/gif": "gif"}
MOST_BYTES = {"image": 5_000_000, "gif": 15_000_000}
ONLY_PICTURES = "Auf X gehen nur Bilder (JPG, PNG, WEBP, GIF)."
PROCESSED_WITHIN = 30.0


def uploaded(client: XClient, file: OutgoingAttachment, kind: str, *, until: float) -> str:
    """Hand a picture over and return its id, `until` a monotonic instant; `kind` is tweet or dm.

    Raises `DeliveryError` where X takes no such file, and what the client raises.
    """
    category = CATEGORIES.get(file.type, "")
    if not category:
        raise refused(f"„{file.name}“: {ONLY_PICTURES}")
    if len(file.content) > MOST_BYTES[category]:
        raise refused(f"„{file.name}“ ist zu groß für X.", DeliveryFault.TOO_LONG)
    files: Sequence[tuple[str, tuple[str, bytes, str]]] = [("media", (file.name, file.content, file.type))]
    form = {"media_category": f"{kind}_{category}"}
    found = tree(client.request("POST", "/2/media/upload", user_auth=True, files=files, form=form).json())
    id_ = identifier(found.get("id"))
    while (progress := tree(found.get("processing_info"))).get("state") in {"pending", "in_progress"}:
        if monotonic() > until:
            raise DeliveryError(DeliveryFault.UNREACHABLE, is_permanent=False, words="X bearbeitet das Bild noch.")
        after = progress.get("check_after_secs")
        sleep(min(after if isinstance(after, int | float) and after > 0 else 1, 5))
        query = {"command": "STATUS", "media_id": id_}
        found = tree(client.request("GET", "/2/media/upload", params=query, user_auth=True).json())
    if not id_ or progress.get("state") == "failed":
        raise refused(f"„{file.name}“ nimmt X nicht an.")
    return id_


def refused(sentence: str, fault: DeliveryFault = DeliveryFault.REJECTED) -> DeliveryError:
    """Return a refusal for good."""
    return DeliveryError(fault, is_permanent=True, words=sentence)
