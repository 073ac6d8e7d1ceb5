"""`python -m mediawatch`."""

from mediawatch.cli import main

main()
