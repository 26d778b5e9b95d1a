"""The parts of the page: the answers side by side, the plots, which pairs were chosen."""
