"""Tables of whole numbers come back as they were, in few bytes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from inventory import packing
from inventory.packing import UNKNOWN

_NUMBERS = st.one_of(st.sampled_from([0, 1, int(UNKNOWN)]), st.integers(0, 2**64 - 1))


@st.composite
def tables(draw: st.DrawFn) -> np.ndarray:
    """Columns of which many have the same rows unknown or zero as another one."""
    rows = draw(st.integers(0, 20))
    column = st.lists(_NUMBERS, min_size=rows, max_size=rows)
    columns = draw(st.lists(column, min_size=1, max_size=4))
    order = draw(st.lists(st.sampled_from(columns), min_size=1, max_size=6))
    return np.array(order, dtype=np.uint64).reshape(len(order), rows).T


@given(tables(), st.integers(0, 6))
def test_a_table_comes_back_as_it_was(table: np.ndarray, steps: int) -> None:
    steps = min(steps, table.shape[1]) if (table != UNKNOWN).all() else 0
    assert (packing.unpack(packing.pack(table, steps)) == table).all()


@given(st.integers(1, 20), st.data())
def test_columns_of_few_known_rows_come_back_too(rows: int, data: st.DataObject) -> None:
    cells = st.lists(st.sampled_from([0, 1, int(UNKNOWN)]), min_size=rows, max_size=rows)
    table = np.array(data.draw(st.lists(cells, min_size=2, max_size=4)), dtype=np.uint64).T
    assert (packing.unpack(packing.pack(table)) == table).all()


def test_what_columns_have_in_common_is_kept_once() -> None:
    chance = np.random.default_rng(1)
    used = chance.random(8_000) < 0.5
    one = np.where(used, np.uint64(7), np.uint64(0))[:, None]
    alone, both = len(packing.pack(one)), len(packing.pack(np.concatenate([one, one], axis=1)))
    assert alone > 1_000
    assert both < alone * 1.1
