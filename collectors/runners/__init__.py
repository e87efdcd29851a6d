"""Runners spread tasks: `run(tasks)` gives an iterator of observations, as they are finished."""
