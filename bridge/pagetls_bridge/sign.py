"""Creates a signed token for a target of the bridge: the command `pagetls-bridge-sign`.

It prints only the token, signed with the first key of the file or with the one that --kid names.
"""

from __future__ import annotations

import argparse
import sys
import time

from .policy import Rejected, parse_origin, parse_target
from .signed_targets import DEFAULT_LIFETIME_SECONDS, KeyFileError, Signer, read_keys


def main(arguments: list[str] | None = None) -> int:
    """The arguments are those of the process by default. Returns the exit status: 0, or 1 with one sentence on
    standard error."""
    parser = argparse.ArgumentParser(prog="pagetls-bridge-sign", allow_abbrev=False,
                                     description="Creates a signed token for a target of the bridge.")
    parser.add_argument("--key-file", required=True, metavar="FILE", help="the bridge's key file")
    parser.add_argument("--target", required=True, metavar="HOST:PORT", help="the target that the token allows")
    parser.add_argument("--life", type=int, default=DEFAULT_LIFETIME_SECONDS, metavar="SECONDS",
                        help="lifetime of the token; default %(default)s")
    parser.add_argument("--origin", metavar="ORIGIN", help="only pages of this origin may use the token")
    parser.add_argument("--kid", metavar="NAME", help="name of the signing key; default: the first in the file")
    options = parser.parse_args(arguments)
    try:
        target = str(parse_target(options.target))
        origin = None if options.origin is None else parse_origin(options.origin)
        signer = Signer(read_keys(options.key_file))
        if options.life <= 0:
            raise ValueError("--life must be positive")
        print(signer.create(target, options.life, time.time(), origin, options.kid))
    except KeyFileError as error:
        return _fail(f"The key file cannot be used: {error}.")
    except KeyError:
        return _fail(f"The key file has no key named {options.kid!r}.")
    except (Rejected, ValueError) as error:
        return _fail(f"Cannot create a token: {error}.")
    return 0


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1
