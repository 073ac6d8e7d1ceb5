"""The program's entry: the console script, and `python -m mediawatch`."""

from mediawatch import stops

# Before anything else is imported, which takes a while.
stops.heed()

from mediawatch.cli import main  # noqa: E402

if __name__ == "__main__":
    main()
