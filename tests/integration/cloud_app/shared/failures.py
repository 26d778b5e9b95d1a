"""A class of its own, in the other folder of the zip."""


class CeilingReached(Exception):
    """Named for what the state machine matches."""
