"""`econchatr aws`: a deployed stack, from nothing to gone, over boto3 and the stack's own outputs."""
