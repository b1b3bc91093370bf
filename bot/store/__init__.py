"""Storage: one contract, SQLite and PostgreSQL, SQL written once."""
