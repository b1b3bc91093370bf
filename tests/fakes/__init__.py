"""Platforms as small real servers on 127.0.0.1, as strict as the ones they stand for."""
