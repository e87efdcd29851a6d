"""The inventory as an Ansible inventory in YAML: a host for each device; groups by office, kind, vendor and platform.

Form: Ansible's documentation of the inventory plugin `ansible.builtin.yaml` (ansible-core 2.17 and later). Only names and
addresses are in it: who logs in, and with what, stays with who runs Ansible.

What a device says of itself must never be run: Ansible fills in templates within values, so text with a template's braces
is marked `!unsafe`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from inventory.exchange.forms import Frames, line, records
from inventory.exchange.names import distinct, slug, slugs
from inventory.exchange.platforms import Platform, by_profile

#: Host names that mean something else to Ansible.
_TAKEN = frozenset({"all", "ungrouped", "localhost"})
_TEMPLATE = ("{{", "{%", "{#")
#: What of a device its variables tell, after `kiemke_`.
_TOLD = ("device", "sys_name", "office", "kind", "vendor", "model", "serial", "os_version", "state")
_COLUMNS = (*_TOLD, "address", "profile")


class _Unsafe(str):
    """Text that Ansible must take as it stands."""


class _Dumper(yaml.SafeDumper):
    """Of its own, so that the mark is known nowhere else."""


_Dumper.add_representer(_Unsafe, lambda dumper, text: dumper.represent_scalar("!unsafe", str(text), style='"'))


def inventory(frames: Frames) -> dict[str, Any]:
    """Hosts and groups as plain data. Groups of offices hold those of the offices below."""
    rows = [dict(zip(_COLUMNS, row, strict=True)) for row in records(frames.devices, *_COLUMNS)]
    hosts = _hosts(rows)
    offices = list(records(frames.offices, "office", "name_vi", "parent"))
    groups = _groups("office", [*(code for code, *_ in offices), *sorted({row["office"] for row in rows})])
    children: dict[str, dict[str, Any]] = {group: {} for group in groups.values()}
    for code, title, parent in offices:
        children[groups[code]]["vars"] = {"kiemke_office_name": _safe(line(title))}
        if parent in groups:
            children[groups[parent]].setdefault("children", {})[groups[code]] = None
    _join(children, groups, [row["office"] for row in rows], hosts)
    for what in ("kind", "vendor"):
        values = [row[what] or "unknown" for row in rows]
        _join(children, _groups(what, sorted(set(values))), values, hosts)
    for host, row in zip(hosts, rows, strict=True):
        if platform := by_profile().get(row["profile"]):
            group = children.setdefault(f"platform_{platform.key}", {"vars": _connection(platform)})
            group.setdefault("hosts", {})[host] = None
    told = {host: _variables(row) for host, row in zip(hosts, rows, strict=True)}
    return {"all": {"hosts": told, "children": children}}


def text(frames: Frames) -> str:
    """The inventory file."""
    return yaml.dump(inventory(frames), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)


def _groups(what: str, values: Iterable[str]) -> dict[str, str]:
    """Names of groups, of letters that Ansible takes without a warning."""
    return {value: f"{what}_{name}" for value, name in slugs(values, "_").items()}


def _join(children: dict[str, Any], groups: Mapping[str, str], values: Iterable[str], hosts: Iterable[str]) -> None:
    """Put each host into the group of its value."""
    for host, value in zip(hosts, values, strict=True):
        children.setdefault(groups[value], {}).setdefault("hosts", {})[host] = None


def _hosts(rows: Iterable[Mapping[str, str]]) -> list[str]:
    """Names of hosts: what the device calls itself, of letters that mean nothing in Ansible's patterns; else our id.

    None has an underscore, so none is a group's.
    """
    wanted = [".".join(filter(None, (slug(part) for part in row["sys_name"].split(".")))) for row in rows]
    wanted = ["" if name in _TAKEN or name.startswith("localhost.") else name for name in wanted]
    return distinct(wanted, [row["device"] for row in rows], 200, "-{}")


def _variables(row: Mapping[str, str]) -> dict[str, str]:
    told = {"ansible_host": row["address"]} | {f"kiemke_{name}": _safe(line(row[name])) for name in _TOLD}
    return {name: value for name, value in told.items() if value}


def _connection(platform: Platform) -> dict[str, str]:
    told: Mapping[str, str | None] = {
        "ansible_network_os": platform.network_os,
        "ansible_connection": platform.connection,
        "netmiko_device_type": platform.netmiko,
    }
    return {key: value for key, value in told.items() if value}


def _safe(value: str) -> str:
    return _Unsafe(value) if any(mark in value for mark in _TEMPLATE) else value
