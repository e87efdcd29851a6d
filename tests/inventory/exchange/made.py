"""Frames as the inventory gives them, of things that a test makes up; and hostile texts for them."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from hypothesis import strategies as st

from inventory.exchange.forms import Frames
from inventory.frames import FRAMES
from inventory.frames.dtypes import conform

#: A database holds no NUL and no half of a pair; everything else may come from a device.
texts = st.one_of(
    st.none(),
    st.sampled_from(
        [
            *(
                "=1+1",
                "+84 211 3830 000",
                "-",
                "@SUM(A1)",
                "'=x",
                "''+",
                "\t=x",
                "\r",
                "a\r\nb",
                "\n",
                ' "q" ',
                '"',
                ",;",
                "a;=b",
            ),
            *(
                "0123456789012345678901",
                "1e10",
                "NA",
                "nan",
                "null",
                "None",
                "True",
                "2026-03-02",
                "_x000D_",
                "_x005F_",
                "\x01\x02",
            ),
            *(
                "Phòng Tài chính",
                "Pho\u0300ng",
                "{{ lookup('pipe', 'id') }}",
                "{% x %}",
                "＝1+1",
                "sw-1",
                "SW-1",
                "localhost",
                "all",
            ),
            *("!x", "x" * 40_000, "ẵ" * 300, "\ufffe", "\x85", "\u2028", "\u202e", " lead", "trail ", "🙂" * 20_000),
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30),
    st.text(string.printable, max_size=10),
)


def frame(name: str, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """A frame with its documented columns; what a row does not name is missing. Times are seconds, dates ISO text."""
    columns = [column.name for column in FRAMES[name]]
    return conform(name, pd.DataFrame([[row.get(column) for column in columns] for row in rows], columns=columns, dtype=object))


def frames(devices=(), interfaces=(), addresses=(), links=(), offices=(), codes=None) -> Frames:
    """`devices` … rows by column name. An office that nobody lists is A."""
    listed = offices or [{"office": "A", "name_vi": "Xã A", "name_en": "Commune A"}]
    told = [{"office": "A", "state": "present", "last_confirmed": 1_780_000_000, **device} for device in devices]
    return Frames(
        frame("devices", told),
        frame("interfaces", interfaces),
        frame("addresses", addresses),
        frame("links", links),
        frame("offices", listed),
        codes or {},
    )


#: Small networks of devices with ports, addresses and links, all their texts hostile.
def networks() -> st.SearchStrategy[Frames]:
    return st.builds(_network, st.lists(_device, max_size=5), st.lists(st.tuples(*[st.integers(0, 6)] * 4), max_size=6), texts)


_short = texts.map(lambda text: text if text is None else text[:60])
_port = st.fixed_dictionaries(
    {
        "name": _short.map(lambda text: text or "p"),
        "alias": texts,
        "type": st.sampled_from([None, 6, 24, 53, 71, 161, 209]),
        "mac": st.sampled_from([None, "00:00:00:00:00:00", "00:1c:73:00:00:01", "01:80:c2:00:00:00"]),
        "mtu": st.sampled_from([None, 0, 1500, 100_000]),
        "speed_bps": st.sampled_from([None, 0, 10**9, 10**13]),
        "admin_up": st.sampled_from([None, True, False]),
    }
)
_device = st.fixed_dictionaries(
    {
        **dict.fromkeys(("sys_name", "vendor", "model", "serial", "os_version", "sys_descr"), texts),
        "kind": st.sampled_from([None, "switch", "pc", "printer", "camera", "phone"]),
        "office": st.sampled_from(["A", "B", "xã/c"]),
        "state": st.sampled_from(["present", "silent", "not_asked", "gone"]),
        "profile": st.sampled_from([None, "cisco-ios", "ssh:linux", "windows", "generic"]),
        "ports": st.lists(_port, max_size=4),
        "addresses": st.lists(
            st.tuples(
                st.sampled_from(["10.0.0.1", "10.0.0.2", "127.0.0.1", "fe80::1%1", "2001:db8::1"]),
                st.sampled_from([None, 24, 64, 200]),
                st.sampled_from([None, 1, 2]),
                st.sampled_from(["answered", "told"]),
            ),
            max_size=3,
        ),
    }
)


def _network(made: list[dict[str, Any]], links: list[tuple[int, ...]], office_name: str | None) -> Frames:
    devices, interfaces, addresses = [], [], []
    for number, thing in enumerate(made, 1):
        name = f"D{number:05d}"
        own = [{"device": name, "if_index": n, **port} for n, port in enumerate(thing["ports"], 1)]
        interfaces += own
        for address, length, index, origin in thing["addresses"]:
            told = {"address": address, "office": thing["office"], "device": name}
            addresses.append(told | {"prefix_length": length, "if_index": index, "origin": origin})
        first = next((a for a, *_, origin in thing["addresses"] if origin == "answered"), "10.0.0.9")
        devices.append({"device": name, "address": first, **thing})

    def end(device: int, port: int) -> tuple[str | None, str | None]:
        own = [i for i in interfaces if i["device"] == f"D{device:05d}"]
        return (f"D{device:05d}", own[port % len(own)]["name"]) if own else (None, "x")

    told = []
    for a, a_port, b, b_port in links:
        (a_device, a_name), (b_device, b_name) = end(a, a_port), end(b, b_port)
        if a_device:
            told.append({"a_device": a_device, "a_port": a_name, "b_device": b_device, "b_port": b_name, "protocol": "lldp"})
    offices = [{"office": "A", "name_vi": office_name or "A", "name_en": "x" * 300, "parent": "B"}]
    offices += [{"office": "B", "name_vi": office_name or "B", "name_en": "B", "valid_to": "2025-06-30"}]
    return frames(devices, interfaces, addresses, told, offices)
