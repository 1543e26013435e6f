"""Mints a signed target: `python3 bridge/sign.py --key-file FILE --target example.org:443`.

It prints the token and nothing else. The first key of the file signs, or the one that --kid names.
"""

from __future__ import annotations

import argparse
import sys
import time

from policy import Refused, parse_origin, parse_target
from signed_targets import KeyFileError, Signer, read_keys


def main(arguments: list[str]) -> int:
    """Returns the exit status: 0, or 1 with a sentence on standard error."""
    parser = argparse.ArgumentParser(prog="sign.py", description="Mints a signed target for the bridge.",
                                     allow_abbrev=False)
    parser.add_argument("--key-file", required=True, metavar="FILE")
    parser.add_argument("--target", required=True, metavar="HOST:PORT")
    parser.add_argument("--life", type=int, default=600, metavar="SECONDS", help="default 600")
    parser.add_argument("--origin", metavar="ORIGIN", help="good for this page only")
    parser.add_argument("--kid", metavar="KID", help="the key that signs; default: the first of the file")
    options = parser.parse_args(arguments)
    try:
        target = str(parse_target(options.target))
        origin = None if options.origin is None else parse_origin(options.origin)
        signer = Signer(read_keys(options.key_file))
        if options.life <= 0:
            raise ValueError("--life has to be positive")
        print(signer.mint(target, options.life, time.time(), origin, options.kid))
    except KeyFileError as error:
        return _say(f"The key file cannot be used: {error}.")
    except KeyError:
        return _say("The key file has no key of that name.")
    except (Refused, ValueError) as error:
        return _say(f"No token: {error}.")
    return 0


def _say(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
