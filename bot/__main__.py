"""`python -m bot` is `binhan`."""

from bot.cli import main

if __name__ == "__main__":
    main()
