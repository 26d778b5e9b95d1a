"""A coverage-guided fuzz of everything that reads outside text; `make fuzz` runs it for a while."""
