"""Collects over SSH, and only reads: network gear by console commands, Linux by a script, Windows by PowerShell."""

from __future__ import annotations

from collectors.ssh.collect import collect

__all__ = ["collect"]
