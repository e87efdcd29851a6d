"""Why the inventory took two things for one, or refused to, in words. Pure.

Evidence is stored in its shortest form, as `identity_log`, `merges` and `sightings` have it: `serial,macs,!name`. A word tells
what agrees, `!word` what contradicts, `+word` what a new device told of itself; `;` stands between several comparisons. Here
it becomes sentences that are read in Vietnamese and in English.
"""

from __future__ import annotations

from inventory.sentences import pack, together

#: What can agree or contradict (`inventory.identity.compare`), and what a new device can tell of itself.
WEIGHED = (
    *("serial", "members", "uuid", "base_mac", "macs", "one_mac", "engine_id", "asset_tag", "arp"),
    *("own_address", "address", "vendor", "model", "name", "decision"),
)
_SIGNS = {"!": "other", "+": "own"}


def explain(evidence: str) -> str:
    """Evidence as packed sentences (`inventory.sentences`), one a word, each once, in the order in which they stand.

    A word that this program does not know, of an older or newer one, is quoted as it stands. Empty for no evidence.
    """
    words = dict.fromkeys(word for part in evidence.split(";") for word in part.split(",") if word)
    return together(_sentence(word) for word in words)


def _sentence(word: str) -> str:
    sign, what = (_SIGNS[word[0]], word[1:]) if word[0] in _SIGNS else ("same", word)
    if what in WEIGHED:
        return pack("detail.evidence", what=f"{sign}_{what}")
    if word == "late":
        return pack("detail.evidence", what="late")
    return pack("detail.evidence_other", text=word)
