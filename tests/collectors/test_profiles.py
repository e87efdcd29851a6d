"""Families as data: chosen by the most conditions, checked when read, blank rather than wrong."""

import re

import pytest

from collectors import profiles
from collectors.profiles import ProfileError
from collectors.profiles.matching import plain
from collectors.profiles.sources import at
from inventory.facts import KINDS
from tests.collectors.recorded import PROFILES, observe


def family(*lines):
    return observe("1.3.6.1.2.1.1.3.0|67|1\n" + "\n".join(lines)).identity


DESCR, OID = "1.3.6.1.2.1.1.1.0|4|", "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1."


@pytest.mark.parametrize(
    ("lines", "profile", "vendor", "kind", "model", "version"),
    [
        (
            [
                DESCR + "Cisco IOS Software, C2960 Software (C2960-LANBASEK9-M), Version 15.0(2)SE11, RELEASE SOFTWARE (fc3)",
                OID + "9.1.716",
            ],
            *("cisco-ios", "Cisco", "switch", None, "15.0(2)SE11"),
        ),
        (
            [DESCR + "Cisco Adaptive Security Appliance Version 9.8(4)20", OID + "9.1.2114"],
            *("cisco-asa", "Cisco", "firewall", None, "9.8(4)20"),
        ),
        (
            [DESCR + "HP J9776A 2530-24G Switch, revision YA.16.11.0014, ROM YA.15.20 (/ws)", OID + "11.2.3.7.11.138"],
            *("hp-procurve", "HPE", "switch", "J9776A 2530-24G", "YA.16.11.0014"),
        ),
        ([DESCR + "RouterOS RB750Gr3", OID + "14988.1"], "mikrotik", "MikroTik", "router", "RB750Gr3", None),
        ([DESCR + "RouterOS CRS326-24G-2S+", OID + "14988.1"], "mikrotik", "MikroTik", "switch", "CRS326-24G-2S+", None),
        (
            [DESCR + "DrayTek Corporation, Router Model: Vigor2926 Series, Version: 3.9.2, Build Date", OID + "7367"],
            *("draytek", "DrayTek", "router", "Vigor2926", "3.9.2"),
        ),
        (
            [DESCR + "S5735-L24T4X-A1 Huawei VRP (R) software,Version 5.170 (S5735 V200R021C00SPC100)", OID + "2011.2.23.780"],
            *("huawei-vrp", "Huawei", "switch", "S5735-L24T4X-A1", "V200R021C00SPC100"),
        ),
        (
            [DESCR + "Linux nas 4.4.59 #25426", OID + "8072.3.2.10", "1.3.6.1.4.1.6574.1.5.1.0|4|DS218"],
            "synology",
            "Synology",
            "storage",
            "DS218",
            None,
        ),
        ([DESCR + "Linux web 5.10.0-33-amd64 #1 SMP", OID + "8072.3.2.10"], "linux", None, "server", None, "5.10.0-33-amd64"),
        (
            [
                DESCR + "Hardware: Intel64 - Software: Windows Version 6.3 (Build 19045 Multiprocessor Free)",
                OID + "311.1.1.3.1.1",
            ],
            *("windows", "Microsoft", "pc", None, "6.3.19045"),
        ),
        (
            [
                DESCR + "NET Agent II",
                OID + "935.1.1.1",
                "1.3.6.1.2.1.33.1.1.1.0|4|SANTAK",
                "1.3.6.1.4.1.935.1.1.1.1.1.1.0|4|C2KE",
            ],
            *("megatec", "Santak", "ups", "C2KE", None),  # a Megatec card: the UPS is another maker's
        ),
        (
            [DESCR + "NET Agent II", OID + "935.1.1.1", "1.3.6.1.2.1.33.1.1.1.0|4|UPS"],
            *("megatec", "Megatec", "ups", None, None),
        ),
        ([DESCR + "Something Nobody Knows 3.4.5", OID + "64999.1"], "generic", None, None, None, None),
        ([DESCR + "no sysObjectID at all"], "generic", None, None, None, None),
    ],
)
def test_families(lines, profile, vendor, kind, model, version):
    who = family(*lines)
    found = {name: evidence.value if (evidence := getattr(who, name)) else None for name in ("vendor", "kind", "os_version")}
    assert who.profile == profile
    assert found == {"vendor": vendor, "kind": kind, "os_version": version}
    if model:
        assert who.model.value == model


def test_every_value_says_where_it_is_from():
    who = family(DESCR + "RouterOS RB750Gr3", OID + "14988.1", "1.3.6.1.4.1.14988.1.1.7.3.0|4|8A7E0BB12345")
    assert who.serial.source == "profile:mikrotik .1.3.6.1.4.1.14988.1.1.7.3.0"
    assert (who.serial.raw, who.serial.confidence) == ("8A7E0BB12345", 0.95)
    assert who.model.confidence < who.serial.confidence


def test_a_junk_serial_is_blank_and_the_next_source_is_asked():
    start = [DESCR + "HP J9776A 2530-24G Switch, revision YA.16.11", OID + "11.2.3.7.11.138"]
    assert family(*start, "1.3.6.1.4.1.11.2.36.1.1.2.9.0|4|Not Specified").serial is None
    chassis = ["1.3.6.1.2.1.47.1.1.1.1.5.1|2|3", "1.3.6.1.2.1.47.1.1.1.1.11.1|4|CN51FP1234"]
    assert family(*start, "1.3.6.1.4.1.11.2.36.1.1.2.9.0|4|Not Specified", *chassis).serial.value == "CN51FP1234"


def test_a_product_tree_is_read_relative_to_the_object_id():
    who = family(
        DESCR + "EDS-G512E",
        OID + "8691.7.70",
        "1.3.6.1.4.1.8691.7.70.1.2.0|4|EDS-G512E-T",
        "1.3.6.1.4.1.8691.7.85.1.2.0|4|PT-7528",
    )
    assert who.model.value == "EDS-G512E-T"


def test_only_what_the_matched_family_keeps_is_asked():
    """A value under another maker's tree is not looked at."""
    who = family(DESCR + "RouterOS RB750Gr3", OID + "14988.1", "1.3.6.1.4.1.11.2.36.1.1.2.9.0|4|OTHERMAKER1")
    assert who.serial is None


def test_makers_are_named_as_people_name_them():
    assert PROFILES.brand("Hangzhou H3C Tech. Co.") == "H3C"
    assert PROFILES.brand("cisco systems, inc.") == "Cisco"
    assert PROFILES.brand("Somebody Else") == "Somebody Else"


def test_a_name_and_a_number_belong_to_one_maker():
    names, numbers = {}, {}
    for brand in PROFILES.brands:
        for name in (brand.name, *brand.aliases):
            assert names.setdefault(plain(name), brand.name) == brand.name, name
        for number in brand.enterprises:
            assert numbers.setdefault(number, brand.name) == brand.name, number


def test_our_own_files():
    ids = [profile.id for profile in PROFILES.families]
    assert len(ids) == len(set(ids)) >= 150
    for profile in PROFILES.families:
        assert profile.match, profile.id
        assert profile.mibs, profile.id
        assert all(
            conditions.oids or conditions.descr or conditions.said or conditions.present for conditions in profile.match
        ), profile.id
        assert {rule.kind for rule in profile.kinds} <= set(KINDS)


def test_no_profile_hides_another_of_the_same_conditions():
    """Two families with the same conditions: the second would never be chosen."""
    seen = {}
    for profile in PROFILES.families:
        for conditions in profile.match:
            said = tuple((source.written, pattern.pattern) for source, pattern in conditions.said)
            key = (conditions.descr and conditions.descr.pattern, said, tuple(source.written for source in conditions.present))
            for prefix in conditions.oids or ((),):
                assert seen.setdefault((prefix, *key), profile.id) == profile.id, (prefix, profile.id)


GOOD = "- id: mine\n  match: {oid: '.99999.'}\n  vendor: Mine\n  kind: switch\n  model: ['descr ~ ^Mine (\\S+)']\n"


def read(tmp_path, text):
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    return profiles.load(tmp_path)


def test_a_users_own_family_comes_first(tmp_path):
    known = read(tmp_path, GOOD + "- id: linux\n  match: {oid: '.8072.3.2.10'}\n  kind: appliance\n")
    who = observe(f"{DESCR}Mine X1\n{OID}99999.4\n", known).identity
    assert (who.vendor.value, who.model.value) == ("Mine", "X1")
    assert observe(f"{DESCR}Linux a 5.1\n{OID}8072.3.2.10\n", known).identity.kind.value == "appliance"


@pytest.mark.parametrize(
    ("text", "key", "named"),
    [
        (GOOD.replace("kind: switch", "kind: swich"), "profile_unknown_kind", "swich"),
        (GOOD.replace("vendor:", "vender:"), "profile_unknown_field", "vender"),
        (GOOD.replace("'.99999.'", ".318"), "profile_bad_oid", "0.318"),  # YAML reads an unquoted OID as a number
        (GOOD.replace("(\\S+)", "(\\S+"), "profile_bad_regex", "model"),
        (GOOD.replace("descr ~", "sysDescr ~"), "profile_unknown_place", "sysDescr"),
        (GOOD.replace("  match: {oid: '.99999.'}\n", ""), "profile_missing_field", "match"),
        (GOOD + GOOD, "profile_duplicate", "mine"),
        (GOOD.replace("(\\S+)']", "(\\S+) => \\2']"), "profile_bad_regex", "no group 2"),
        (GOOD + "  serial: [{from: descr, confidence: 7}]\n", "profile_wrong_type", "confidence"),
        (GOOD + "  serial: [{match: x}]\n", "profile_missing_field", "serial.from"),
        (GOOD.replace("{oid: '.99999.'}", "all"), "profile_wrong_type", "match"),
        ("id: mine\n", "profile_not_a_list", "mine.yaml"),
        ("- id: [mine\n", "profile_unreadable", "line"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_in_one_sentence(tmp_path, text, key, named):
    with pytest.raises(ProfileError) as told:
        read(tmp_path, text)
    assert told.value.key == key
    assert named in str(told.value)
    assert "mine.yaml" in str(told.value)
    assert "\n" not in str(told.value).strip()


def test_places():
    assert at(".9.1.*").column == (1, 3, 6, 1, 4, 1, 9, 1)
    assert at("1.3.6.1.2.1.1.1.0").scalar == (1, 3, 6, 1, 2, 1, 1, 1, 0)
    assert at("no.such.place") is None
    assert at(".9..1") is None
    assert re.match(r"self", at("self(4).1.2.0").written)


STACK = """
- id: mine
  match: {oid: '.99999.'}
  members: {serial: '.99999.1.1.2.*', model: '.99999.1.1.3.*', version: '.99999.1.1.4.* ~ v(\\S+)'}
"""
UNITS = [OID + "99999.4"] + [
    f"1.3.6.1.4.1.99999.1.1.{column}.{unit}|4|{value}"
    for unit, values in enumerate([("SN0001", "TK-24", "v1.2"), ("SN0002", "TK-48", "1.2"), ("0", "", "v1")], 1)
    for column, value in enumerate(values, 2)
]


def test_the_members_of_a_stack_are_parts_of_one_device(tmp_path):
    known = read(tmp_path, STACK.replace("\\\\", "\\"))
    seen = observe("\n".join(UNITS), known)
    one, two = seen.components  # the third is an empty place
    assert (one.kind, one.index, one.serial, one.model, one.software_rev) == ("chassis", "1", "SN0001", "TK-24", "1.2")
    assert (two.serial, two.software_rev) == ("SN0002", None)
    assert seen.topics["components"] == "answered"


def test_a_stack_with_an_entity_mib_is_asked_there_only(tmp_path):
    known = read(tmp_path, STACK.replace("\\\\", "\\"))
    chassis = ["1.3.6.1.2.1.47.1.1.1.1.5.1|2|3", "1.3.6.1.2.1.47.1.1.1.1.11.1|4|CN51FP1234"]
    assert [part.serial for part in observe("\n".join([*UNITS, *chassis]), known).components] == ["CN51FP1234"]


def test_members_need_a_table(tmp_path):
    with pytest.raises(ProfileError, match=r"members\.serial"):
        read(tmp_path, GOOD + "  members: {serial: '.99999.1.0'}\n")


def test_an_unverified_family_names_its_mib(tmp_path):
    with pytest.raises(ProfileError, match="mib"):
        read(tmp_path, GOOD + "  verified: false\n")
    assert read(tmp_path, GOOD + "  verified: false\n  mib: MINE-MIB\n").families[0].mibs == ("MINE-MIB",)


def test_a_workspaces_own_family_comes_before_one_of_ours_with_more_conditions(tmp_path):
    known = read(tmp_path, "- id: branch\n  match: {oid: '.9.1.'}\n  vendor: Cisco\n  kind: appliance\n")
    who = observe(f"{DESCR}Cisco IOS Software, Version 15.0(2)SE11\n{OID}9.1.716\n", known).identity
    assert (who.profile, who.kind.value) == ("branch", "appliance")


def test_a_family_is_found_by_any_length_of_its_prefix(tmp_path):
    for prefix in ("1.3.6.1.4.1", ".99999", ".99999.4.5"):
        known = read(tmp_path, GOOD.replace("'.99999.'", f"'{prefix}'"))
        assert observe(f"{OID}99999.4.5.6\n", known).identity.profile == "mine", prefix
        assert observe("1.3.6.1.2.1.1.2.0|6|1.3.6.1.2.1.33\n", known).identity.profile != "mine", prefix
    known = read(tmp_path, GOOD.replace("'.99999.'", "'1.3.6'"))
    assert observe("1.3.6.1.2.1.1.2.0|6|1.3.6.1.9.9.9.9\n", known).identity.profile == "mine"


def test_a_value_in_pieces_is_put_together(tmp_path):
    pieces = "  version: [{join: ['.99999.1.1.0', '.99999.1.2.0', '.99999.1.3.0 ~ ^(\\w+)'], as: 'V\\1.\\2(\\3)'}]\n"
    known = read(tmp_path, GOOD + pieces)
    told = [OID + "99999.4", "1.3.6.1.4.1.99999.1.1.0|2|4", "1.3.6.1.4.1.99999.1.2.0|2|70", "1.3.6.1.4.1.99999.1.3.0|4|AABB x"]
    assert observe("\n".join(told), known).identity.os_version.value == "V4.70(AABB)"
    assert observe("\n".join(told[:3]), known).identity.os_version is None
    with pytest.raises(ProfileError, match="3 pieces"):
        read(tmp_path, GOOD + pieces.replace("\\3)", "\\4)"))


def test_expressions_look_at_the_beginning_of_an_endless_text_only():
    """Sixty thousand signs would keep an expression busy for minutes, and a scan with it."""
    endless = "(" * 60_000 + "(X480-48t) version 12.3 "
    who = family(DESCR + endless, OID + "1916.2.99999")
    assert (who.vendor.value, who.model, who.os_version) == ("Extreme", None, None)
    assert len(who.sys_descr) > 60_000


def test_quotation_marks_around_a_text_do_not_hide_a_family():
    who = family(DESCR + '"DGS-1210-28/ME/B1"', OID + "171.10.76.28.2")
    assert (who.profile, who.model.value) == ("dlink", "DGS-1210-28/ME")
    assert family(DESCR + '"RouterOS RB750Gr3', OID + "14988.1").model.value == "RB750Gr3"  # cut in its first line
    assert who.sys_descr.startswith('"')
