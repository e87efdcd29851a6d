"""Whether the shared services of the administration answer, from where this machine stands. Only asks; stores nothing.

`probing` asks several times, `attempts` once; `names`, `lines`, `handshakes`, `web` are the steps of one attempt;
`certificates` and `judging` are pure.
"""
