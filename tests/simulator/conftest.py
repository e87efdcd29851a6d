"""The example district, made once; its networks are remembered by date."""

from __future__ import annotations

import pytest

from simulator.district import District, load


@pytest.fixture(scope="session")
def district() -> District:
    return load()
