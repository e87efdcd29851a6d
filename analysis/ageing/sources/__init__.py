"""What bounds the month in which a device was made, one source a module.

Each gives `Evidence` or None. Dates after today, or older than what is considered, say nothing.
"""
