"""The second process, which owns torch, and the client that talks to it."""
