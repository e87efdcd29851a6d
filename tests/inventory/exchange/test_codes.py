"""Which asset code goes with a device into other programs: only one that is sure, and one device's alone."""

import pytest

from inventory.exchange.forms import codes
from tests.inventory.exchange.made import frame

SURE = {"asset": "A00001", "bucket": "matched", "device": "D00001", "code": "TS-1", "confidence": 0.97, "decided": False}


@pytest.mark.parametrize(
    ("matches", "expected"),
    [
        ([SURE], {"D00001": "TS-1"}),
        ([SURE | {"confidence": 0.5}], {}),
        ([SURE | {"confidence": 0.5, "decided": True}], {"D00001": "TS-1"}),
        ([SURE | {"bucket": "not_on_books"}], {}),
        ([SURE | {"code": None}, SURE | {"device": None, "mac": "00:1c:73:00:00:01"}], {}),
        ([SURE, SURE | {"device": "D00002", "unit": 2}], {}),  # one code for five computers marks none of them
        ([SURE, SURE | {"code": "TS-2"}], {}),
        ([SURE | {"asset": "A00002"}], {}),  # what NetBox calls it is no office's code
        ([], {}),
    ],
)
def test_codes(matches, expected):
    assets = [{"asset": "A00001", "register": "xa/so-tai-san"}, {"asset": "A00002", "register": "NetBox"}]
    assert codes(frame("matches", matches), frame("assets", assets)) == expected
