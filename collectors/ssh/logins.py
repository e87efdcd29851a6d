"""Which login to try first: a login that names its platform is for devices of that platform."""

from __future__ import annotations

from collections.abc import Iterable

from collectors.credentials import Login
from collectors.ssh.platforms import choose
from collectors.tasks import Task


def in_order(task: Task, logins: Iterable[Login]) -> list[Login]:
    """Logins of the device's own platform first, those of another one last, else as they are listed.

    Wrong logins are not free: they fill the device's log, and some devices lock the account.
    """
    platform = choose(task.sys_object_id, task.sys_descr, task.version or "", None)

    def distance(login: Login) -> int:
        if platform is None or login.platform is None:
            return 1
        return 0 if login.platform == platform.name else 2

    return sorted(logins, key=distance)
