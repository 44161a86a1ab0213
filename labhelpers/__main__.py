"""`python -m labhelpers` is the `labs` command, where that is not on the path."""

from labhelpers.commands.cli import main

if __name__ == "__main__":
    main()
