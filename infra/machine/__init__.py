"""A deployed machine, on a laptop or on AWS: its stack, an execution followed to its end, and what its runs left."""
