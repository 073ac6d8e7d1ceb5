"""The program's entry: the console script, and `python -m mediawatch`."""

from mediawatch import stops

# Before anything else is imported, which takes a while.
stops.heed()


def main() -> None:
    from mediawatch.cli import main as run

    run()


if __name__ == "__main__":
    main()
