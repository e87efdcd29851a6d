"""A site of a folder of runs: what is newest, what failed, all runs, search and comparison; static, offline, in both languages.

`index.html` stands beside the runs' folders and `site/` holds its data and scripts: the folder can be opened from a disk or a
share, or be put under any path of a web server. Data are scripts, because pages from a disk may not fetch files.
"""

from reports.site.writing import write

__all__ = ["write"]
