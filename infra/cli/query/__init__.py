"""`econchatr query`: a packaged query, or SQL that only reads."""
