"""Tables of whole numbers as few bytes, exactly. Pure.

Most counters of most ports are zero, and the low bits of the others are noise. So each column is kept apart: which rows are
known and not zero (once for columns that have this in common: a port that received anything has sent something, too), and these
in one of two forms. Numbers that come again and again: the bytes of one weight after the other, without the weights that nobody
has, deflated where that helps; noise by the frequencies of its bytes alone, which finds all that is to be found there and is
fast. Numbers that are all different: how many bits each has, deflated, and the bits behind its first one as they are, as many as
any of them has that are not zero.
"""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np

#: What is not known. No counter of 64 bits gets there.
UNKNOWN = np.uint64(2**64 - 1)

#: Not the first byte of a zlib stream, as which tables were kept before; and that of tables which had the first form only.
_MARK, _WEIGHTS_ONLY = 2, 1
_HEAD = struct.Struct("<BBBI")  # mark, columns, columns kept as steps, rows
_COLUMN = struct.Struct("<BBB")  # which rows are known; which of these are not zero; bits of the weights that there are
_SOME, _ALL, _AS_BEFORE = range(3)
_BITS = 0  # no weights: the second form
_WIDTH = struct.Struct("<B")  # bits of each number that are kept, the first one with them
_SAMPLE, _DIFFERENT = 256, 0.75
_PART = struct.Struct("<BI")  # whether it is deflated, bytes that follow


def pack(table: np.ndarray, steps: int = 0) -> bytes:
    """(n, k) uint64 as bytes. Of the first `steps` columns the differences from row to row are kept: for sorted ones."""
    out = [_HEAD.pack(_MARK, table.shape[1], steps, len(table))]
    before: list[np.ndarray] = []
    for position, column in enumerate(table.T):
        if position < steps:
            column = np.diff(column, prepend=np.uint64(0))
        known = column != UNKNOWN
        column = column[known]
        some = column != 0
        weights, parts = _numbers(np.ascontiguousarray(column[some]))
        masks = [known, some]
        kept = [_ALL if mask.all() else _SOME for mask in masks]
        for place, mask in enumerate(before):
            if kept[place] == _SOME and np.array_equal(mask, masks[place]):
                kept[place] = _AS_BEFORE
        before = masks
        out.append(_COLUMN.pack(*kept, weights))
        out += [_part(np.packbits(mask).tobytes()) for mask, how in zip(masks, kept, strict=True) if how == _SOME]
        out += parts
    return b"".join(out)


def _numbers(column: np.ndarray) -> tuple[int, list[bytes]]:
    """The weights and the parts of numbers that are not zero."""
    sample = column[:_SAMPLE]
    if len(sample) and len(np.unique(sample)) > _DIFFERENT * len(sample):
        return _BITS, _bits(column)
    planes = column.view(np.uint8).reshape(-1, 8).T
    weights = [weight for weight in range(8) if planes[weight].any()]
    return sum(1 << weight for weight in weights), [_part(planes[weight].tobytes()) for weight in weights]


def _bits(column: np.ndarray) -> list[bytes]:
    bits = np.unpackbits(column.astype(">u8").view(np.uint8).reshape(-1, 8), axis=1)
    first, after_last = bits.argmax(axis=1), 64 - bits[:, ::-1].argmax(axis=1)
    kept = int((after_last - first).max())
    packed = np.packbits(bits[_behind(first, kept)])
    return [_WIDTH.pack(kept), _part((64 - first).astype(np.uint8).tobytes()), _plain(packed.tobytes())]


def _behind(first: np.ndarray, kept: int) -> np.ndarray:
    """Which bits of numbers are behind the first one, and kept."""
    places = np.arange(64)
    return (places > first[:, None]) & (places < first[:, None] + kept)


def unpack(packed: bytes) -> np.ndarray:
    """The table of `pack`."""
    if packed[0] not in (_MARK, _WEIGHTS_ONLY):
        return _unpack_planes(packed)
    stream = io.BytesIO(packed)
    mark, width, steps, rows = _HEAD.unpack(stream.read(_HEAD.size))
    table = np.empty((width, rows), dtype=np.uint64)
    known = some = np.empty(0, dtype=bool)
    for position in range(width):
        *kept, weights = _COLUMN.unpack(stream.read(_COLUMN.size))
        known = _mask(stream, kept[0], rows, known)
        count = int(known.sum())
        some = _mask(stream, kept[1], count, some)
        column = np.zeros(count, dtype=np.uint64)
        numbers = int(some.sum())
        column[some] = (
            _from_bits(stream, numbers)
            if numbers and mark == _MARK and weights == _BITS
            else _from_weights(stream, weights, numbers)
        )
        table[position] = UNKNOWN
        table[position, known] = column
        if position < steps:
            np.cumsum(table[position], out=table[position])
    return table.T


def _from_bits(stream: io.BytesIO, count: int) -> np.ndarray:
    (kept,) = _WIDTH.unpack(stream.read(_WIDTH.size))
    first = 64 - np.frombuffer(_read(stream), dtype=np.uint8).astype(np.int64)
    behind = _behind(first, kept)
    bits = np.zeros((count, 64), dtype=np.uint8)
    bits[behind] = np.unpackbits(np.frombuffer(_read(stream), dtype=np.uint8), count=int(behind.sum()))
    bits[np.arange(count), first] = 1
    return np.packbits(bits, axis=1).view(">u8").reshape(-1).astype(np.uint64)


def _from_weights(stream: io.BytesIO, weights: int, count: int) -> np.ndarray:
    planes = np.zeros((count, 8), dtype=np.uint8)
    for weight in range(8):
        if weights >> weight & 1:
            planes[:, weight] = np.frombuffer(_read(stream), dtype=np.uint8)
    return planes.view(np.uint64).reshape(-1)


def _part(raw: bytes) -> bytes:
    deflated = min((_deflate(raw, strategy) for strategy in (zlib.Z_DEFAULT_STRATEGY, zlib.Z_HUFFMAN_ONLY)), key=len)
    return _PART.pack(True, len(deflated)) + deflated if len(deflated) < len(raw) else _plain(raw)


def _plain(raw: bytes) -> bytes:
    return _PART.pack(False, len(raw)) + raw


def _deflate(raw: bytes, strategy: int) -> bytes:
    compressor = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS, 9, strategy)
    return compressor.compress(raw) + compressor.flush()


def _read(stream: io.BytesIO) -> bytes:
    deflated, length = _PART.unpack(stream.read(_PART.size))
    raw = stream.read(length)
    return zlib.decompress(raw, -zlib.MAX_WBITS) if deflated else raw


def _mask(stream: io.BytesIO, kept: int, count: int, before: np.ndarray) -> np.ndarray:
    if kept == _ALL:
        return np.ones(count, dtype=bool)
    if kept == _AS_BEFORE:
        return before
    return np.unpackbits(np.frombuffer(_read(stream), dtype=np.uint8), count=count).astype(bool)


def _unpack_planes(packed: bytes) -> np.ndarray:
    """Tables of nine columns as they were kept before."""
    planes = np.frombuffer(zlib.decompress(packed), dtype=np.uint8).reshape(9, 8, -1)
    return np.ascontiguousarray(planes.transpose(0, 2, 1)).view(np.uint64).reshape(9, -1).T
