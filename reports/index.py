"""The page that opens a folder of reports is the site's."""

from reports.site import write

__all__ = ["write"]
