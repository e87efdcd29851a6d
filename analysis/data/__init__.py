"""Knowledge as tables: every row with its source, and whether somebody checked it (verified) or not (unverified)."""
