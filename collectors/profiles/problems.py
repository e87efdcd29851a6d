"""What can be wrong with a profile file: one sentence that says where, and how to mend it."""

from __future__ import annotations

from typing import ClassVar

from inventory.problems import Problem


class ProfileError(Problem):
    TEMPLATES: ClassVar[dict[str, str]] = {
        "profile_unreadable": "{file}: this is not readable YAML at line {line}; check indentation and quotes there.",
        "profile_no_file": "{file} cannot be read ({reason}); check its path, rights and encoding.",
        "profile_not_a_list": "{file}: a profile file is a list; start each profile with “- id: NAME”.",
        "profile_missing_field": "{file}, {profile}: the field “{field}” is missing; add it.",
        "profile_unknown_field": "{file}, {profile}: there is no field “{field}”; the fields are {known}.",
        "profile_wrong_type": "{file}, {profile}, {field}: “{value}” is not what is expected here; write {expected}.",
        "profile_bad_oid": '{file}, {profile}, {field}: “{value}” is not an OID; write it in quotes, as ".9.1." '
        '(under 1.3.6.1.4.1) or "1.3.6.1.2.1.1.1.0".',
        "profile_bad_regex": "{file}, {profile}, {field}: the expression “{value}” is not valid ({error}); correct it.",
        "profile_unknown_place": "{file}, {profile}, {field}: there is no place “{value}”; use an OID or one of {known}.",
        "profile_unknown_kind": "{file}, {profile}: there is no kind “{value}”; the kinds are {known}.",
        "profile_duplicate": "{file}, {profile}: this id is used twice; rename one of them.",
    }
