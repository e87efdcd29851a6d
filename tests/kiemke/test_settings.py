"""kiemke.toml: defaults, and one sentence with the line for every mistake."""

import contextlib

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.management.ports import Doors
from collectors.pace import Pace
from kiemke import settings
from kiemke.settings import Settings, SettingsError
from reports.schedule.mail_server import MailServer


def read(tmp_path, text):
    path = tmp_path / "kiemke.toml"
    path.write_text(text, encoding="utf-8")
    return settings.read(path)


def test_an_empty_file_means_the_defaults(tmp_path):
    assert read(tmp_path, "") == Settings(language="vi", reports_folder="reports", pace=Pace())


def test_the_template_is_valid_as_it_comes_and_with_every_line_switched_on(tmp_path):
    from importlib import resources

    template = (resources.files("kiemke") / "templates" / "kiemke.toml").read_text(encoding="utf-8")
    assert read(tmp_path, template) == Settings()
    switched_on = "\n".join(
        line.removeprefix("#") if " = " in line and not line.startswith("# ") else line for line in template.splitlines()
    )
    assert read(tmp_path, switched_on) == Settings(
        authorities="authorities.pem",
        keep_days=400,
        keep_runs=12,
        mail=MailServer(
            "smtp.example.vn",
            "kiemke@example.vn",
            ("phong-cntt@example.vn",),
            login="may-chu-thu",
            link="https://noi-bo.example.vn/kiemke",
        ),
    )


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('language = "fr"', 1, "fr"),
        ("\n[scan]\nrequest_per_second = 3\n", 3, "requests_per_second"),
        ("[scan]\nretries = -1\n", 2, "-1"),
        ("[scan]\ndevices_at_once = 2.5\n", 2, "devices_at_once"),
        ("[scan]\ntimeout_s = true\n", 2, "timeout_s"),
        ('[report]\nfolder = "x"', 1, "reports"),
        ("[reports]\nfolder = 3", 2, "folder"),
        ("[reports]\nkeep_days = 0", 2, "above zero"),
        ('[reports]\nkeep_runs = "12"', 2, "keep_runs"),
        ("[management]\ntelnet = 23", 2, "[80, 8080]"),
        ("[management]\nhttp = [true]", 2, "http"),
        ("[management]\nhttps = [0]", 2, "https"),
        ("[management]\nhttp = [80, 81, 82, 83, 84]", 2, "at most 4"),
        ("[management]\nhtpp = [80]", 2, "http"),
        ("scan = 3", 1, "[scan]"),
        ("[scan\n", 1, "TOML"),
        ('[mail]\nfrom = "a@b.vn"', 1, "host"),
        ('[mail]\nhost = "h"', 1, "from"),
        ('[mail]\nhost = "h"\nfrom = "a@b.vn\\nBcc: x@y.vn"', 3, "from"),
        ('[mail]\nhost = "h"\nfrom = "a@b.vn"\nto = ["c@d.vn", "ô@d.vn"]', 4, "ô@d.vn"),
        ('[mail]\nhost = "h h"\nfrom = "a@b.vn"', 2, "h h"),
        ('[mail]\nhost = "h"\nfrom = "a@b.vn"\nsecurity = "ssl"', 4, "starttls, tls, none"),
        ('[mail]\nhost = "h"\nfrom = "a@b.vn"\nsecurity = "none"\nlogin = "x"', 5, "unprotected"),
        ('[mail]\nhost = "h"\nfrom = "a@b.vn"\nport = 70000', 4, "65535"),
        ('[mail]\nhost = "h"\nfrom = "a@b.vn"\nlargest_mb = -1', 4, "above zero"),
        ('[mail]\nhost = "h"\nfrom = "a@b.vn"\npassword = "c4nary"', 4, "credentials.yaml"),
    ],
)
def test_a_mistake_is_one_sentence_with_its_line(tmp_path, text, line, words):
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, text)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert f"line {line}" in sentence
    assert words in sentence
    assert "c4nary" not in sentence


def test_an_empty_list_asks_for_no_port(tmp_path):
    assert read(tmp_path, "[management]\ntelnet = []\nhttp = [80, 8080]\nhttps = []\n").doors == Doors((), (80, 8080), ())


@hypothesis.settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_a_sentence(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "kiemke.toml"
    path.write_text(text, encoding="utf-8", newline="")
    with contextlib.suppress(SettingsError):  # anything else would be a traceback in front of a person
        settings.read(path)
