"""What is too long for `make test`: the large fault campaign, the race, and how cost grows with size."""
