"""How well two commits read the corpus of invented talks, shape by shape: `make ratchet`."""
