"""Why the inventory took two things for one, or refused to, in words. Pure.

Evidence is stored in its shortest form, as `identity_log`, `merges` and `sightings` have it: `serial,macs,!name`. A word tells
what agrees, `!word` what contradicts, `+word` what a new device told of itself; `;` stands between several comparisons. Here
it becomes sentences that are read in Vietnamese and in English.
"""

from __future__ import annotations

from inventory.sentences import pack, together

#: What can agree or contradict (`inventory.weighing.compare`), and what a new device can tell of itself.
WEIGHED = (
    *("serial", "members", "disks", "uuid", "base_mac", "macs", "mac", "one_mac", "engine_id", "asset_tag", "arp"),
    *("own_address", "address", "vendor", "model", "name", "decided"),
)
_SIGNS = {"!": "other", "+": "own"}


def explain(evidence: str) -> str:
    """Evidence as packed sentences (`inventory.sentences`), one a word, each once, in the order in which they stand.

    A word that this program does not know, of an older or newer one, is quoted as it stands. Empty for no evidence.
    """
    words = dict.fromkeys(word for part in evidence.split(";") for word in part.split(",") if word)
    return together(_sentence(word) for word in words)


def contradiction(kind: str, value: str, other: str | None) -> str:
    """A row of the `conflicts` table as a packed sentence; `other`: the other device as people call it."""
    what, *values = value.split(" ") or [""]
    match kind, values, other:
        case "same_serial", _, str():
            return pack("detail.conflict_same_serial", value=value, other=other)
        case "same_uuid", _, str():
            return pack("detail.conflict_same_uuid", value=value, other=other)
        case "resembles", _, str():
            return together([pack("detail.conflict_resembles", other=other), explain(value)])
        case "protocols_differ", [told], _ if what in _CONTRADICTED:
            return pack("detail.conflict_protocols_differ", what=what, value=told.replace(",", ", "))
        case "changed", [old, new], _ if what in _CONTRADICTED:
            return pack("detail.conflict_changed", what=what, old=old, new=new)
        case "host_key_changed", _, _:
            return pack("detail.conflict_host_key_changed", value=value)
    return pack("detail.evidence_other", text=" ".join(filter(None, (kind, value, other))))


#: What a device has one of, and can be found to have another.
_CONTRADICTED = ("serial", "uuid", "macs")


def _sentence(word: str) -> str:
    sign, what = (_SIGNS[word[0]], word[1:]) if word[0] in _SIGNS else ("same", word)
    if what in WEIGHED:
        return pack("detail.evidence", what=f"{sign}_{what}")
    if word == "late":
        return pack("detail.evidence", what="late")
    return pack("detail.evidence_other", text=word)
