"""`econchatr forget`: a removal request, carried out on what lies on a laptop."""
