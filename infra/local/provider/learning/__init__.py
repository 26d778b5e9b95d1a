"""How the stand-in learns: counts of words, a model of them, what it retrieves, and its learning curve."""
