"""Mail addresses as keys of identity, and those behind which nobody reads."""

from __future__ import annotations

import re
import unicodedata

_DOTS = re.compile("[\u3002\uff0e\uff61]")
"""Other full stops that stand for a dot in a domain (RFC 3490 section 3.1)."""

_EDGES = "<>" + "".join(filter(str.isspace, map(chr, range(0x3001))))
_MAX_LABEL = 63
"""Longer labels exist in no domain (RFC 1035 section 2.3.4), and encoding them takes quadratic time."""

_NOBODY = re.compile(
    r"""
    (?:^|[-_.+=])                                   # a whole word, so that "anno.reply" stays a person
    (?: (?:no|do[-_.]?not|dont|never)[-_.]?(?:reply|respond|answer)
      | (?:bitte[-_.]?)?nicht[-_.]?antworten | keine[-_.]?antwort | ne[-_.]?pas[-_.]?repondre
      | auto[-_.]?(?:reply|responder|mailer|confirm)
    )
    | ^(?: mailer[-_.]?daemon | postmaster | bounces? | returned[-_.]?mail | listserv | majordomo ) (?:$|[-_.+=])
    """,
    re.VERBOSE,
)


def normalise(address: str) -> str:
    """Return the one spelling of an address: lower case, composed letters, domain in its ASCII form.

    Nothing is refused and nothing is guessed: plus tags and dots of the local part stay, as only its own
    server knows what they mean. The letter sharp s stays itself (IDNA 2008, RFC 5891), as it names another domain
    than "ss".
    """
    address = unicodedata.normalize("NFC", address.strip(_EDGES).lower())
    local, at, domain = address.rpartition("@")
    if not at:
        return address
    labels = _DOTS.sub(".", domain).rstrip(".").split(".")
    return f"{local}@{'.'.join(_in_ascii(label) for label in labels)}"


def is_no_reply(address: str) -> bool:
    """Tell whether an answer would reach no person: a robot's address, an empty one, or none at all.

    Nothing under `.invalid` exists (RFC 2606 section 2); senders without an address are filed under it.
    """
    local, at, domain = normalise(address).rpartition("@")
    is_nowhere = not (at and local and domain) or domain.endswith(".invalid")
    return is_nowhere or _NOBODY.search(local) is not None


def _in_ascii(label: str) -> str:
    if label.isascii() or len(label) > _MAX_LABEL:
        return label
    return "xn--" + label.encode("punycode").decode("ascii")
