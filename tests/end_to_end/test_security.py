"""What is open in the simulated district, found through real scans exactly as it was planted; and the report on it."""

from __future__ import annotations

import hashlib

import pytest

from analysis.frames import security_of
from tests.end_to_end.running import kiemke


@pytest.fixture(scope="module")
def known(demo):
    return security_of(demo.inventory)


def test_what_was_planted_is_found_and_nothing_else(demo, known):
    truth = demo.district.at(demo.days[1]).truth()
    places = demo.inventory.addresses().query("origin == 'answered'").set_index("address")["device"].to_dict()
    planted = {(places.get(opening["address"]), opening["kind"]) for opening in truth["openings"]}
    found = known.exposures[known.exposures["kind"] != "system_past_support"]  # what is past is the lifecycle's to say
    last = demo.inventory.management().set_index("device")["last_confirmed"].groupby(level=0).max()
    now = set(last[last == last.max()].index)  # a device that was silent this time keeps what was found before
    seen = {pair for pair in found[["device", "kind"]].itertuples(index=False, name=None) if pair[0] in now}
    assert {kind for _, kind in planted} >= {"default_community", "shared_community", "telnet_open", "http_open", "tls_old"}
    assert sorted(map(str, planted - seen)) == []
    assert sorted(map(str, seen - planted)) == []


def test_a_credential_is_told_by_its_name(known):
    default = known.exposures[known.exposures["kind"] == "default_community"]
    assert set(default["credential"]) == {"public", "public-v1"}
    shared = known.exposures[known.exposures["kind"] == "shared_community"]
    assert set(shared["credential"]) == {"doc-mang"}


def test_the_report_names_what_is_open_and_holds_no_secret_nor_anything_made_of_one(demo, copied):
    done = kiemke("report", "run", "security", "--lang", "vi", "--out", copied / "out", cwd=copied)
    assert done.status == 0, done.err
    (page,) = (copied / "out").rglob("security-vi.html")
    text = page.read_text(encoding="utf-8")
    for words in ("doc-mang", "mở Telnet", "chuỗi cộng đồng SNMP mặc định", "SSH trao đổi khóa yếu"):
        assert words in text
    kept = [path.read_bytes() for path in (*(copied / "out").rglob("*"), copied / "inventory.sqlite") if path.is_file()]
    for secret in demo.secrets:
        raw = secret.encode()
        made = [hashlib.new(name, raw) for name in ("md5", "sha1", "sha256")]
        forms = [raw, raw.hex().encode(), *(d.hexdigest().encode() for d in made), *(d.digest() for d in made)]
        assert not [form for form in forms for content in kept if form in content]
