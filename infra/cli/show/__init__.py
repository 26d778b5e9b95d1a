"""Looking at what runs left in a folder, without starting anything."""
