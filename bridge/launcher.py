"""Runs the bridge from this folder: `/usr/bin/python3 bridge/launcher.py --origin … `. README.md has the options."""

from pagetls_bridge.__main__ import main

if __name__ == "__main__":
    main()
