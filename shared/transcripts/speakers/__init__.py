"""Who speaks: where a label may stand, what looks like one, which of a page's are, and whom they mean."""
