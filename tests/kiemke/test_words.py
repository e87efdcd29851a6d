"""In which language the command line speaks, and how people type dates."""

from datetime import date

import pytest

from kiemke import dates, language


@pytest.mark.parametrize(
    ("environ", "setting", "spoken"),
    [
        ({}, None, "vi"),
        ({"LANG": "en_US.UTF-8"}, None, "en"),
        ({"LANG": "en_US.UTF-8"}, 'language = "vi"', "vi"),
        ({"LANG": "vi_VN.UTF-8"}, 'language = "en"', "en"),
        ({"KIEMKE_LANG": "en"}, 'language = "vi"', "en"),
        ({"KIEMKE_LANG": "fr", "LANG": "C"}, "language = 3", "vi"),
    ],
)
def test_language(tmp_path, environ, setting, spoken):
    if setting:
        (tmp_path / "kiemke.toml").write_text(setting)
    assert language.chosen(environ, tmp_path) == spoken


@pytest.mark.parametrize("given", ["02/03/2026", "2/3/2026", "2026-03-02", " 02-03-2026 ", "02.03.2026"])
def test_a_date_as_people_type_it(given):
    assert dates.parse(given) == date(2026, 3, 2)


@pytest.mark.parametrize("given", ["31/02/2026", "2026", "hôm qua", "03/2026"])
def test_no_date(given):
    with pytest.raises(dates.DateError):
        dates.parse(given)


def test_show_knows_every_frame_and_its_columns():
    from analysis import frames
    from inventory.frames.columns import FRAMES
    from kiemke.commands import show

    assert tuple(FRAMES) == show.FRAMES
    assert tuple(frames.FRAMES) == show.MADE
    assert not set(FRAMES) & set(frames.FRAMES)
    for frame, columns in show.FOR_EYES.items():
        assert set(columns) <= {column.name for column in (FRAMES | frames.FRAMES)[frame]}
