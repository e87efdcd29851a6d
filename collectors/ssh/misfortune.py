"""What can go wrong on the way to a device, told apart, each with its outcome and one sentence."""

from __future__ import annotations

from typing import ClassVar

from inventory.facts import Outcome
from inventory.problems import Problem


class Misfortune(Problem):
    """Asking ended early. Raised inside `collectors.ssh` only; `collect` turns it into an outcome."""

    TEMPLATES: ClassVar[dict[str, str]] = {
        "ssh_refused": "{place} refuses connections.",
        "ssh_unreachable": "{place} cannot be reached ({reason}): check the line and the routing.",
        "ssh_silent": "{place} did not answer within {seconds} seconds.",
        "ssh_not_ssh": "{place} answers, but not as an SSH server.",
        "ssh_host_key_changed": (
            "{place} shows another host key ({fingerprint}) than the trusted one; no password was sent. "
            "If the device was replaced or reinstalled, remove line {line} of {file}."
        ),
        "ssh_no_common_algorithms": "{place} and this program share no accepted algorithm ({reason}).",
        "ssh_no_common_try_legacy": (
            "{place} only knows algorithms that are no longer safe ({reason}). "
            "To read it all the same, add  legacy: yes  to credential “{credential}”."
        ),
        "ssh_auth_failed": "{place} does not accept credential “{credential}”.",
        "ssh_key_unusable": "The private key of credential “{credential}” cannot be used: {reason}.",
        "ssh_dropped": "{place} closed the connection.",
        "ssh_deadline": "{place} was still answering after {seconds} seconds; what came in time is kept.",
        "ssh_no_prompt": "{place} let us in, but showed no prompt that is understood.",
        "ssh_protocol": "{place} sent something that is not valid SSH ({reason}).",
        "ssh_unknown_platform": (
            "{place} is of a kind that is not known (banner “{banner}”): name its platform in credential “{credential}”."
        ),
        "ssh_no_answer": "{place} ({platform}) knew none of the commands.",
        "ssh_nothing_read": "The answers of {place} ({platform}) could not be read.",
    }

    def __init__(self, outcome: Outcome, key: str, **values: object) -> None:
        self.outcome = outcome
        super().__init__(key, **values)
