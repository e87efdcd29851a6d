"""Widgets for notebooks in which people decide: what a register's columns are, which device a line of it is.

Thin: the inventory knows and does, the texts speak, and here is only what is clicked.
"""
