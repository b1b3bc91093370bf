"""Cảnh báo: an officer writes, another approves, all watch; and what is printed of it."""
