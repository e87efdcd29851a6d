"""SNMP on the wire: v1, v2c and v3 (RFC 1157, 3416, 3414), for thousands of devices over one shared socket.

`ber` reads and writes bytes, `messages` makes requests, `usm` is v3 security, `walking` decides what to ask next in tables,
`client` holds the socket, `session` asks one device. pysnmp builds what is sent and is the oracle of the tests; only the hot
path, reading answers, is our own.
"""
