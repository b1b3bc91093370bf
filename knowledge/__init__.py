"""What the service knows: articles, directives, texts; loaded once, read-only."""
