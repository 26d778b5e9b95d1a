"""`econchatr init`: a profile for a show that nobody has described yet, from a sample of it."""
