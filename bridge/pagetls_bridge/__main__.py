"""The command `pagetls-bridge`: says what is missing to run the bridge, or runs it."""

from __future__ import annotations

import sys


def main() -> None:
    """Never returns."""
    if not sys.platform.startswith("linux"):
        sys.exit(f"The bridge runs on Linux only, and this is {sys.platform}.")
    if sys.version_info < (3, 11):
        sys.exit("The bridge needs Python 3.11 or later, and %s is older." % sys.executable)
    from .launcher import run  # its imports are those of Linux and of recent versions
    run()


if __name__ == "__main__":
    main()
