"""Purchase registers: what an office bought, as its own spreadsheets tell it, and which of it the network shows.

file -> `sheets` (cells) -> `headings` (columns) -> `lines` (records) -> `store` (assets, remembered) -> `matching` (devices)
"""
