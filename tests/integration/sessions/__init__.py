"""What a person sees in a terminal, from the first line to the last, kept as text."""
