"""Console outputs to facts, by what a platform's file says. Pure and total: any text goes in, at worst nothing comes out."""

from __future__ import annotations

import importlib.resources
import io
import ipaddress
import itertools
import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache

import textfsm

from collectors.ssh.answers import Facts, bits_per_second, date, evidence, ip, mac, number, port_number, seconds
from collectors.ssh.platforms import Platform, Table
from inventory.facts import (
    Addresses,
    ArpEntry,
    Component,
    Evidence,
    ForwardingEntry,
    Identity,
    Interface,
    Neighbour,
    Outcome,
    OwnAddress,
    Topic,
)
from inventory.junk import is_junk, is_junk_serial

Row = dict[str, str]
#: More lines than an empty table's headings have: no row in these means that we cannot read them.
_HEADINGS = 8
_SWITCHED_OFF = re.compile(
    r"not (?:enabled|running|active|configured|supported)|is disabled|no such|incomplete command", re.IGNORECASE
)


def parse(platform: Platform, outputs: Mapping[str, str], missing: Collection[str] = ()) -> Facts:
    """Facts from `outputs` (command -> text). Topics of `missing` commands, which the device does not know, are UNSUPPORTED."""
    outputs = {command: _tame(output) for command, output in outputs.items()}
    topics: dict[str, Outcome] = {}
    identity = _identity(platform, outputs)
    asked_who = any(command in outputs for command in platform.topics.get(Topic.IDENTITY, ()))
    if asked_who:
        known = any((identity.model, identity.serial, identity.os_version, identity.sys_name))
        topics[Topic.IDENTITY.value] = Outcome.ANSWERED if known else Outcome.GARBLED

    def rows_of(piece: str) -> tuple[list[Row] | None, Outcome | None]:
        return _rows(platform, piece, outputs, missing)

    interface_rows, interfaces_end = rows_of("interfaces")
    component_rows, components_end = rows_of("components")
    neighbour_rows, neighbours_end = rows_of("neighbours")
    own, own_end = rows_of("own")
    arp, arp_end = rows_of("arp")
    forwarding, forwarding_end = rows_of("forwarding")
    for topic, ends in (
        (Topic.INTERFACES, [interfaces_end]),
        (Topic.COMPONENTS, [components_end]),
        (Topic.NEIGHBOURS, [neighbours_end]),
        (Topic.ADDRESSES, [own_end, arp_end, forwarding_end]),
    ):
        told = {end for end in ends if end is not None}
        if told:
            best = (Outcome.ANSWERED, Outcome.PARTIAL, Outcome.GARBLED, Outcome.UNSUPPORTED)
            end = next(outcome for outcome in best if outcome in told)
            # One table read and another not is not the whole of a topic.
            topics[topic.value] = Outcome.PARTIAL if end is Outcome.ANSWERED and Outcome.GARBLED in told else end
    interfaces = None if interface_rows is None else _interfaces(platform, interface_rows)
    index_of = {i.name: i.index for i in interfaces or ()}
    addresses = None
    if (own, arp, forwarding) != (None, None, None):
        addresses = Addresses(
            own=None if own is None else _own(platform, own, index_of),
            arp=None if arp is None else _arp(platform, arp, index_of),
            forwarding=None if forwarding is None else _forwarding(platform, forwarding, index_of),
        )
    return Facts(
        identity=identity if asked_who else None,
        components=None if component_rows is None else _components(component_rows),
        interfaces=interfaces,
        neighbours=None if neighbour_rows is None else _neighbours(platform, neighbour_rows),
        addresses=addresses,
        topics=topics,
    )


_WIDEST, _LONGEST = 1500, 100_000  # characters of a line, lines of an output


def _tame(output: str) -> str:
    """The output without what no console prints but what costs patterns much time: endless lines, endless blanks."""
    output = re.sub(r"[ \t]{65,}", " " * 64, re.sub(r"\n(?:[ \t]*\n){3,}", "\n\n\n", output))
    lines = output.split("\n", _LONGEST)[:_LONGEST]
    return "\n".join(line[:_WIDEST] for line in lines)


def _identity(platform: Platform, outputs: Mapping[str, str]) -> Identity:
    found: dict[str, Evidence] = {}
    for name, ways in platform.identity.items():
        for way in ways:
            for match in way.pattern.finditer(outputs.get(way.command, "")):
                named = match.groupdict()
                said = " ".join(filter(None, named.values())) if named else match.group(match.lastindex or 0)
                if is_junk(said) or (name == "serial" and is_junk_serial(said)):
                    continue
                value = date(said) if name == "manufactured" else said
                told = evidence(value, f"ssh:{way.command}", 0.95, said)
                if told is not None:
                    found.setdefault(name, told)
                    break
            if name in found:
                break
    text = {name: told.value for name, told in found.items()}
    anything = bool(found)
    model = found.get("model")
    kind = next((kind for kind, models in platform.kinds.items() if model and models.search(model.value)), None)
    return Identity(
        vendor=found.get("vendor") or (evidence(platform.vendor, f"ssh:platform {platform.name}", 0.9) if anything else None),
        model=found.get("model"),
        serial=found.get("serial"),
        os_version=found.get("os_version"),
        kind=(model and evidence(kind, model.source, 0.8, model.value))
        or (evidence(platform.kind, f"ssh:platform {platform.name}", 0.7) if anything else None),
        manufactured=found.get("manufactured"),
        sys_name=text.get("sys_name"),
        sys_location=text.get("sys_location"),
        sys_contact=text.get("sys_contact"),
        base_mac=mac(text.get("base_mac")),
        uptime_s=seconds(text.get("uptime")),
        profile=f"ssh:{platform.name}",
    )


def _rows(
    platform: Platform, piece: str, outputs: Mapping[str, str], missing: Collection[str]
) -> tuple[list[Row] | None, Outcome | None]:
    """Rows of all the piece's tables, each by fact field, and how it ended; None rows when nothing was answered."""
    rows: list[Row] = []
    ends: set[Outcome] = set()
    for table in platform.tables.get(piece, ()):
        if table.command in missing:
            ends.add(Outcome.UNSUPPORTED)
            continue
        if table.command not in outputs:
            continue  # the session ended before
        output = outputs[table.command]
        found, whole = read_table(table, output)
        if found:
            ends.add(Outcome.ANSWERED if whole else Outcome.PARTIAL)
        elif _SWITCHED_OFF.search(output[:400]):
            ends.add(Outcome.UNSUPPORTED)
        elif not whole or len([line for line in output.split("\n") if line.strip()]) > _HEADINGS:
            ends.add(Outcome.GARBLED)
        else:
            ends.add(Outcome.ANSWERED)
        rows += [{**row, "_command": table.command, "_protocol": table.protocol} for row in found]
    if not ends:
        return None, None
    readable = ends & {Outcome.ANSWERED, Outcome.PARTIAL}
    if not readable:
        return None, Outcome.GARBLED if Outcome.GARBLED in ends else Outcome.UNSUPPORTED
    return rows, Outcome.PARTIAL if ends & {Outcome.PARTIAL, Outcome.GARBLED} else Outcome.ANSWERED


def read_table(table: Table, output: str) -> tuple[list[Row], bool]:
    """Rows by fact field, and whether the whole output was understood."""
    whole = True
    if table.template is not None:
        raw, whole = _templated(table.template, output)
        rows = [{name: row.get(column, "") for name, column in table.columns.items()} for row in raw]
    elif table.pattern is not None:
        rows = [{k: v or "" for k, v in match.groupdict().items()} for match in table.pattern.finditer(output)]
    elif table.split is not None:
        starts = [match.start() for match in table.split.finditer(output)]
        pieces = [output[a:b] for a, b in zip(starts, [*starts[1:], None], strict=False)]
        rows = [_picked(table.fields, piece) for piece in pieces]
        for before, row in itertools.pairwise(rows):
            row.update({name: before[name] for name in table.carry if not row[name]})
    else:
        rows = []
    kept = [
        {name: " ".join(value.split()) for name, value in row.items()}
        for row in rows
        if all(p.search(row.get(name, "")) for name, p in table.keep.items())
        and not any(p.search(row.get(name, "")) for name, p in table.drop.items())
    ]
    return kept, whole


def _picked(fields: Mapping[str, re.Pattern[str]], piece: str) -> Row:
    row = {}
    for name, pattern in fields.items():
        match = pattern.search(piece)
        row[name] = (match.group(match.lastindex or 0) or "") if match else ""
    return row


@cache
def _template(name: str) -> str:
    """The text of a template of ntc-templates; where those miss too much, the platform's file has patterns instead."""
    return (importlib.resources.files("ntc_templates") / "templates" / f"{name}.textfsm").read_text(encoding="utf-8")


def _templated(name: str, output: str) -> tuple[list[Row], bool]:
    """Rows of a TextFSM template by column. A template that stops at an unknown line gives the rows before it, and False."""
    machine = textfsm.TextFSM(io.StringIO(_template(name)))
    try:
        machine.ParseText(output)
        whole = True
    except textfsm.TextFSMError:
        whole = False
    return [
        {
            column: (" ".join(v for v in value if isinstance(v, str)) if isinstance(value, list) else str(value or ""))
            for column, value in zip(machine.header, row, strict=False)
        }
        for row in machine._result  # after an error ParseText has no return value
    ], whole


def _said(row: Row, name: str) -> str | None:
    value = row.get(name, "").strip()
    return None if not value or is_junk(value) else value


_UP = re.compile(r"^\*?(?:up|connected|link[- ]?up|yes|running|r|rs)\b", re.IGNORECASE)
_ADMIN_DOWN = re.compile(r"admin|^\*|^adm\b|disabled|^no$|shutdown|^x", re.IGNORECASE)


def _interfaces(platform: Platform, rows: Iterable[Row]) -> tuple[Interface, ...]:
    """One interface a name; later tables fill what earlier ones left out."""
    merged: dict[str, Row] = {}
    for row in rows:
        name = platform.port(row.get("name", ""))
        if name:
            known = merged.setdefault(name, {})
            for key, value in row.items():
                if value and not known.get(key):
                    known[key] = value
    found = []
    for name, row in merged.items():
        admin, oper = row.get("admin") or row.get("status"), row.get("oper") or row.get("status")
        admin_up = None if not admin else not _ADMIN_DOWN.search(admin)
        oper_up = None if not oper else bool(_UP.search(oper)) and admin_up is not False
        vlan = number(row.get("vlan")) if re.fullmatch(r"\s*\d{1,4}\s*", row.get("vlan", "")) else None
        found.append(
            Interface(
                index=port_number(name),
                name=name,
                alias=row.get("alias") or None,
                mac=mac(row.get("mac")),
                mtu=number(row.get("mtu")),
                speed_bps=bits_per_second(row.get("speed")),
                admin_up=admin_up,
                oper_up=oper_up,
                pvid=vlan if vlan and 0 < vlan < 4095 else None,
                duplex=duplex(row.get("duplex")) if oper_up else None,
            )
        )
    return tuple(found)


def duplex(said: str | None) -> str | None:
    """full or half, as consoles write them: a-full, Full-duplex, F(a), H."""
    match = re.fullmatch(r"(?:a-|auto-)?(full|half|f|h)(?:[- ]?duplex|\(a\))?", (said or "").strip(), re.IGNORECASE)
    return None if match is None else "full" if match[1].lower().startswith("f") else "half"


_PARTS = (
    ("psu", r"power|psu|\bpwr"),
    ("fan", r"\bfans?\b|fan tray"),
    ("port", r"transceiver|sfp|xcvr|\bgbic|qsfp|\b\d+g?base-?\w+"),
    ("stack", r"stack"),
    ("chassis", r"chassis|^slot \d+$|^switch \d+$|^\d$|^c\d{4}|adaptive security|backplane"),
    ("memory", r"memory|dram|flash"),
    ("disk", r"disk|drive|ssd"),
    ("module", r"module|slot|card|linecard|supervisor|engine|fpc|pic|mic|board"),
)


def _part(said: str) -> str:
    return next((kind for kind, pattern in _PARTS if re.search(pattern, said, re.IGNORECASE)), "other")


def _components(rows: Iterable[Row]) -> tuple[Component, ...]:
    found: dict[str, Component] = {}
    for row in rows:
        name, description = row.get("name", ""), row.get("description", "")
        model, serial = _said(row, "model"), row.get("serial", "").strip()
        base = name or description or model
        if not base or not (model or serial or description):
            continue
        index = base
        copy = 1
        while index in found:
            copy += 1
            index = f"{base} #{copy}"
        found[index] = Component(
            index=index,
            kind=row.get("kind") or _part(f"{name} {description}".strip() if not name.isdigit() else name),
            name=name,
            description=description,
            vendor=_said(row, "vendor"),
            model=model,
            serial=None if is_junk_serial(serial) else serial,
            hardware_rev=_said(row, "hardware_rev"),
            firmware_rev=_said(row, "firmware_rev"),
            software_rev=_said(row, "software_rev"),
            manufactured=date(row.get("manufactured")),
        )
    return tuple(found.values())


def _neighbours(platform: Platform, rows: Iterable[Row]) -> tuple[Neighbour, ...]:
    found = []
    for row in rows:
        local = platform.port(row.get("local_port", ""))
        chassis = _said(row, "remote_chassis")
        if not local or not (chassis or _said(row, "remote_name") or _said(row, "remote_port")):
            continue
        found.append(
            Neighbour(
                protocol=row["_protocol"],
                local_port=local,
                local_index=None,
                remote_name=_said(row, "remote_name"),
                remote_port=_said(row, "remote_port"),
                remote_port_description=_said(row, "remote_port_description"),
                remote_chassis=mac(chassis) or chassis,
                remote_address=ip(row.get("remote_address", "").split(" ")[0]),
                remote_description=_said(row, "remote_description"),
                remote_vendor_model=_said(row, "remote_vendor_model"),
            )
        )
    return tuple(dict.fromkeys(found))


def _own(platform: Platform, rows: Iterable[Row], index_of: Mapping[str, int]) -> tuple[OwnAddress, ...]:
    found = []
    for row in rows:
        said, mask = row.get("address", ""), row.get("mask", "")
        address = ip(said)
        if address is not None:
            length = said.partition("/")[2] or _length(mask)
            name = platform.port(row.get("interface", ""))
            found.append(OwnAddress(address, number(length), index_of.get(name, port_number(name) if name else None)))
    return tuple(dict.fromkeys(found))


def _length(mask: str) -> str:
    try:
        return str(ipaddress.ip_network(f"0.0.0.0/{mask}").prefixlen)
    except ValueError:
        return ""


def _arp(platform: Platform, rows: Iterable[Row], index_of: Mapping[str, int]) -> tuple[ArpEntry, ...]:
    found = []
    for row in rows:
        address, who = ip(row.get("address")), mac(row.get("mac"))
        if address is not None and who is not None:
            found.append(ArpEntry(address, who, index_of.get(platform.port(row.get("interface", "")))))
    return tuple(dict.fromkeys(found))


def _forwarding(platform: Platform, rows: Iterable[Row], index_of: Mapping[str, int]) -> tuple[ForwardingEntry, ...]:
    """Learned stations. The switch's own addresses ("CPU", "self", "static") are none."""
    found = []
    for row in rows:
        who, port = mac(row.get("mac")), platform.port(row.get("port", ""))
        if who is None or not port or re.search(r"^(?:cpu|self|router|switch|drop|sup-eth|all)", port, re.IGNORECASE):
            continue
        if row.get("type") and not re.search(r"dynamic|learn|^d$|^f$|primary|^\*|^$", row["type"], re.IGNORECASE):
            continue
        found.append(ForwardingEntry(who, port, index_of.get(port), number(row.get("vlan"))))
    return tuple(dict.fromkeys(found))
