"""`python -m modelgate`."""

import sys

from modelgate.cli import main

if __name__ == "__main__":
    sys.exit(main())
