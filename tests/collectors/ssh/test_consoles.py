"""What consoles write is read right, hostile text never raises, and no command passes that is not on a platform's list."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.ssh import terminal
from collectors.ssh.answers import bits_per_second, date, mac, port_number, seconds
from collectors.ssh.console import is_error
from collectors.ssh.parsing import duplex, parse
from collectors.ssh.platforms import ForbiddenCommand, choose, platforms
from inventory.facts import KINDS
from tests.collectors.ssh.rubbish import OUTPUT

CONSOLES = sorted(name for name, p in platforms().items() if p.reached_by == "console")


@pytest.mark.parametrize("name", CONSOLES)
@settings(max_examples=25, deadline=None)
@given(output=OUTPUT)
def test_no_console_text_raises(name: str, output: str) -> None:
    platform = platforms()[name]
    said = parse(platform, dict.fromkeys(platform.commands, output))
    for entry in said.addresses.forwarding if said.addresses and said.addresses.forwarding else ():
        assert re.fullmatch(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", entry.mac)
    names = [i.name for i in said.interfaces or ()]
    assert len(names) == len(set(names))
    assert len({c.index for c in said.components or ()}) == len(said.components or ())


@pytest.mark.timeout(60)  # a pattern that backtracks over these takes hours, not seconds
@pytest.mark.parametrize("name", CONSOLES)
def test_endless_lines_and_blanks_do_not_hold_a_thread(name: str) -> None:
    platform = platforms()[name]
    rubbish = (
        " " * 200_000,
        "1" + " " * 200_000 + "x",
        'NAME: "' * 20_000,
        "\n" * 200_000,
        "Gi1/0/1 connected\n" * 5_000,
        "9" * 200_000,
    )
    for output in rubbish:
        parse(platform, dict.fromkeys(platform.commands, output))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.one_of(st.text(max_size=20), st.sampled_from(["\x1b[24;1H", "\x1b[K", "\x1b[2D", "\x08", "\r", "\n", "\x1bE"])))
)
def test_the_terminal_takes_anything(sent: list[str]) -> None:
    shown = terminal.shown("".join(sent))
    assert not set("\x1b\r\x08") & set(shown)


def test_the_terminal_shows_what_a_reader_would_see() -> None:
    assert terminal.shown("one\r\n--More--\r        \rtwo\r\n") == "one\ntwo\n"
    assert terminal.shown("one\r\n---- More ----\x1b[16D                \x1b[16Dtwo") == "one\ntwo"
    assert (
        terminal.shown(" --More-- \x08\x08\x08\x08\x08\x08\x08\x08\x08\x08          \x08\x08\x08\x08\x08\x08\x08\x08\x08\x08x")
        == "x"
    )
    assert terminal.shown("\x1b[24;1HSW-1# \x1b[24;1H\x1b[24;7H\x1b[24;7Hshow\x1bE") == "SW-1# show\n"


@given(st.text(max_size=40))
def test_small_readers_take_anything(text: str) -> None:
    for read in (mac, seconds, date, bits_per_second, port_number):
        read(text)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("1 year, 5 weeks, 2 days, 3 hours, 10 minutes", 31_536_000 + 5 * 604_800 + 2 * 86_400 + 3 * 3_600 + 600),
        ("6w5d11h55m45s", 6 * 604_800 + 5 * 86_400 + 11 * 3_600 + 55 * 60 + 45),
        ("70,03:16:47", 70 * 86_400 + 3 * 3_600 + 16 * 60 + 47),
        ("123 day(s), 5 hour(s), 15 minute(s), 19 second(s)", 123 * 86_400 + 5 * 3_600 + 15 * 60 + 19),
        ("15 days", 15 * 86_400),
        ("never", None),
    ],
)
def test_durations(said: str, means: int | None) -> None:
    assert seconds(said) == means


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("2014-06-13", "2014-06-13"),
        ("2011-3-26", "2011-03-26"),
        ("07/23/2019", "2019-07-23"),
        ("2014-13-01", None),
        ("1970-01-01", None),
    ],
)
def test_dates(said: str, means: str | None) -> None:
    assert date(said) == means


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("a-full", "full"), ("full", "full"), ("Full-duplex", "full"), ("F(a)", "full"), ("F", "full"), ("a-half", "half"),
        ("H", "half"), ("half duplex", "half"), ("auto", None), ("--", None), ("", None), (None, None), ("99", None),
        ("fullhalf", None),
    ],
)  # fmt: skip
def test_duplex_as_consoles_write_it(said: str | None, meant: str | None) -> None:
    assert duplex(said) == meant


@pytest.mark.parametrize(
    "command", ["reload", "configure terminal", "show version | include x", "show version\nreload", "show version; reload"]
)
def test_what_is_not_on_the_list_is_refused(command: str) -> None:
    for platform in platforms().values():
        with pytest.raises(ForbiddenCommand):
            platform.permitted(command)


@given(st.text(max_size=60))
def test_no_text_passes_the_gate_with_a_separator(text: str) -> None:
    for platform in platforms().values():
        for separator in (";", "|", ">", "$", "`", "\n"):
            with pytest.raises(ForbiddenCommand):
                platform.permitted(text + separator + text)


def test_platforms_are_whole() -> None:
    for name, platform in platforms().items():
        assert platform.kind in (None, *KINDS), name
        assert set(platform.kinds) <= set(KINDS)
        asked = set(platform.commands)
        for table in (table for tables in platform.tables.values() for table in tables):
            assert table.command in asked, (name, table.command)
            assert sum(way is not None for way in (table.template, table.pattern, table.split)) == 1
        for ways in platform.identity.values():
            assert {way.command for way in ways} <= asked, name


@pytest.mark.parametrize(
    ("oid", "descr", "banner", "name"),
    [
        (".1.3.6.1.4.1.9.1.1208", None, "SSH-2.0-Cisco-1.25", "cisco_ios"),
        ("1.3.6.1.4.1.9.6.1.95.28.2", None, "SSH-2.0-OpenSSH_7.3p1", "cisco_s300"),
        (".1.3.6.1.4.1.9.12.3.1.3.1237", "Cisco NX-OS(tm) n9000", "SSH-2.0-OpenSSH_7.8", "cisco_nxos"),
        (".1.3.6.1.4.1.9.1.2114", "Cisco Adaptive Security Appliance Version 9.8(4)", "SSH-2.0-Cisco-1.25", "cisco_asa"),
        (".1.3.6.1.4.1.2011.2.23.95", None, "SSH-2.0-HUAWEI-1.5", "huawei_vrp"),
        (".1.3.6.1.4.1.2011.10.1.89", None, "SSH-2.0-Comware-5.20", "hp_comware"),
        (".1.3.6.1.4.1.14988.1", "RouterOS RB750Gr3", "SSH-2.0-ROSSSH", "mikrotik_routeros"),
        (None, None, "SSH-2.0-ROSSSH", "mikrotik_routeros"),
        (".1.3.6.1.4.1.8072.3.2.10", "Linux nas 4.4.59+", "SSH-2.0-OpenSSH_8.2", "linux"),
        (None, None, "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3", "linux"),
        (None, None, "SSH-2.0-OpenSSH_for_Windows_9.5", "windows"),
        (None, None, "SSH-2.0-unheard-of", None),
    ],
)
def test_the_platform_of_a_device(oid: str | None, descr: str | None, banner: str, name: str | None) -> None:
    chosen = choose(oid, descr, banner, None)
    assert (chosen.name if chosen else None) == name


def test_a_named_platform_yields_to_what_the_device_tells() -> None:
    openssh, cisco = "SSH-2.0-OpenSSH_7.5", "SSH-2.0-Cisco-1.25"
    asked = (
        choose(None, None, openssh, "juniper_junos"),
        choose(None, None, cisco, "huawei_vrp"),
        choose(None, None, "x", "draytek"),
    )
    assert [platform and platform.name for platform in asked] == ["juniper_junos", "cisco_ios", "draytek"]
    assert choose(None, None, "x", "unheard-of") is None


def test_words_of_other_makes_are_errors() -> None:
    ios = platforms()["cisco_ios"]
    for words in (
        "          ^\nError: Unrecognized command found at '^' position.",
        "bad command name show (line 1 column 1)",
        "Invalid input: inventory",
        "Unknown action 0\nCommand fail. Return code -1",
        "          ^\n% Invalid input detected at '^' marker.",
        "syntax error, expecting <command>.",
    ):
        assert is_error(ios, words)
    assert not is_error(ios, "Cisco IOS Software, C2960 Software\n 0 output errors, 3 unknown protocol drops")
