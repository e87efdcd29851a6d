"""How a computer is equipped, as lines tell it: processor, memory and disk. Pure.

A line that names a model and tells nothing of the three is taken to have what others of its model have: what machines of it have
that are known to be of it, else what other lines of it tell.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inventory import processors
from inventory.folding import fold
from inventory.processors import Generation
from inventory.registers import evidence, likeness, sorts
from inventory.registers.records import Line
from inventory.registers.sides import Thing

_SIZE = re.compile(r"(?<![a-z\d])(\d{1,4}(?: \d(?=tb|t\b))?) ?(gb|tb|g|t)\b")
_MOST_MEMORY = 128  # GB; less is memory, more a disk
_LEAST_DISK = 64
#: What a machine has says what its model has, where it is this surely of the model.
_LIKELY = 0.5
#: Sorts that have memory and disks of their own to tell.
_COMPUTERS = frozenset({"pc", "laptop", "server"})


@dataclass(frozen=True, slots=True)
class Equipment:
    """GB of memory (2**30 bytes) and of disk (10**9 bytes), generations of the processor; None where it is not told."""

    memory: float | None = None
    disk: float | None = None
    processor: frozenset[Generation] | None = None


def equipment(text: str) -> Equipment:
    """What a text tells of processor, memory and disk.

    >>> equipment("RAM 4G, SSD 240GB"), equipment("Máy tính Dell")
    (Equipment(memory=4.0, disk=240.0, processor=None), Equipment(memory=None, disk=None, processor=None))
    >>> one = equipment("Core i3-8100/8GB/1TB")
    >>> one.memory, one.disk, [generation.name for generation in one.processor]
    (8.0, 1000.0, ['coffee lake'])
    """
    sizes = [
        float(number.replace(" ", ".")) * (1000 if unit.startswith("t") else 1) for number, unit in _SIZE.findall(fold(text))
    ]
    memory = [size for size in sizes if size < min(_LEAST_DISK, _MOST_MEMORY)]
    disk = [size for size in sizes if size >= _LEAST_DISK]
    return Equipment(memory[0] if memory else None, sum(disk) if disk else None, processors.of_text(text) or None)


def of_lines(lines: Sequence[Line], things: Sequence[Thing], anchors: Sequence[tuple[int, int, float]]) -> list[Equipment]:
    """For each line what its computer should have, by itself or by its model."""
    told = [_told(line) for line in lines]
    models = [_model(line) for line in lines]
    known: dict[object, list[Equipment]] = defaultdict(list)
    for i, j, share in anchors:
        if models[i] is not None and share >= _LIKELY:
            known[models[i]].append(Equipment(things[j].memory_gb, things[j].disk_gb, of_thing(things[j])))
    said: dict[object, list[Equipment]] = defaultdict(list)
    for model, one in zip(models, told, strict=True):
        if model is not None and one != Equipment():
            said[model].append(one)
    usual = {model: _usual(known.get(model) or said[model]) for model in {*known, *said}}
    return [
        one if one != Equipment() or model is None else usual.get(model, one) for one, model in zip(told, models, strict=True)
    ]


def of_thing(thing: Thing) -> frozenset[Generation] | None:
    """The generations that a thing's processor may be of; None where nothing tells."""
    return (processors.of_text(thing.processor) or None) if thing.processor else None


def _told(line: Line) -> Equipment:
    sort = sorts.sort_of(line)
    if sort is None or sort.name not in _COMPUTERS:
        return Equipment()
    return equipment(f"{evidence.text_of(line)} {line.note or ''}")


def _model(line: Line) -> tuple[frozenset[str], frozenset[str]] | None:
    """What lines of one model have in common: the brands and the numbers."""
    sort = sorts.sort_of(line)
    if sort is None or sort.name not in _COMPUTERS:
        return None
    text = evidence.text_of(line)
    numbers = likeness.named(text, of_line=True).cores
    return (sorts.houses(text), numbers) if numbers else None


def _usual(those: Sequence[Equipment]) -> Equipment:
    memory = Counter(_rounded(one.memory) for one in those if one.memory is not None)
    disk = Counter(round(one.disk, -1) for one in those if one.disk is not None)
    processor = Counter(one.processor for one in those if one.processor is not None)
    named = max(sorted(processor, key=lambda p: sorted(g.name for g in p)), key=lambda p: processor[p]) if processor else None
    return Equipment(_most(memory), _most(disk), named)


def _rounded(memory: float) -> float:
    """Memory as it is sold: what firmware keeps for itself is missing."""
    return float(round(memory * 1.02)) if memory >= 1 else memory


def _most(counts: Mapping[float, int]) -> float | None:
    return max(sorted(counts), key=lambda value: counts[value]) if counts else None
