"""What the host and others say, in bags of words by which styles are told apart: frozen with the plan."""
