"""The process that holds a model and answers, in batches of what is asked at the same time."""
