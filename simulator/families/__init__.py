"""Device families as data: one YAML file a kind of gear, read by `simulator.catalogue`."""
