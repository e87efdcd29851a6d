"""Ways in to the management of a device: what may be told of a credential, and what listens where no credential is used.

`known` says of a secret only what nobody needs it for: that makers ship it, that two names stand for the same one. `doors`
connects to a few TCP ports and closes, `encryption` reads what an HTTPS server says of itself.
"""
