"""`econchatr export`: the training pairs in every format, and a recipe to train on a machine of one's own."""
