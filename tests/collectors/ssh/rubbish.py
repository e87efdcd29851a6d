"""What no device says, and what looks like it: for parsers, which take whatever comes."""

from __future__ import annotations

from hypothesis import strategies as st

#: Text that looks like a console's: words that patterns look for, numbers, addresses, and rubbish.
PIECES = st.one_of(
    st.sampled_from(
        [
            "Local Intf: ",
            "Chassis id: ",
            "System Name: ",
            "GigabitEthernet1/0/1",
            "Gi1/0/1",
            " is up, line protocol is down",
            'NAME: "',
            "PID: ",
            "SN: ",
            "DESCR: ",
            "Slot 1:",
            "DEVICE_NAME : ",
            "MANUFACTURING_DATE : ",
            "2019-99-99",
            "interface=",
            "mac-address=",
            "==[port1]",
            "Version: ",
            "uptime is ",
            "up",
            "down",
            "--",
            "0011.2233.4455",
            "00:11:22:33:44:55",
            "1.2.3.4",
            "300.1.1.1/99",
            "Neighbor index :",
            "Cisco",
            "Huawei",
            "\x00",
            "ÿ",
            "\u200b",
            "ế",
            "\ud7ff",
        ]
    ),
    st.text(max_size=12),
    st.sampled_from(["\n", "\n\n", "\r\n", " ", "    ", "\t", ":", ",", "1", "99999999999999999999"]),
)
OUTPUT = st.lists(PIECES, max_size=60).map("".join)

#: Documents with names that we ask for, and anything in them.
JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "ifindex",
                    "ifname",
                    "flags",
                    "mtu",
                    "addr_info",
                    "local",
                    "prefixlen",
                    "blockdevices",
                    "name",
                    "type",
                    "size",
                    "state",
                    "dst",
                    "lladdr",
                    "smart_status",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
