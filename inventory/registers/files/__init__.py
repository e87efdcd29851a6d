"""Files of offices, format by format, as sheets of cells: what a person would see, where it stands, and in which font."""
