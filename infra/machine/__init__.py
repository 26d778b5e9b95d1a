"""A deployed machine, wherever it is: its stack, and an execution followed from start to end."""
