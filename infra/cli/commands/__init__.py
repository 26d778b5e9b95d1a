"""The commands, a module each: how it is typed, and what it does.

A module here imports what it needs to be typed; what a command needs to run it imports when it is called, so that help
and completion cost nothing.
"""
