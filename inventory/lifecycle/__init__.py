"""What is known of equipment in general, apart from any one device: until when makers keep software and hardware secure, how long
things serve, what they cost, how many an office needs.

All of it is tables (`data/`), every row with its source and whether somebody read it (verified) or not (unverified). A file of
the same name in a workspace's folder `lifecycle/` has rows that come before these.
"""
