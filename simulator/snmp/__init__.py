"""A fast SNMP agent for the whole district: v1, v2c and v3 on one socket, every address an agent of its own.

`ber` is the encoding, `objects` what an agent can tell, `usm` the security of v3, `responder` one agent (bytes in, bytes
out), `wire` the socket, `recording` agents out of `.snmprec` files.
"""
