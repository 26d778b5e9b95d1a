"""One folder for each Task state of the machine: read the event, call `shared`, return a small record."""
