"""What is wrong with a schedule or its mail, and how to mend it; the Vietnamese stands under `problem.<key>` in the texts."""

from __future__ import annotations

from typing import ClassVar

from inventory.problems import Problem


class ScheduleProblem(Problem):
    TEMPLATES: ClassVar[dict[str, str]] = {
        "schedule_missing": "{file}: there is no such file; make it as in docs/schedule.md (“kiemke init” writes one).",
        "schedule_not_text": "{file}: this is not UTF-8 text; save it again as UTF-8 in your editor.",
        "schedule_not_yaml": "{file}, line {line}: not well-formed YAML ({detail}); check the indentation and the colon here.",
        "schedule_shape": "{file}, line {line}: “{where}” must be {wanted}.",
        "schedule_unknown_key": "{file}, line {line}: “{field}” is not known here; did you mean “{nearest}”?",
        "schedule_missing_key": "{file}, line {line}: {where} has no “{field}”; add the line “{field}: …”.",
        "schedule_twice": "{file}, line {line}: “{field}” is written twice; keep one of them.",
        "schedule_value": "{file}, line {line}: “{value}” is not a valid “{field}”; write {wanted}.",
        "schedule_choice": "{file}, line {line}: “{value}” is not a valid “{field}”; there are {known}; did you mean "
        "“{nearest}”?",
        "schedule_zone": "{file}, line {line}: there is no time zone “{value}”; did you mean “{nearest}”?",
        "schedule_reason": "{file}, line {line}: {reason}",
        "schedule_parameter": "{file}, line {line}: {reason} Words such as last month, this year or start of next quarter are "
        "understood too.",
        "schedule_not_here": "{file}, line {line}: “{field}” means nothing for {run}; take it out.",
        "schedule_mail_unset": "{file}, line {line}: “mail” needs a mail server; set host and from under [mail] in kiemke.toml.",
        "schedule_no_entry": "{file} has no entry {name}; did you mean {nearest}? There are: {known}.",
        "schedule_empty": "{file}, line {line}: there are no entries; there is nothing to do.",
    }


class RunProblem(Problem):
    """How a scheduled run ended, where it did not end well."""

    TEMPLATES: ClassVar[dict[str, str]] = {
        "entry_busy": "{entry} is at work already, so it was not begun a second time.",
        "entry_timed_out": "{entry} was stopped after {seconds} s, as its time-out says.",
        "entry_killed": "{entry} was ended from outside ({reason}) before it was done.",
        "entry_gone": "{entry} was ended from outside (the machine was switched off, or the process killed) before it was done.",
        "entry_broken": "{entry} broke off: {reason}",
        "entry_untold": "{entry} ended without leaving a record ({reason}); look in: {where}.",
        "scan_nothing": "There is nothing to scan: offices.yaml has no networks for the offices of today.",
        "scan_incomplete": "The scan {scan} is done; {failed} of {asked} addresses gave a failure.",
        "probe_nothing": "There is nothing to probe: offices.yaml names no services.",
        "probe_failing": "{reached} of {count} services answered.",
    }


class MailProblem(Problem):
    """Why a mail could not be sent."""

    TEMPLATES: ClassVar[dict[str, str]] = {
        "mail_unset": "No mail server is set; set host, from and to under [mail] in kiemke.toml.",
        "mail_unreachable": "The mail server {host}:{port} cannot be reached ({reason}).",
        "mail_slow": "The mail server {host}:{port} took longer than {seconds} s.",
        "mail_broken": "The mail server {host}:{port} broke off the connection.",
        "mail_certificate": "The certificate of the mail server {host}:{port} is not trusted ({reason}); nothing was sent.",
        "mail_no_tls": "The mail server {host}:{port} offers no STARTTLS; nothing was sent unprotected.",
        "mail_login": "The mail server {host}:{port} refused the login “{login}” (reply {code}).",
        "mail_no_login": "The mail server {host}:{port} offers no way to log in; take login out of [mail], or ask its operator.",
        "mail_sender": "The mail server {host}:{port} refused the sender {sender} ({reply}).",
        "mail_recipients": "The mail server {host}:{port} refused every recipient ({recipients}).",
        "mail_recipients_some": "It was sent, but the mail server refused these recipients: {recipients}.",
        "mail_refused": "The mail server {host}:{port} refused ({reply}).",
        "mail_credential": "The password for the mail server is not there: {reason}",
        "mail_unwritten": "The mail could not be put together: {reason}.",
        "mail_given_up": "The mail could not be sent for {days} days and is not tried any more.",
    }
