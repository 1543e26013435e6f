"""Creates a signed token: `python3 bridge/sign.py --key-file FILE --target example.org:443`. README.md has more."""

import sys

from pagetls_bridge.sign import main

if __name__ == "__main__":
    sys.exit(main())
