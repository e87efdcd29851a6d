"""What may be told of a secret: that makers ship it, and that two names stand for the same one.

Both can be seen only where the secret is. What leaves this file are names of credentials and the word yes: no secret, nothing
made of one (a hash of a word that everybody knows is that word), and not which of the shipped ones it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from collectors.credentials import Community, Credential, Login, SnmpUser, UnknownCredential, Vault
from collectors.secret import Secret
from collectors.tasks import Task
from inventory import yaml_files
from inventory.facts import Way


@cache
def _shipped() -> tuple[frozenset[Secret], frozenset[tuple[str, Secret]]]:
    """Communities, and users with their passwords."""
    listed = yaml_files.read(files("collectors.management").joinpath("makers.yaml"))
    communities = frozenset(Secret(row["secret"]) for row in listed["communities"])
    return communities, frozenset((row["user"], Secret(row["secret"])) for row in listed["logins"])


def is_shipped(credential: Credential) -> bool:
    """Whether makers ship devices with this secret."""
    communities, logins = _shipped()
    if isinstance(credential, Community):
        return credential.secret in communities
    return isinstance(credential, Login) and credential.password is not None and (credential.user, credential.password) in logins


Alike = Mapping[str, str]


def alike(credentials: Iterable[Credential]) -> Alike:
    """Name of a community -> the first name, in order, of those with the same secret."""
    first: dict[Secret, str] = {}
    found = {}
    for credential in sorted(credentials, key=lambda credential: credential.name):
        if isinstance(credential, Community):
            found[credential.name] = first.setdefault(credential.secret, credential.name)
    return found


def alike_of(tasks: Iterable[Task], vault: Vault) -> Alike:
    """`alike` of all that the targets of these tasks list for SNMP, as far as their secrets are on this machine."""
    credentials = []
    for name in sorted({name for task in tasks for name in task.target.snmp}):
        try:
            credentials.append(vault.resolve(name))
        except UnknownCredential:
            continue
    return alike(credentials)


def by_snmp(port: int, credential: Community | SnmpUser, names: Alike) -> Way:
    """The way in that a credential has opened over SNMP."""
    if isinstance(credential, Community):
        facts = {"alike": names.get(credential.name, credential.name)} | ({"default": "yes"} if is_shipped(credential) else {})
        return Way("snmp", port, version=credential.version, credential=credential.name, facts=facts)
    facts = {"auth": credential.auth_protocol or "none", "priv": credential.priv_protocol or "none"}
    return Way("snmp", port, version="3", credential=credential.name, facts=facts)
