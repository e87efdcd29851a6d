"""Columns of the frames that security makes: `exposures` and `unjudged`."""

from __future__ import annotations

from inventory.frames.columns import Column

EXPOSURES = (
    Column("device", "string", "device"),
    Column("office", "string", "its office"),
    Column(
        "kind",
        "string",
        "default_community, default_login, host_key_changed, ssh_v1, telnet_open, shared_community, snmp_v3_unencrypted, "
        "http_open, tls_old, system_past_support, snmp_v3_weak, snmp_v1_v2c, ssh_weak_kex, ssh_weak_host_key, ssh_weak_cipher, "
        "ssh_weak_mac, certificate_expired, certificate_weak, certificate_self_signed",
    ),
    Column("severity", "string", "high, medium, low"),
    Column("protocol", "string", "over which it is open; NA = it is in the system itself"),
    Column("address", "string", "where it was found; of several addresses the first"),
    Column("port", "Int64", "UDP port of snmp, TCP port of the others"),
    Column("credential", "string", "name of the credential that opens it; never a secret"),
    Column("why", "told", "what was found"),
    Column("first", "told", "what to do first"),
    Column("since", "time", "the first scan that found this way in open; NA = it is in the system itself"),
    Column("read_at", "time", "the last scan that asked"),
)

UNJUDGED = (
    Column("device", "string", "device"),
    Column("office", "string", "its office"),
    Column("what", "string", "snmp, ssh, ports, tls, system"),
    Column("why", "told", "what is missing, and how it can be found out"),
)
