"""Every notebook in both languages on workspaces of every size: what breaks, what asks outside, what is not translated.

    python -m tests.notebooks.everywhere [--demo DIR] [--in DIR] [--workspace NAME]… [--notebook NAME]… [--pages DIR]

Workspaces are those of `tests.notebooks.workspaces`, made in `--in` (kept there, and not made again), and a demonstration that
was made before (`--demo`). Each run is a process of its own that has its libraries loaded already; its seconds are of the
processor, for the notebook and for its documents where it is a report. The pages (a report's document; all that a notebook of
`explore` shows) are then opened in Chromium, which reaches nothing, and must not ask for anything. Prints a line a run, then
what is wrong; the exit status is 1 where something is.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from unittest import mock

from reports import executed, to_html, to_xlsx
from reports.texts import LANGUAGES, texts
from tests.notebooks import running, workspaces

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
#: Notebooks that put widgets on the page are walked through by tests of their own; here they only have to run.
ALL = {f"{path.parent.name}/{path.stem}": path for path in sorted(NOTEBOOKS.rglob("*.ipynb"))}
#: Heads that are the same word in both languages.
SAME = {"A", "B", "C", "D", "Model", "MAC", "IP", "SNMP", "SSH", "UPS", "Wi-Fi", "VLAN", "CPU", "#", "Internet"}
#: What a value looks like that nobody put into words.
RAW = re.compile(r"\b(nan|NaN|NaT|None|<NA>|Timestamp\(|dtype:|Traceback)\b|<NA>|\{[a-z_]+(?::[^}]*)?\}")
_VIETNAMESE = re.compile(r"[ăâđêôơưĂÂĐÊÔƠƯ]|[\u1ea0-\u1ef9]")


@dataclass
class Run:
    """How one notebook ran. `seconds` of the processor; `wrong`: sentences; `heads`: headings, captions and heads of columns."""

    workspace: str
    notebook: str
    language: str
    seconds: float = 0.0
    size: int = 0
    wrong: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)


def one(workspace: str, folder: Path, notebook: str, language: str, page: Path | None = None) -> Run:
    """Run one notebook on one workspace in this process; write what it shows to `page`."""
    done = Run(workspace, notebook, language)
    begun = time.process_time()
    try:
        with mock.patch.dict(os.environ, KIEMKE_LANG=language):  # whoever runs this goes on in a language of their own
            ran = running.run(running.shell(), ALL[notebook], {"workspace": str(folder), "language": language})
        html = _documents(ran) if notebook.startswith("reports/") else shown(ran, language)
    except BaseException as error:  # noqa: BLE001 - whatever it is, the next notebook is run
        told = traceback.extract_tb(error.__traceback__)[-1]
        done.wrong.append(f"{type(error).__name__}: {str(error)[:300]} ({Path(told.filename).name}:{told.lineno})")
        return done
    finally:
        done.seconds = round(time.process_time() - begun, 2)
    done.size = len(html.encode())
    seen = _Reading()
    seen.feed(html)
    done.heads = sorted(set(seen.heads))
    done.wrong += dict.fromkeys(looked_at(seen, language, bool(running.payloads(ran))))
    if page:
        page.write_text(html, encoding="utf-8")
    return done


def _documents(ran: dict[str, Any]) -> str:
    content = executed.extract(json.loads(json.dumps(ran)))
    with tempfile.TemporaryDirectory() as folder:
        to_xlsx.write(content, Path(folder, "book.xlsx"))
    return to_html.document(content)


def shown(notebook: dict[str, Any], language: str) -> str:
    """All that a notebook shows as one page."""
    parts = []
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            html = data.get("text/html")
            parts.append(html if html is not None else f"<pre>{data.get('text/plain', output.get('text', ''))}</pre>")
    return f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"></head><body>{"".join(parts)}</body></html>'


class _Reading(HTMLParser):
    """What a person reads on a page: its text, and its heads. A DataFrame shows data under the names that people type."""

    _SILENT = frozenset({"style", "script", "svg", "template"})
    _HEADS = frozenset({"h1", "h2", "h3", "th", "caption", "figcaption"})

    def __init__(self) -> None:
        super().__init__()
        self.heads: list[str] = []
        self.text: list[str] = []
        self._silent = 0
        self._head: list[str] | None = None
        self._frame = 0

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "table" and (self._frame or "dataframe" in (given.get("class") or "")):
            self._silent, self._frame = self._silent + 1, self._frame + 1
        if tag in self._SILENT:
            self._silent += 1
        if self._silent:
            return
        # The head of a row is data.
        if tag in self._HEADS and given.get("scope") != "row":
            self._head = []
        if alt := given.get("alt"):
            self.heads.append(alt)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._SILENT:
            self._silent = max(0, self._silent - 1)
        if tag == "table" and self._frame:
            self._frame, self._silent = self._frame - 1, self._silent - 1
        if tag in self._HEADS and self._head is not None:
            self.heads.append(" ".join("".join(self._head).split()))
            self._head = None

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        self.text.append(data)
        if self._head is not None:
            self._head.append(data)


def looked_at(seen: _Reading, language: str, showed: bool) -> Iterator[str]:
    """What is wrong with a page that was read."""
    if not showed and not any(text.strip() for text in seen.text):
        yield "nothing is shown"
    keys = texts(language).texts
    for text in seen.text:
        if raw := RAW.search(text):
            yield f"a raw value is shown: {raw.group()} in {' '.join(text.split())[:80]!r}"
        for word in re.findall(r"\b[a-z_]+(?:\.[a-z_]+)+\b", text):
            if word in keys:
                yield f"a key is shown: {word}"
    if language == "en":
        for head in seen.heads:
            if _VIETNAMESE.search(head) and not _named(head):
                yield f"a heading is not in English: {head[:80]!r}"


def _named(head: str) -> bool:
    """Whether the Vietnamese in a heading is an office's name."""
    return bool(re.search(r"(?:Xã|Thị trấn|Huyện|UBND|Phòng|Trạm) | (?:commune|town|district office)$", head))


def untranslated(runs: Iterable[Run]) -> Iterator[tuple[Run, str]]:
    """Headings that are the same in both languages."""
    by = {(run.workspace, run.notebook, run.language): run for run in runs}
    for (workspace, notebook, language), run in by.items():
        other = by.get((workspace, notebook, "en"))
        if language != "vi" or other is None:
            continue
        for head in set(run.heads) & set(other.heads):
            if any(letter.isalpha() for letter in head) and head not in SAME and not _named(head):
                yield run, f"the same heading in both languages: {unescape(head)[:80]!r}"


# Processes and pages ------------------------------------------------------------------------------------------------------


def forked(workspace: str, folder: Path, notebook: str, language: str, page: Path | None, patience_s: int = 300) -> Run:
    """`one`, in a child of this process: what a run loads and caches ends with it."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(read)
            silent = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silent, 1)
            os.dup2(silent, 2)
            done = one(workspace, folder, notebook, language, page)
            with os.fdopen(write, "w") as pipe:
                json.dump(asdict(done), pipe)
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        told = pipe.read()
    os.waitpid(pid, 0)
    if not told:
        return Run(workspace, notebook, language, wrong=["the process died"])
    return Run(**json.loads(told))


def asked_outside(pages: Iterable[Path]) -> dict[Path, list[str]]:
    """What each page asks for and what its scripts complain of, in a Chromium that reaches nothing."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in (
        *("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"),
        *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1280,1600"),
        "--host-resolver-rules=MAP * ~NOTFOUND",
    ):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "SEVERE"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    found: dict[Path, list[str]] = {}
    try:
        for page in pages:
            driver.get(page.as_uri())
            time.sleep(0.2)
            asked = [
                json.loads(entry["message"])["message"]["params"].get("request", {}).get("url", "")
                for entry in driver.get_log("performance")
                if "requestWillBeSent" in entry["message"]
            ]
            wrong = [
                f"asks for {url[:100]}" for url in asked if url and not url.startswith(("file:", "data:", "blob:", "about:"))
            ]
            wrong += [f"a script complains: {entry['message'][:200]}" for entry in driver.get_log("browser")]
            if wrong:
                found[page] = wrong
    finally:
        driver.quit()
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--demo", type=Path)
    parser.add_argument("--in", dest="home", type=Path)
    parser.add_argument("--workspace", action="append", choices=[*workspaces.ALL, "demo"])
    parser.add_argument("--notebook", action="append", choices=list(ALL))
    parser.add_argument("--pages", type=Path)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as made:
        home, pages = given.home or Path(made, "workspaces"), given.pages or Path(made, "pages")
        home.mkdir(parents=True, exist_ok=True)
        pages.mkdir(parents=True, exist_ok=True)
        folders = {}
        for name in given.workspace or [*workspaces.ALL, *(["demo"] if given.demo else [])]:
            folders[name] = given.demo if name == "demo" else home / name
            if not folders[name].exists():
                workspaces.ALL[name](folders[name])
        runs = []
        of_page = {}
        for name, folder in folders.items():
            for notebook in given.notebook or ALL:
                for language in LANGUAGES:
                    page = pages / f"{name}-{notebook.replace('/', '-')}-{language}.html"
                    done = forked(name, folder.resolve(), notebook, language, page)
                    print(f"{name:10} {notebook:28} {language} {done.seconds:6.2f} s {done.size / 1e6:6.2f} MB", flush=True)
                    for sentence in done.wrong:
                        print(f"    {sentence}", flush=True)
                    runs.append(done)
                    if page.exists():
                        of_page[page] = done
        wrong = [(run, sentence) for run in runs for sentence in run.wrong] + list(untranslated(runs))
        wrong += [(of_page[page], sentence) for page, sentences in asked_outside(of_page).items() for sentence in sentences]
        print(f"\n{len(runs)} runs, {len(wrong)} things wrong")
        for run, sentence in wrong:
            print(f"{run.workspace} {run.notebook} {run.language}: {sentence}")
        return 1 if wrong else 0


if __name__ == "__main__":
    # What every run needs is loaded before the processes are forked.
    import analysis.figures
    import analysis.frames
    import analysis.replacement
    import inventory.frames

    assert analysis.figures
    assert analysis.frames
    assert analysis.replacement
    assert inventory.frames
    sys.exit(main())
