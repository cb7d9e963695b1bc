"""``python -m audit``: the command, where it was not installed."""

from audit.cli import main

if __name__ == "__main__":
    main()
