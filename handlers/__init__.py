"""What happens by a message: the domain, which knows no Telegram, aiohttp or SQL."""
