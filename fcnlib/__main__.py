"""Entry point of the command line: ``python -m fcnlib --help``."""

import sys

from fcnlib.cli import main

if __name__ == "__main__":
    sys.exit(main())
