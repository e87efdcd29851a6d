"""The server of the planner's page: Voilà on one notebook, and the documents of the runs.

Standalone Voilà rather than its extension of jupyter_server: an extension leaves that server's doors open beside it (contents,
terminals, new kernels), so that whoever has the token runs what he likes. Here a kernel takes only the messages of widgets, and
there is one notebook to open. Who comes in is asked by Jupyter's own means: a token, or what `jupyter server password` set.
"""

from __future__ import annotations

import functools
import ipaddress
import os
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
from jupyter_core.paths import jupyter_config_path
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.log import log_request
from jupyter_server.utils import url_path_join
from tornado import web
from tornado.escape import url_escape
from traitlets import Unicode
from voila.app import Voila
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.static_file_handler import AllowListFileHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.voila_identity_provider import VoilaLoginHandler

from reports.given_out import GIVEN, given

#: Templates are looked for in Jupyter's data folders: this is one of them, with the page around the form.
PAGE = Path(__file__).parent / "form_page"
#: A document neither runs a script nor asks anybody for anything, whatever its file became.
_SEALED = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'"

_PIECE = 1 << 20


class FormServer(Voila):
    """`reports_folder`: of the runs. `certfile`, `keyfile`: for TLS; without them the server speaks plain HTTP."""

    name = "kiemke-forms"
    reports_folder = Unicode(config=True)
    certfile = Unicode(config=True)
    keyfile = Unicode(config=True)

    def _config_file_paths_default(self) -> list[str]:
        """Not the current folder, as Voilà has it: what happens to lie there is no configuration."""
        return list(jupyter_config_path())

    def initialize(self, argv: list[str] | None = None) -> None:
        super().initialize(argv)
        self.load_config_file("jupyter_server_config", path=self.config_file_paths)  # a password, if one was set

    def init_settings(self) -> dict[str, Any]:
        settings: dict[str, Any] = super().init_settings()
        return settings | {
            # A name that somebody made point to this machine is not this machine.
            "allow_remote_access": not is_loopback(self.ip),
            "local_hostnames": ["localhost"],
            # tornado's own log would write the address with its token.
            "log_function": functools.partial(log_request, record_prometheus_metrics=False),
        }

    def init_handlers(self) -> list[Any]:
        *others, (_, _, page) = super().init_handlers()
        # AllowListFileHandler would give out what lies beside the notebook.
        return [
            (url_path_join(self.server_url, r"/reports/([^/]+)/([^/]+)"), RunFile, {"folder": Path(self.reports_folder)}),
            *((pattern, _OURS.get(kind, kind), *more) for pattern, kind, *more in others if kind is not AllowListFileHandler),
            (self.server_url, FormPage, page),
        ]

    def listen(self) -> None:
        if self.certfile:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(self.certfile, self.keyfile or None)
            self.app.listen = functools.partial(self.app.listen, ssl_options=context)
        super().listen()

    def _url(self, ip: str) -> str:
        return f"{'https' if self.certfile else 'http'}://{ip}:{self.port}{self.base_url}"


class FormPage(TornadoVoilaHandler):
    """The form. A token leaves the address at once: the kernel's environment, histories and referrers would keep it."""

    @web.authenticated
    async def get(self) -> None:
        if "token" in self.request.query_arguments:
            self.redirect(self.request.path)
            return
        self.set_header("Referrer-Policy", "same-origin")
        async for part in self.get_generator():
            self.write(part)
            self.flush()


class Entrance(VoilaLoginHandler):
    """Asks for the token or the password, in the words of this page. Jupyter's own is for those who run its servers."""

    def _render(self, message: Mapping[str, str] | None = None) -> None:
        following = url_escape(self.get_argument("next", default=self.base_url))
        self.set_header("Referrer-Policy", "same-origin")
        self.write(
            _entrance().render(
                action=url_path_join(self.base_url, f"login?next={following}"),
                xsrf=self.xsrf_form_html(),
                wrong=bool(message),
            )
        )


@functools.cache
def _entrance() -> jinja2.Template:
    pages = jinja2.Environment(loader=jinja2.FileSystemLoader(PAGE), autoescape=True)
    return pages.get_template("entrance.html.j2")


class PageClosed(VoilaShutdownKernelHandler):
    """A page that is closed ends its kernel. A browser adds no XSRF token to such a farewell, so that Jupyter would refuse it:
    that it comes from our page is told by its origin, and nobody else knows the kernel's id."""

    def check_xsrf_cookie(self) -> None:
        if "Origin" not in self.request.headers or not self.check_origin():
            raise web.HTTPError(403)


class RunFile(JupyterHandler):
    """A document of a run that its record names, and nothing else of the folder."""

    def initialize(self, folder: Path) -> None:
        self.folder = folder

    @web.authenticated
    async def get(self, run: str, name: str) -> None:
        kind = given(self.folder, run, name)
        if kind is None:
            raise web.HTTPError(404)
        self.set_header("Content-Type", GIVEN[kind])
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "private, no-store")
        self.set_header("Content-Security-Policy", _SEALED)
        with (self.folder / run / name).open("rb") as document:
            while piece := document.read(_PIECE):
                self.write(piece)
                await self.flush()


#: Handlers of Voilà in whose place ours stand.
_OURS = {VoilaShutdownKernelHandler: PageClosed, VoilaLoginHandler: Entrance}


def is_loopback(ip: str) -> bool:
    """Whether only this machine reaches a server that listens there."""
    try:
        return ipaddress.ip_address(ip).is_loopback
    except ValueError:
        return ip == "localhost"


def options(notebook: Path, reports: Path, ip: str, port: int, browser: bool) -> list[str]:
    """The server's command line: one page, one dress, a token, and nothing of a folder given out beside it."""
    return [
        *(str(notebook), f"--Voila.ip={ip}", f"--port={port}", f"--Voila.open_browser={browser}", "--Voila.auto_token=True"),
        *("--template=kiemke", "--theme=light", f"--FormServer.reports_folder={reports}"),
        # Who may come in is said where the server runs, not by who comes in.
        "--PasswordIdentityProvider.allow_password_change=False",
        *("--VoilaConfiguration.allow_template_override=NO", "--VoilaConfiguration.allow_theme_override=NO"),
        *("--KernelManager.transport_encryption=auto", "--KernelManager.shutdown_wait_time=1"),
        # A page that went away without a word (a phone that fell asleep) leaves its kernel for an hour.
        *("--MappingKernelManager.cull_idle_timeout=3600", "--MappingKernelManager.cull_interval=300"),
    ]


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What the server and its kernels find: the page's template among Jupyter's data, and where documents are given out."""
    return {"JUPYTER_PATH": os.pathsep.join(filter(None, (str(PAGE), environ.get("JUPYTER_PATH")))), "KIEMKE_SERVED": "/reports/"}
