"""What runs left in a folder: put there, listed, and printed."""
