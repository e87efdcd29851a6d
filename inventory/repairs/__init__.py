"""Logs of repairs: read from offices' spreadsheets (`reading`), put to devices (`naming`), remembered (`remembering`)."""
