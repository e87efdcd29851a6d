"""The inventory in other programs' forms, and theirs in ours: frames in, rows out; bytes in, registers out.

`to_netbox`, `to_glpi`, `to_ansible` and `tables` give away what the network told. What another program knows of a device is
no observation: `from_netbox` and `from_glpi` read it as a register, which is matched against the network like any books.
Nothing here asks a database or opens a connection; the command line reads the frames and writes the files.
"""
