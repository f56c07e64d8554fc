"""Whether two addresses belong to one person: what proves it, what only suggests it, and what says nothing.

Keys that a platform or a mail server vouches for join by themselves; so does what customers prove. Everything else is
a hint for people to judge. A display name, a device or a claim alone never joins anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Proof(StrEnum):
    """Evidence that a machine has checked or a customer has given; any of them joins."""

    VERIFIED_MAIL = "verified_mail"
    """The same address, vouched for by its own domain (SPF or DKIM, aligned)."""
    PHONE_NUMBER = "phone_number"
    """The same number in E.164, told by the network."""
    PLATFORM_ID = "platform_id"
    SIGNED_LINK = "signed_link"
    """Somebody came with a link that we had signed for this customer."""
    ONE_CLICK = "one_click"
    """A link sent to the address on the order was opened."""
    ORDER_AND_FACT = "order_and_fact"
    """The number of an order and a second fact of it that is not printed beside the number."""
    COLLEAGUE = "colleague"
    """One of us said so, and stands for it."""


class Hint(StrEnum):
    """What makes people think that two are one; none of them, nor all together, joins."""

    CLAIMED_ADDRESS = "claimed_address"
    """The address or number of the other stands in the text; anybody can write one."""
    ORDER_NUMBER = "order_number"
    HANDLE = "handle"
    """The name on a platform stands in the other's signature or text."""
    NAME_AND_POSTCODE = "name_and_postcode"
    ORDERED = "ordered"
    """One names an order that was placed from the other's address, as the shop says."""
    SAID_SO = "said_so"
    """Says to have written already, and the other has, on that way at that time."""
    SAME_NAME = "same_name"
    LIKE_NAME = "like_name"
    """The same last name, and the initial of the first one."""
    SIMILAR_TEXT = "similar_text"


_WEIGHTS: dict[Hint, int] = {
    Hint.CLAIMED_ADDRESS: 50,
    Hint.ORDER_NUMBER: 50,
    Hint.HANDLE: 45,
    Hint.NAME_AND_POSTCODE: 45,
    Hint.ORDERED: 45,
    Hint.SAID_SO: 35,
    Hint.SAME_NAME: 15,
    Hint.LIKE_NAME: 8,
    Hint.SIMILAR_TEXT: 5,
}
SUGGESTED_FROM = 45


class Bond(StrEnum):
    """What is done about two addresses."""

    JOIN = "join"
    SUGGEST = "suggest"
    MAYBE = "maybe"
    """Shown as perhaps related where somebody looks, and told to nobody."""
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One reason, with the words it was read from where there are any."""

    kind: Proof | Hint
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is done, how sure the hints make us (0 to 100), and the reasons, the strongest first."""

    bond: Bond
    weight: int
    reasons: tuple[Evidence, ...]


def judge(evidence: Iterable[Evidence], *, are_known_apart: bool = False) -> Judgement:
    """Weigh what speaks for two addresses being one person's; one kind of reason counts once.

    `are_known_apart`: somebody has said that they are two people; then only a proof brings them together again.
    """
    strongest: dict[Proof | Hint, Evidence] = {}
    for each in evidence:
        strongest.setdefault(each.kind, each)
    reasons = tuple(sorted(strongest.values(), key=lambda each: (-_weight(each.kind), each.kind.value)))
    if any(isinstance(each.kind, Proof) for each in reasons):
        return Judgement(bond=Bond.JOIN, weight=100, reasons=reasons)
    weight = min(sum(_weight(each.kind) for each in reasons), 99)
    if are_known_apart or not reasons:
        return Judgement(bond=Bond.NOTHING, weight=weight, reasons=reasons)
    return Judgement(bond=Bond.SUGGEST if weight >= SUGGESTED_FROM else Bond.MAYBE, weight=weight, reasons=reasons)


def _weight(kind: Proof | Hint) -> int:
    return 100 if isinstance(kind, Proof) else _WEIGHTS[kind]
