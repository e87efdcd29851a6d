"""Profile files read and checked: whatever is wrong gives one sentence with file, profile, field and the way to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from collectors.profiles.matching import FIELDS, MEMBER_FIELDS, Brand, Conditions, KindRule, Profile, Profiles, branches_of, plain
from collectors.profiles.problems import ProfileError
from collectors.profiles.sources import PLACES, Source, absolute, at, constant, joined
from inventory import yaml_files
from inventory.facts import KINDS

_PROFILE_FIELDS = ("id", "mib", "match", "kind", *FIELDS, "members", "verified", "fallback")
_MATCH_FIELDS = ("oid", "descr", "said", "present")
_SOURCE_FIELDS = ("from", "match", "as", "map", "confidence", "join")
HERE = Path(__file__).parent


def load(*own: Path) -> Profiles:
    """Our families and brands, after those of the given files and folders (a workspace's own). Raises `ProfileError`."""
    families: dict[str, Profile] = {}
    brands: list[Brand] = []
    for place in (*own, HERE):
        here: set[str] = set()
        for path in sorted(place.glob("*.yaml")) if place.is_dir() else [place] if place.is_file() else []:
            if path.name == "brands.yaml":
                brands += [_brand(entry, path.name) for entry in _entries(path)]
                continue
            for entry in _entries(path):
                profile = _Reader(path.name, entry, own=place is not HERE).profile()
                if profile.id in here:
                    raise ProfileError("profile_duplicate", file=path.name, profile=profile.id)
                here.add(profile.id)
                families.setdefault(profile.id, profile)
    generic = families.pop("generic")
    by_enterprise: dict[int, Brand] = {}
    by_alias: dict[str, str] = {}
    for brand in brands:
        for number in brand.enterprises:
            by_enterprise.setdefault(number, brand)
        for name in (brand.name, *brand.aliases):
            by_alias.setdefault(plain(name), brand.name)
    branches = branches_of(families.values())
    return Profiles(tuple(families.values()), generic, tuple(brands), by_enterprise, by_alias, branches)


def _entries(path: Path) -> list[dict[str, Any]]:
    try:
        read = yaml_files.read(path)
    except OSError as error:
        raise ProfileError("profile_no_file", file=path, reason=error.strerror) from error
    except UnicodeDecodeError as error:
        raise ProfileError("profile_no_file", file=path, reason="UTF-8") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise ProfileError("profile_unreadable", file=path.name, line=mark.line + 1 if mark else "?") from error
    if read is None:
        return []
    if not isinstance(read, list) or not all(isinstance(entry, dict) for entry in read):
        raise ProfileError("profile_not_a_list", file=path.name)
    return read


def _brand(entry: Mapping[str, Any], file: str) -> Brand:
    name = str(entry.get("brand") or "?")
    for field in entry:
        if field not in ("brand", "enterprises", "aliases", "kind"):
            raise ProfileError(
                "profile_unknown_field", file=file, profile=name, field=field, known="brand, enterprises, aliases, kind"
            )
    if "brand" not in entry:
        raise ProfileError("profile_missing_field", file=file, profile=name, field="brand")
    numbers = entry.get("enterprises") or []
    if not isinstance(numbers, list) or not all(isinstance(number, int) for number in numbers):
        raise ProfileError(
            "profile_wrong_type", file=file, profile=name, field="enterprises", value=numbers, expected="[9, 5771]"
        )
    kind = entry.get("kind")
    if kind is not None and kind not in KINDS:
        raise ProfileError("profile_unknown_kind", file=file, profile=name, value=kind, known=", ".join(KINDS))
    return Brand(name, tuple(numbers), tuple(str(alias) for alias in entry.get("aliases") or ()), kind)


class _Reader:
    """One entry of one file; knows where it is, so that every complaint says so."""

    def __init__(self, file: str, entry: Mapping[str, Any], *, own: bool) -> None:
        self.file, self.entry, self.own, self.id = file, entry, own, str(entry.get("id") or "?")

    def wrong(self, key: str, **values: object) -> ProfileError:
        return ProfileError(key, file=self.file, profile=self.id, **values)

    def profile(self) -> Profile:
        for field in ("id", "match"):
            if field not in self.entry:
                raise self.wrong("profile_missing_field", field=field)
        self.known(self.entry, _PROFILE_FIELDS, "")
        return Profile(
            id=self.id,
            match=tuple(self.conditions(one) for one in _listed(self.entry["match"])),
            sources={field: self.sources(field) for field in FIELDS if field in self.entry},
            kinds=self.kinds(),
            members=self.members(),
            mibs=self.mibs(),
            verified=bool(self.entry.get("verified", True)),
            fallback=bool(self.entry.get("fallback", False)),
            own=self.own,
            file=self.file,
        )

    def known(self, entry: object, fields: Iterable[str], where: str) -> None:
        if not isinstance(entry, dict):
            raise self.wrong("profile_wrong_type", field=where, value=entry, expected="{field: value}")
        for field in entry:
            if field not in tuple(fields):
                raise self.wrong("profile_unknown_field", field=f"{where}.{field}".lstrip("."), known=", ".join(fields))

    def mibs(self) -> tuple[str, ...]:
        """What the places are taken from. Nobody has seen an unverified family answer, so it must say what it is right by."""
        said = _listed(self.entry.get("mib"))
        if not all(isinstance(one, str) for one in said):
            raise self.wrong("profile_wrong_type", field="mib", value=said, expected="[NAME-OF-A-MIB]")
        if not said and self.entry.get("verified") is False:
            raise self.wrong("profile_missing_field", field="mib")
        return tuple(said)

    def conditions(self, entry: Any) -> Conditions:
        self.known(entry, _MATCH_FIELDS, "match")
        said = entry.get("said") or {}
        if not isinstance(said, dict):
            raise self.wrong("profile_wrong_type", field="match.said", value=said, expected="{place: expression}")
        return Conditions(
            oids=tuple(self.oid(prefix, "match.oid") for prefix in _listed(entry.get("oid"))),
            descr=self.regex(entry["descr"], "match.descr") if "descr" in entry else None,
            said=tuple((self.place(place, "match.said"), self.regex(pattern, "match.said")) for place, pattern in said.items()),
            present=tuple(self.place(place, "match.present") for place in _listed(entry.get("present"))),
        )

    def oid(self, said: object, field: str) -> tuple[int, ...]:
        oid = absolute(said) if isinstance(said, str) else None
        if oid is None:
            raise self.wrong("profile_bad_oid", field=field, value=said)
        return oid

    def regex(self, said: object, field: str) -> re.Pattern[str]:
        try:
            return re.compile(str(said))
        except re.error as error:
            raise self.wrong("profile_bad_regex", field=field, value=said, error=error) from error

    def place(self, said: object, field: str) -> Source:
        if not isinstance(said, str):
            raise self.wrong("profile_bad_oid", field=field, value=said)
        source = at(said.strip())
        if source is None:
            if said.strip().startswith((".", "1.")):
                raise self.wrong("profile_bad_oid", field=field, value=said)
            raise self.wrong("profile_unknown_place", field=field, value=said, known=", ".join(PLACES))
        return source

    def sources(self, field: str) -> tuple[Source, ...]:
        said = self.entry[field]
        if field == "vendor" and isinstance(said, str) and not said.startswith("= ") and " ~ " not in said and said not in PLACES:
            return (constant(said),)
        return tuple(self.source(one, field) for one in _listed(said))

    def source(self, said: Any, field: str) -> Source:
        if isinstance(said, str):
            if said.startswith("= "):
                return constant(said[2:])
            place, tilde, rest = said.partition(" ~ ")
            pattern, arrow, template = rest.partition(" => ")
            return self.built(said, place, pattern if tilde else None, template if arrow else None, None, None, field)
        self.known(said, _SOURCE_FIELDS, field)
        if "join" in said:
            return self.joined(said, field)
        if "from" not in said:
            raise self.wrong("profile_missing_field", field=f"{field}.from")
        table = said.get("map")
        if table is not None and not isinstance(table, dict):
            raise self.wrong("profile_wrong_type", field=f"{field}.map", value=table, expected="{said: meant}")
        return self.built(
            str(said["from"]), said["from"], said.get("match"), said.get("as"), table, said.get("confidence"), field
        )

    def joined(self, said: Mapping[str, Any], field: str) -> Source:
        pieces = tuple(self.source(one, field) for one in _listed(said["join"]))
        template = str(said.get("as", " ".join(f"\\{number}" for number, _ in enumerate(pieces, 1))))
        if not pieces or set(said) - {"join", "as"}:
            raise self.wrong("profile_wrong_type", field=f"{field}.join", value=said, expected="{join: [PLACE, PLACE], as: TEXT}")
        if any(not 1 <= int(number) <= len(pieces) for number in re.findall(r"\\(\d)", template)):
            raise self.wrong("profile_bad_regex", field=field, value=template, error=f"{len(pieces)} pieces")
        return joined(pieces, template)

    def built(
        self, written: str, place: object, pattern: Any, template: Any, table: dict[Any, Any] | None, confidence: Any, field: str
    ) -> Source:
        base = self.place(place, field)
        compiled = self.regex(pattern, field) if pattern is not None else None
        if compiled is not None and template is not None:
            try:
                _check_template(compiled, str(template))
            except (re.error, IndexError) as error:
                raise self.wrong("profile_bad_regex", field=field, value=template, error=error) from error
        if confidence is not None and not (isinstance(confidence, int | float) and 0 <= confidence <= 1):
            raise self.wrong("profile_wrong_type", field=f"{field}.confidence", value=confidence, expected="a number from 0 to 1")
        return Source(
            written,
            base.read,
            base.confidence if confidence is None else float(confidence),
            scalar=base.scalar,
            column=base.column,
            own=base.own,
            pattern=compiled,
            template=None if template is None else str(template),
            table=None if table is None else {str(key): str(value) for key, value in table.items()},
        )

    def members(self) -> dict[str, Source]:
        said = self.entry.get("members", {})
        self.known(said, MEMBER_FIELDS, "members")
        members = {field: self.source(one, f"members.{field}") for field, one in said.items()}
        for field, source in members.items():
            if source.column is None:
                raise self.wrong(
                    "profile_wrong_type", field=f"members.{field}", value=said[field], expected='a column, ".9.1.2.*"'
                )
        return members

    def kinds(self) -> tuple[KindRule, ...]:
        rules: list[KindRule] = []
        for rule in _listed(self.entry.get("kind")):
            kind = rule.get("is") if isinstance(rule, dict) else rule
            if kind not in KINDS:
                raise self.wrong("profile_unknown_kind", value=kind, known=", ".join(KINDS))
            when = {} if not isinstance(rule, dict) else {place: pattern for place, pattern in rule.items() if place != "is"}
            rules.append(
                KindRule(
                    kind,
                    tuple(
                        (None if place == "model" else self.place(place, "kind"), self.regex(pattern, "kind"))
                        for place, pattern in when.items()
                    ),
                )
            )
        return tuple(rules)


def _listed(said: Any) -> list[Any]:
    return [] if said is None else list(said) if isinstance(said, list) else [said]


def _check_template(pattern: re.Pattern[str], template: str) -> None:
    """A template that names a group which the expression does not have raises here, not in the middle of a scan."""
    for number in re.findall(r"\\(\d)", template):
        if int(number) > pattern.groups:
            raise IndexError(f"no group {number}")
