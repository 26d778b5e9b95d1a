"""The demo show: a podcast site written for this project, and the server that serves it."""
