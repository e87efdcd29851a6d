"""What is known of a device or a cable, in words, as HTML: whatever devices say is escaped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from html import escape

import pandas as pd

from analysis.connectivity import Connectivity
from analysis.figures.maps import style_of
from analysis.figures.parts import Cable, Names, Part, counted, speed
from analysis.tables import code
from analysis.words import Say


class Evidence:
    """What a click tells: HTML in which everything is escaped."""

    def __init__(
        self,
        known: Connectivity,
        places: Mapping[str, str],
        names: Names,
        findings: pd.DataFrame | None,
        say: Say,
    ) -> None:
        self.known, self.places, self.names, self.say = known, places, names, say
        self.behind = {row["device"]: row for row in known.behind.to_dict("records")}
        self.small = {f"+{row['device']}:{row['port']}": row for row in known.unmanaged.to_dict("records")}
        self.links = known.links.to_dict("records")
        self.cut = {frozenset((code(row["above"]), code(row["below"]))): row for row in known.cables.to_dict("records")}
        self.found: dict[str, list[dict]] = defaultdict(list)
        for row in [] if findings is None else findings.to_dict("records"):
            for device in {code(row.get("device")), code(row.get("other_device"))} - {""}:
                self.found[device].append(row)

    def page(self, title: str, facts: Iterable[tuple[str, str]], sentences: Iterable[str]) -> str:
        rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in facts if text)
        told = "".join(f"<p>{escape(text)}</p>" for text in sentences if text)
        return f"<h3>{escape(title)}</h3><table>{rows}</table>{told}"

    def _findings(self, rows: Iterable[dict]) -> list[str]:
        return [f"⚠ {self.say.told(row[key])}" for row in rows for key in ("why", "first") if code(row.get(key))]

    def node(self, node: str, part: Part, office: str) -> str:
        say, row = self.say, self.names.rows.get(node, {})
        behind = self.behind.get(node, {})
        facts = [
            (say("figures.explorer.office"), self.places.get(office, office)),
            (say("figures.explorer.kind"), say.kind(row["kind"]) if row else ""),
            (say("figures.explorer.model"), self.names.thing(node)),
            (say("figures.explorer.address"), code(row.get("address"))),
            (say("figures.explorer.mac"), code(row.get("mac"))),
            (say("figures.explorer.serial"), code(row.get("serial"))),
            (say("figures.explorer.state"), say.word("state", row["state"]) if code(row.get("state")) else ""),
            (say("figures.explorer.hangs"), ", ".join(counted(part, say))),
        ]
        sentences = []
        if behind and behind["people"]:
            text = "figures.explorer.cuts" if behind["single_point"] else "figures.explorer.carries"
            sentences.append(
                say(
                    text,
                    people=int(behind["people"]),
                    machines=int(behind["machines_behind"]),
                    devices=int(behind["devices_behind"]),
                )
            )
        if small := self.small.get(node):
            facts.append((say("figures.explorer.port"), code(small["port"])))
            facts.append((say("figures.explorer.sure"), say.percent(small["confidence"])))
            sentences.append(say.told(small["why"]))
        sentences += self._findings(self.found.get(node, ()))
        return self.page(self.names.name(node, part), facts, sentences)

    def cable(self, a: str, b: str, cable: Cable, parts: Mapping[str, Part]) -> str:
        say = self.say
        ends = [self.names.name(node, parts.get(node, Part("unknown"))) for node in (a, b)]
        facts = []
        sentences = []
        for place in cable.rows:
            row = self.links[place]
            facts.append((say("figures.explorer.ports"), f"{code(row['a_port']) or '?'} ↔ {code(row['b_port']) or '?'}"))
            facts.append((say("figures.explorer.sure"), say.percent(row["confidence"])))
            sentences.append(say.told(row["why"]) if code(row["why"]) else "")
        if not cable.rows:
            small = next((self.small[node] for node in (a, b) if node in self.small), None)
            if small is not None:
                facts.append((say("figures.explorer.port"), code(small["port"])))
                facts.append((say("figures.explorer.sure"), say.percent(small["confidence"])))
                sentences.append(say.told(small["why"]))
        style = style_of(cable)
        facts += [
            (say("figures.explorer.origin"), say(f"figures.office_map.key.{style}")),
            (say("figures.explorer.speed"), speed(cable.speed_bps, say)),
        ]
        if cut := self.cut.get(frozenset((a, b))):
            people = int(cut["people"]) if pd.notna(cut["people"]) else 0
            if people and cut["bridge"]:
                sentences.append(
                    say(
                        "figures.explorer.cuts_cable",
                        people=people,
                        machines=int(cut["machines_behind"]),
                        devices=int(cut["devices_behind"]),
                    )
                )
        both = [
            row
            for row in self.found.get(a, ())
            if {code(row.get("device")), code(row.get("other_device"))} == {a, b}
        ]  # fmt: skip
        sentences += self._findings(both)
        return self.page(" ↔ ".join(ends), facts, sentences)
