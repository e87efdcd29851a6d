"""Tables of whole numbers as few bytes, exactly. Pure.

Most counters of most ports are zero, and the low bits of the others are noise. So each column is kept apart: which rows are
known and not zero, and of these the bytes of one weight after the other, without the weights that nobody has. Deflated where
that helps; noise by the frequencies of its bytes alone, which finds all that is to be found there and is fast.
"""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np

#: What is not known. No counter of 64 bits gets there.
UNKNOWN = np.uint64(2**64 - 1)

#: Not the first byte of a zlib stream, as which tables were kept before.
_MARK = 1
_HEAD = struct.Struct("<BBBI")  # mark, columns, columns kept as steps, rows
_COLUMN = struct.Struct("<BBB")  # all rows are known; all known ones are not zero; bits of the weights that there are
_PART = struct.Struct("<BI")  # whether it is deflated, bytes that follow


def pack(table: np.ndarray, steps: int = 0) -> bytes:
    """(n, k) uint64 as bytes. Of the first `steps` columns the differences from row to row are kept: for sorted ones."""
    out = [_HEAD.pack(_MARK, table.shape[1], steps, len(table))]
    for position, column in enumerate(table.T):
        if position < steps:
            column = np.diff(column, prepend=np.uint64(0))
        known = column != UNKNOWN
        column = column[known]
        some = column != 0
        planes = np.ascontiguousarray(column[some]).view(np.uint8).reshape(-1, 8).T
        weights = [weight for weight in range(8) if planes[weight].any()]
        out.append(_COLUMN.pack(bool(known.all()), bool(some.all()), sum(1 << weight for weight in weights)))
        out += [_part(np.packbits(mask).tobytes()) for mask in (known, some) if not mask.all()]
        out += [_part(planes[weight].tobytes()) for weight in weights]
    return b"".join(out)


def unpack(packed: bytes) -> np.ndarray:
    """The table of `pack`."""
    if packed[0] != _MARK:
        return _unpack_planes(packed)
    stream = io.BytesIO(packed)
    _, width, steps, rows = _HEAD.unpack(stream.read(_HEAD.size))
    table = np.empty((width, rows), dtype=np.uint64)
    for position in range(width):
        all_known, all_some, weights = _COLUMN.unpack(stream.read(_COLUMN.size))
        known = np.ones(rows, dtype=bool) if all_known else _mask(stream, rows)
        count = int(known.sum())
        some = np.ones(count, dtype=bool) if all_some else _mask(stream, count)
        planes = np.zeros((int(some.sum()), 8), dtype=np.uint8)
        for weight in range(8):
            if weights >> weight & 1:
                planes[:, weight] = np.frombuffer(_read(stream), dtype=np.uint8)
        column = np.zeros(count, dtype=np.uint64)
        column[some] = planes.view(np.uint64).reshape(-1)
        table[position] = UNKNOWN
        table[position, known] = column
        if position < steps:
            np.cumsum(table[position], out=table[position])
    return table.T


def _part(raw: bytes) -> bytes:
    deflated = min((_deflate(raw, strategy) for strategy in (zlib.Z_DEFAULT_STRATEGY, zlib.Z_HUFFMAN_ONLY)), key=len)
    smaller = len(deflated) < len(raw)
    return _PART.pack(smaller, len(deflated) if smaller else len(raw)) + (deflated if smaller else raw)


def _deflate(raw: bytes, strategy: int) -> bytes:
    compressor = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS, 9, strategy)
    return compressor.compress(raw) + compressor.flush()


def _read(stream: io.BytesIO) -> bytes:
    deflated, length = _PART.unpack(stream.read(_PART.size))
    raw = stream.read(length)
    return zlib.decompress(raw, -zlib.MAX_WBITS) if deflated else raw


def _mask(stream: io.BytesIO, count: int) -> np.ndarray:
    return np.unpackbits(np.frombuffer(_read(stream), dtype=np.uint8), count=count).astype(bool)


def _unpack_planes(packed: bytes) -> np.ndarray:
    """Tables of nine columns as they were kept before."""
    planes = np.frombuffer(zlib.decompress(packed), dtype=np.uint8).reshape(9, 8, -1)
    return np.ascontiguousarray(planes.transpose(0, 2, 1)).view(np.uint64).reshape(9, -1).T
