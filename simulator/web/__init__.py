"""Shared services of the simulated district: HTTPS servers on loopback, with certificates of an authority of their own."""
