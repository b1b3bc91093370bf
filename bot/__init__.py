"""The running service: talks to the outside, and wires the rest."""

__version__ = "0.1.0"
