"""The engine that trains real weights, each training and the answers in processes of their own."""
