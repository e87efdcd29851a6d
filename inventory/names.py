"""How people call what the inventory numbers. Standard library only."""

from __future__ import annotations


def device_name(device: int) -> str:
    """42 -> D00042."""
    return f"D{device:05d}"


def asset_name(asset: int) -> str:
    """42 -> A00042."""
    return f"A{asset:05d}"


def repair_name(repair: int) -> str:
    """42 -> R00042."""
    return f"R{repair:05d}"


def scan_name(scan: int) -> str:
    """42 -> S00042."""
    return f"S{scan:05d}"
