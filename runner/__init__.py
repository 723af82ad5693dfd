"""Sets up and runs the house on a bare machine. Standard library only: nothing is installed yet."""

import sys

# Comes before everything else, and in words that an old Python can read.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(
        "\n  Python 3.11 or newer is needed, and this is " + sys.version.split()[0] + "."
        "\n  If a newer one is installed, name it: make run PYTHON=python3.12\n"
    )
