"""Columns of the frames `topology`, `attachments` and `unmanaged`, and how sure each sort of evidence makes us."""

from __future__ import annotations

from inventory.frames.columns import Column

BOTH_SIDES, ONE_SIDE, BY_TABLE, BEHIND_NEIGHBOUR = 0.99, 0.9, 0.7, 0.6
#: Kinds that forward for others. What hangs on their port hangs behind them.
FORWARDING = frozenset({"switch", "router", "firewall", "wireless", "access", "olt", "transport"})
#: Of them those that have no other purpose: who cannot read one still knows what the addresses behind it hang on.
JOINING = frozenset({"switch", "access", "olt"})
#: Kinds that join networks: each of their addresses is a cable of its own.
ROUTING = frozenset({"router", "firewall"})
#: Devices that are somebody's machine, as `graph` names kinds: a computer, or something that answered and told nothing.
MACHINES = frozenset({"pc", ""})
#: IANAifType of Ethernet ports: ethernetCsmacd, fastEther, gigabitEthernet.
ETHERNET = (6, 62, 117)
#: IANAifType of an aggregate (ieee8023adLag).
LAG = 161

TOPOLOGY = (
    Column("a_device", "string", "device at one end"),
    Column("a_office", "string", "its office"),
    Column("a_address", "string", "its address"),
    Column("a_port", "string", "its port; NA = not known"),
    Column("b_device", "string", "device at the other end; NA = told, and not in the inventory"),
    Column("b_office", "string", "its office"),
    Column("b_address", "string", "its address"),
    Column("b_port", "string", "its port; NA = not known"),
    Column("b_name", "string", "name of the other end as told"),
    Column("members", "string", "of an aggregate: its cables, `port=port`, `; ` between; NA = one cable"),
    Column("origin", "string", "told or inferred"),
    Column("confidence", "Float64", "belief that the cable is there", "0..1"),
    Column(
        "evidence",
        "string",
        "lldp_both lldp_one cdp_both cdp_one (fdp, edp, sonmp, mndp likewise); facing (two tables complete each other) "
        "through_unmanaged (they do, with an unmanaged switch between) only_place (nothing else is free) table behind_neighbour",
    ),
    Column("why", "told", "the evidence in words"),
)

ATTACHMENTS = (
    Column("mac", "string", "hardware address of the station"),
    Column("device", "string", "the nearest managed device that forwards and tells what it has learnt"),
    Column("office", "string", "its office"),
    Column("address", "string", "its address"),
    Column("port", "string", "its port towards the station; NA = behind this device, the entry that names the port has aged"),
    Column("confidence", "Float64", "belief that it hangs there", "0..1"),
    Column("evidence", "string", "edge, between, aged, only_place, behind_neighbour, nearest"),
    Column("why", "told", "the evidence in words"),
    Column("point", "string", "access point at that port that it is behind, which tells no table; NA = none, or not known which"),
    Column("radio", "string", "the access point's only radio that is on"),
)

UNMANAGED = (
    Column("device", "string", "the managed device in front"),
    Column("office", "string", "its office"),
    Column("address", "string", "its address"),
    Column("port", "string", "the port with several stations"),
    Column("stations", "Int64", "stations seen behind the port"),
    Column("managed", "Int64", "managed devices that forward behind it, with none of them between the others and the port"),
    Column(
        "explanation",
        "string",
        "unmanaged_switch; small (two stations: also a phone with a computer, or a virtual machine); access_point (mostly "
        "random addresses); rivals that explain it as well are no rows, unless two stations are all there is",
    ),
    Column("confidence", "Float64", "belief that a switch is there", "0..1"),
    Column("evidence", "string", "joins (managed devices), crowd (stations), between (stations seen from both ends), pair"),
    Column("why", "told", "the evidence in words"),
)
