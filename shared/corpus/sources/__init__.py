"""What a show's source lists: a feed, addresses, or files; and what names an episode."""
