"""Reads `offices.yaml` strictly: a file that people fill in by hand, so every mistake gets one sentence with its line.

YAML nodes are composed without constructing values: each node knows its line, a date stays the text that was typed, and
an office code `01` stays `01`.
"""

from __future__ import annotations

import datetime
import difflib
import ipaddress
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import yaml

from inventory import service_addresses
from inventory.offices import Network, Office, OfficeNetwork, Offices, OfficesError
from inventory.service_facts import CERTIFICATE_DAYS, GOALS, Service

OFFICE_KEYS = ("code", "name_vi", "name_en", "parent", "staff", "valid_from", "valid_to", "successor", "networks")
NETWORK_KEYS = ("network", "exclude", "snmp", "ssh", "snmp_port", "ssh_port")
SERVICE_KEYS = ("code", "name_vi", "name_en", "url", "goal", "latency_ms", "certificate_days", "offices")
TOP_KEYS = ("offices", "services")
LARGEST = 65_536  # addresses in one network: a mistyped mask must not become a week of sweeping
CREDENTIAL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
CODE = re.compile(r"[^\s,;/\\]{1,32}")
SECRET_KEY = re.compile(
    r"passw|secret|community|passphrase|private.?key|token|mat.?khau|\bpwd\b|auth_?(key|pass)|priv_?(key|pass)", re.IGNORECASE
)


def read(path: Path) -> Offices:
    """Parse and check an offices file; raises OfficesError."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise OfficesError("offices_not_found", file=str(path)) from None
    except IsADirectoryError:
        raise OfficesError("offices_not_found", file=str(path)) from None
    except UnicodeDecodeError:
        raise OfficesError("offices_not_text", file=str(path)) from None
    return _Reader(path).offices(unicodedata.normalize("NFC", text))


def _plain(text: str) -> str:
    """Without Vietnamese marks and case, for guessing what was meant."""
    return "".join(c for c in unicodedata.normalize("NFD", text.lower().replace("đ", "d")) if not unicodedata.combining(c))


def _nearest(word: str, known: Iterable[str]) -> str:
    choices = {_plain(k): k for k in known}
    found = difflib.get_close_matches(_plain(word), list(choices), n=1, cutoff=0.0)
    return choices[found[0]] if found else ""


class _Reader:
    def __init__(self, path: Path) -> None:
        self.file = str(path)

    def problem(self, key: str, node: yaml.Node, **values: object) -> OfficesError:
        return OfficesError(key, file=self.file, line=node.start_mark.line + 1, **values)

    # -- nodes -------------------------------------------------------------------------------------------------------

    def mapping(self, node: yaml.Node, where: str, known: Sequence[str]) -> dict[str, yaml.Node]:
        """Known keys -> nodes; a key with an empty value counts as absent."""
        if not isinstance(node, yaml.MappingNode):
            raise self.problem("offices_shape", node, where=where, wanted="“key: value”")
        found: dict[str, yaml.Node] = {}
        for key_node, value in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            if key not in known:
                if SECRET_KEY.search(_plain(key)):
                    raise self.problem("offices_secret", key_node, field=key)
                raise self.problem("offices_unknown_key", key_node, field=key, nearest=_nearest(key, known))
            if key in found:
                raise self.problem("offices_duplicate_key", key_node, field=key)
            found[key] = value
        return {key: value for key, value in found.items() if not _empty(value)}

    def sequence(self, node: yaml.Node, where: str) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            raise self.problem("offices_shape", node, where=where, wanted="“- …”")
        return list(node.value)

    def scalar(self, node: yaml.Node, key: str) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self.problem("offices_shape", node, where=key, wanted="“…”")
        return " ".join(str(node.value).split())

    def texts(self, node: yaml.Node, key: str) -> list[tuple[str, yaml.Node]]:
        """One value, or a list of them."""
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        return [(self.scalar(n, key), n) for n in nodes]

    def number(self, node: yaml.Node, key: str, low: int, high: int) -> int:
        text = self.scalar(node, key)
        if not re.fullmatch(r"\d{1,9}", text) or not low <= int(text) <= high:
            raise self.problem("offices_bad_value", node, field=key, value=text, wanted=f"{low}–{high}")
        return int(text)

    def date(self, node: yaml.Node, key: str) -> datetime.date:
        text = self.scalar(node, key)
        for pattern, order in ((r"(\d{4})-(\d{1,2})-(\d{1,2})", (0, 1, 2)), (r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", (2, 1, 0))):
            if match := re.fullmatch(pattern, text):
                year, month, day = (int(match.groups()[i]) for i in order)
                try:
                    return datetime.date(year, month, day)
                except ValueError:
                    break
        raise self.problem("offices_bad_value", node, field=key, value=text, wanted="01/07/2025, 2025-07-01")

    def network(self, text: str, node: yaml.Node, key: str) -> Network:
        try:
            return ipaddress.ip_network(text)
        except ValueError:
            pass
        try:  # a host address with a mask: say which network was meant
            wanted = str(ipaddress.ip_network(text, strict=False))
        except ValueError:
            wanted = "10.1.2.0/24"
        raise self.problem("offices_bad_value", node, field=key, value=text, wanted=wanted)

    def names(self, node: yaml.Node | None, key: str) -> tuple[str, ...]:
        found = []
        for text, at in self.texts(node, key) if node else ():
            if not CREDENTIAL_NAME.fullmatch(text):  # the text itself may be a secret: it is not repeated
                raise self.problem("offices_secret", at, field=key)
            found.append(text)
        return tuple(dict.fromkeys(found))

    # -- the file ----------------------------------------------------------------------------------------------------

    def offices(self, text: str) -> Offices:
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            raise OfficesError(
                "offices_not_yaml", file=self.file, line=line, detail=str(error.problem or error.context)
            ) from None
        except yaml.YAMLError:
            raise OfficesError("offices_not_yaml", file=self.file, line=1, detail="control character") from None
        if root is None:
            raise OfficesError("offices_missing_key", file=self.file, line=1, where="offices.yaml", field="offices")
        top = self.mapping(root, "offices.yaml", TOP_KEYS)
        if "offices" not in top:
            raise self.problem("offices_missing_key", root, where="offices.yaml", field="offices")
        nodes: dict[str, dict[str, yaml.Node]] = {}
        offices: dict[str, Office] = {}
        for node in self.sequence(top["offices"], "offices"):
            office, fields = self.office(node)
            if office.code in offices:
                first = nodes[office.code]["code"].start_mark.line + 1
                raise self.problem("offices_duplicate_code", fields["code"], code=office.code, first=first)
            offices[office.code], nodes[office.code] = office, fields
        self.check_references(offices, nodes, "parent", lambda office: office.parent)
        self.check_references(offices, nodes, "successor", lambda office: office.successor)
        return Offices(offices, self.services(top.get("services"), offices))

    def office(self, node: yaml.Node) -> tuple[Office, dict[str, yaml.Node]]:
        fields = self.mapping(node, "offices", OFFICE_KEYS)
        if "code" not in fields:
            raise self.problem("offices_missing_key", node, where="offices", field="code")
        code = self.scalar(fields["code"], "code")
        if not CODE.fullmatch(code):
            raise self.problem("offices_bad_value", fields["code"], field="code", value=code, wanted="“lap-thach”")
        for key in ("name_vi", "name_en"):
            if key not in fields:
                raise self.problem("offices_missing_key", node, where=f"“{code}”", field=key)
        begin = self.date(fields["valid_from"], "valid_from") if "valid_from" in fields else None
        end = self.date(fields["valid_to"], "valid_to") if "valid_to" in fields else None
        if begin and end and end < begin:
            raise self.problem(
                "offices_dates", fields["valid_to"], code=code, valid_from=f"{begin:%d/%m/%Y}", valid_to=f"{end:%d/%m/%Y}"
            )
        office = Office(
            code=code,
            name_vi=self.scalar(fields["name_vi"], "name_vi"),
            name_en=self.scalar(fields["name_en"], "name_en"),
            parent=self.scalar(fields["parent"], "parent") if "parent" in fields else None,
            staff=self.number(fields["staff"], "staff", 0, 100_000) if "staff" in fields else None,
            valid_from=begin,
            valid_to=end,
            successor=self.scalar(fields["successor"], "successor") if "successor" in fields else None,
            networks=self.networks(code, fields.get("networks")),
        )
        return office, fields

    def networks(self, code: str, node: yaml.Node | None) -> tuple[OfficeNetwork, ...]:
        found: list[tuple[OfficeNetwork, yaml.Node]] = []
        for entry in self.sequence(node, "networks") if node else ():
            if isinstance(entry, yaml.ScalarNode):  # the short form: a bare CIDR
                fields: dict[str, yaml.Node] = {"network": entry}
            else:
                fields = self.mapping(entry, "networks", NETWORK_KEYS)
            if "network" not in fields:
                raise self.problem("offices_missing_key", entry, where="networks", field="network")
            for text, at in self.texts(fields["network"], "network"):
                network = self.network(text, at, "network")
                if network.num_addresses > LARGEST:
                    raise self.problem("offices_too_large", at, network=network, count=network.num_addresses, limit=LARGEST)
                for other, other_at in found:
                    if network.overlaps(other.network) if network.version == other.network.version else False:
                        raise self.problem(
                            "offices_overlap",
                            at,
                            network=network,
                            code=code,
                            other=other.network,
                            first=other_at.start_mark.line + 1,
                        )
                found.append((self.office_network(code, network, fields), at))
            self.check_exclusions([n for n, _ in found], fields)
        return tuple(n for n, _ in found)

    def office_network(self, code: str, network: Network, fields: dict[str, yaml.Node]) -> OfficeNetwork:
        exclusions = (
            [self.network(text, at, "exclude") for text, at in self.texts(fields["exclude"], "exclude")]
            if "exclude" in fields
            else []
        )
        return OfficeNetwork(
            office=code,
            network=network,
            exclusions=tuple(e for e in exclusions if e.version == network.version and e.overlaps(network)),
            snmp=self.names(fields.get("snmp"), "snmp"),
            ssh=self.names(fields.get("ssh"), "ssh"),
            snmp_port=self.number(fields["snmp_port"], "snmp_port", 1, 65_535) if "snmp_port" in fields else 161,
            ssh_port=self.number(fields["ssh_port"], "ssh_port", 1, 65_535) if "ssh_port" in fields else 22,
        )

    def services(self, node: yaml.Node | None, offices: dict[str, Office]) -> tuple[Service, ...]:
        found: dict[str, tuple[Service, int]] = {}
        for entry in self.sequence(node, "services") if node else ():
            fields = self.mapping(entry, "services", SERVICE_KEYS)
            service = self.service(entry, fields, offices)
            if service.code in found:
                raise self.problem("offices_duplicate_service", fields["code"], code=service.code, first=found[service.code][1])
            found[service.code] = service, fields["code"].start_mark.line + 1
        return tuple(service for service, _ in found.values())

    def service(self, node: yaml.Node, fields: dict[str, yaml.Node], offices: dict[str, Office]) -> Service:
        if "code" not in fields:
            raise self.problem("offices_missing_key", node, where="services", field="code")
        code = self.scalar(fields["code"], "code")
        if not CODE.fullmatch(code):
            raise self.problem("offices_bad_value", fields["code"], field="code", value=code, wanted="“thu-cong-vu”")
        for key in ("name_vi", "name_en", "url"):
            if key not in fields:
                raise self.problem("offices_missing_key", node, where=f"“{code}”", field=key)
        goal = self.scalar(fields["goal"], "goal") if "goal" in fields else "other"
        if goal not in GOALS:
            raise self.problem("offices_bad_value", fields["goal"], field="goal", value=goal, wanted=", ".join(GOALS))
        named = self.texts(fields["offices"], "offices") if "offices" in fields else []
        for text, at in named:
            if text not in offices:
                raise self.problem("offices_unknown_office", at, field="offices", value=text, nearest=_nearest(text, offices))
        return Service(
            code=code,
            name_vi=self.scalar(fields["name_vi"], "name_vi"),
            name_en=self.scalar(fields["name_en"], "name_en"),
            url=self.url(fields["url"], code),
            goal=goal,
            latency_ms=self.number(fields["latency_ms"], "latency_ms", 1, 60_000) if "latency_ms" in fields else None,
            certificate_days=self.number(fields["certificate_days"], "certificate_days", 0, 365)
            if "certificate_days" in fields
            else CERTIFICATE_DAYS,
            offices=tuple(dict.fromkeys(text for text, _ in named)),
        )

    def url(self, node: yaml.Node, code: str) -> str:
        text = self.scalar(node, "url")
        if service_addresses.holds_more(text):  # the text itself may hold a secret: it is not repeated
            raise self.problem("offices_url_secret", node, code=code)
        try:
            service_addresses.parse(text)
        except service_addresses.NoAddress as problem:
            raise self.problem("offices_bad_value", node, field="url", value=text, wanted=problem.wanted) from None
        return text

    def check_exclusions(self, networks: Sequence[OfficeNetwork], fields: dict[str, yaml.Node]) -> None:
        """An exclusion that excludes nothing is a typing mistake, and what it should protect would be asked."""
        for text, at in self.texts(fields["exclude"], "exclude") if "exclude" in fields else ():
            excluded = self.network(text, at, "exclude")
            if not any(excluded in network.exclusions for network in networks):
                raise self.problem("offices_exclusion", at, value=text, network=", ".join(str(n.network) for n in networks))

    def check_references(
        self, offices: dict[str, Office], nodes: dict[str, dict[str, yaml.Node]], key: str, follow: Callable[[Office], str | None]
    ) -> None:
        """Every office named exists, and following the names ends."""
        for code, office in offices.items():
            named = follow(office)
            if named is not None and named not in offices:
                raise self.problem(
                    "offices_unknown_office", nodes[code][key], field=key, value=named, nearest=_nearest(named, offices)
                )
        for code in offices:
            seen: set[str] = set()
            at: str | None = code
            while at is not None and at not in seen:
                seen.add(at)
                at = follow(offices[at])
            if at == code:
                raise self.problem("offices_cycle", nodes[code][key], field=key, code=code)


def _empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"
