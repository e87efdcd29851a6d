"""Vendor knowledge as data: a device family in five lines of YAML, beside this file. See `reading.load` for the format's checks.

- id: hp-procurve
  match: {oid: [".11.2.3.7.11.", ".11.2.3.7.8."]}      # quoted; a leading dot means under 1.3.6.1.4.1
  vendor: HPE
  kind: switch
  model: ['descr ~ ^(?:HP|Aruba|ProCurve) (J\\w+ \\S+)', entity.model]     # the first that is not junk
  serial: [".11.2.36.1.1.2.9.0", entity.serial]
  version: ['descr ~ revision (\\w+\\.[\\d.]+)']
"""

from collectors.profiles.matching import Brand, Profile, Profiles
from collectors.profiles.problems import ProfileError
from collectors.profiles.reading import load

__all__ = ["Brand", "Profile", "ProfileError", "Profiles", "load"]
