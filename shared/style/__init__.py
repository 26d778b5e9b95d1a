"""Whose style is it: how near to the host's the arms' answers come, between somebody else's and the host's own."""
