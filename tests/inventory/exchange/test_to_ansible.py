"""The Ansible inventory, as Ansible itself reads it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from netmiko import platforms as netmiko_platforms

from inventory.exchange import to_ansible
from inventory.exchange.platforms import by_profile
from tests.inventory.exchange.made import frames, networks

BIN = Path(sys.executable).parent


def ansible(tool, path, *arguments):
    """What a tool of Ansible says; it must find nothing to warn of."""
    clean = {"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(path.parent), "LANG": "C.UTF-8"}
    clean |= {"ANSIBLE_INVENTORY_ENABLED": "yaml", "ANSIBLE_INVENTORY_UNPARSED_FAILED": "true", "ANSIBLE_NOCOLOR": "1"}
    done = subprocess.run(
        [BIN / tool, "-i", path, *arguments], env=clean, cwd=path.parent, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert "WARNING" not in done.stderr, done.stderr
    return done.stdout


def written(path, network):
    path.write_text(to_ansible.text(network), encoding="utf-8")
    return path


OFFICES = [
    {"office": "lap-thach", "name_vi": "Huyện Lập Thạch", "name_en": "Lập Thạch"},
    {"office": "xuân hòa", "name_vi": "Xã Xuân Hòa", "name_en": "Xuân Hòa", "parent": "lap-thach"},
    {"office": "xuan-hoa", "name_vi": "Xã Xuân Hoà (cũ)", "name_en": "Xuân Hòa (old)", "parent": "lap-thach"},
]
DEVICES = [
    {"device": "D00001", "sys_name": "SW 1.ubnd.gov.vn", "address": "10.1.0.1", "office": "xuân hòa", "kind": "switch"}
    | {"vendor": "Cisco", "model": "2960", "serial": "0012", "profile": "cisco-ios"},
    {"device": "D00002", "sys_name": "localhost", "address": "10.1.0.2", "office": "xuan-hoa", "kind": "server"}
    | {"vendor": "Dell", "profile": "ssh:linux"},
    {"device": "D00003", "sys_name": "{{ lookup('ansible.builtin.pipe', 'echo ' ~ 'run') }}", "address": "10.1.0.3"}
    | {"office": "lap-thach", "vendor": "{% raw %}", "serial": "{#"},
    {"device": "D00004", "sys_name": "máy in:[1:3],!x", "address": "2001:db8::4", "office": "lap-thach", "kind": "printer"},
]


def test_ansible_finds_hosts_and_groups(tmp_path):
    path = written(tmp_path / "kho.yml", frames(DEVICES, offices=OFFICES))
    found = json.loads(ansible("ansible-inventory", path, "--list"))
    hosts = found["_meta"]["hostvars"]
    assert set(hosts) == {"sw-1.ubnd.gov.vn", "D00002", "lookup-ansible.builtin.pipe-echo-run", "may-in-1-3-x"}
    switch = hosts["sw-1.ubnd.gov.vn"]
    assert switch["ansible_host"] == "10.1.0.1"
    assert (switch["ansible_network_os"], switch["ansible_connection"]) == ("cisco.ios.ios", "ansible.netcommon.network_cli")
    assert (switch["kiemke_device"], switch["kiemke_serial"], switch["kiemke_office_name"]) == ("D00001", "0012", "Xã Xuân Hòa")
    assert hosts["may-in-1-3-x"]["ansible_host"] == "2001:db8::4"
    assert "ansible_network_os" not in hosts["D00002"]
    assert found["office_xuan_hoa"]["hosts"] == ["sw-1.ubnd.gov.vn"]
    assert found["office_xuan_hoa_2"]["hosts"] == ["D00002"]
    assert set(found["office_lap_thach"]["children"]) == {"office_xuan_hoa", "office_xuan_hoa_2"}
    assert found["kind_switch"]["hosts"] == found["vendor_cisco"]["hosts"] == found["platform_cisco_ios"]["hosts"]
    assert found["platform_linux"]["hosts"] == ["D00002"]
    assert not any("password" in str(value).lower() or "secret" in str(value).lower() for value in hosts.values())


def test_what_a_device_says_is_never_run(tmp_path):
    path = written(tmp_path / "kho.yml", frames(DEVICES, offices=OFFICES))
    for variable, value in (("kiemke_sys_name", DEVICES[2]["sys_name"]), ("kiemke_vendor", "{% raw %}"), ("kiemke_serial", "{#")):
        said = ansible("ansible", path, "lookup-*", "-c", "local", "-m", "ansible.builtin.debug", "-a", f"var={variable}")
        assert json.loads(said.partition("=>")[2])[variable] == value


@settings(max_examples=4, deadline=None, derandomize=True)
@given(networks())
def test_ansible_reads_whatever_devices_say(tmp_path_factory, network):
    path = written(tmp_path_factory.mktemp("ansible") / "kho.yml", network)
    if len(network.devices):
        hosts = json.loads(ansible("ansible-inventory", path, "--list"))["_meta"]["hostvars"]
        assert sorted(host["kiemke_device"] for host in hosts.values()) == sorted(network.devices["device"])


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(networks())
def test_every_device_is_one_host_of_one_office_and_one_kind(network):
    found = to_ansible.inventory(network)["all"]
    assert sorted(host["kiemke_device"] for host in found["hosts"].values()) == sorted(network.devices["device"])
    for what in ("office", "kind", "vendor"):
        members = [
            name for group, body in found["children"].items() if group.startswith(f"{what}_") for name in body.get("hosts", ())
        ]
        assert sorted(members) == sorted(found["hosts"])


def test_platforms_are_of_families_that_are_known_and_of_netmiko():
    from collectors.profiles import load

    known = {profile.id for profile in load().families}
    own = {path.stem for path in (Path(__file__).parents[3] / "collectors" / "ssh" / "platforms").glob("*.yaml")}
    for profile, platform in by_profile().items():
        assert profile.removeprefix("ssh:") in (own if profile.startswith("ssh:") else known), profile
        assert platform.netmiko is None or platform.netmiko in netmiko_platforms, platform.name


@pytest.mark.parametrize("name", ["all", "ungrouped", "localhost", "localhost.localdomain", "office_a", "kind_switch"])
def test_a_name_that_means_something_to_ansible_is_no_host_s(name):
    found = to_ansible.inventory(frames([{"device": "D00001", "sys_name": name, "kind": "switch"}]))["all"]
    assert set(found["hosts"]).isdisjoint({*found["children"], "all", "ungrouped", "localhost"})
