"""Families that nobody recorded, as their makers describe them: `families/*.yaml`."""

from pathlib import Path

import pytest
import yaml

from tests.collectors.recorded import observe

CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in sorted((Path(__file__).parent / "families").glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]
FIELDS = {"kind": "kind", "vendor": "vendor", "model": "model", "serial": "serial", "version": "os_version"}


def absolute(oid):
    return "1.3.6.1.4.1" + oid if oid.startswith(".") else oid


def lines(case):
    def text(oid, said):
        return f"{oid}|4x|{str(said).encode().hex()}"

    yield "1.3.6.1.2.1.1.3.0|67|1"
    for key, number in (("descr", 1), ("sysname", 5)):
        if key in case:
            yield text(f"1.3.6.1.2.1.1.{number}.0", case[key])
    if "oid" in case:
        yield f"1.3.6.1.2.1.1.2.0|6|{absolute(case['oid'])}"
    for oid, said in case.get("more", {}).items():
        yield f"{absolute(oid)}|2|{said}" if isinstance(said, int) else text(absolute(oid), said)
    for cell, said in case.get("entity", {}).items():
        oid = f"1.3.6.1.2.1.47.1.1.1.1.{cell}"
        yield f"{oid}|2|{said}" if cell.split(".")[0] in ("4", "5") else text(oid, said)


@pytest.mark.parametrize("case", CASES)
def test_it_is_named_as_its_maker_describes_it(case):
    who = observe("\n".join(lines(case))).identity
    told = {name: evidence.value if (evidence := getattr(who, field)) else None for name, field in FIELDS.items()}
    told["profile"] = who.profile
    assert {name: told[name] for name in case["expect"]} == case["expect"]
