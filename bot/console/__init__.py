"""The officers' side: an address of its own, never the public one."""
