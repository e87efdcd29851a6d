"""Simulated SSH servers: network devices with an interactive shell, Linux machines with an exec channel.

`keys` are the host keys, `platforms` how each make's command line behaves, `shell` a session at a network device, `linux` running
a script among a machine's own files, `server` the listeners, faults and the command log.
"""
