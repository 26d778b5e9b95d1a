"""`econchatr aws`: a deployed stack, from nothing to gone."""
