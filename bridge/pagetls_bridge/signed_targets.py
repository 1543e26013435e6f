"""Signed targets: tokens that say which target their holder may reach, and until when.

A token is a JWT (RFC 7519) in JWS compact form (RFC 7515), with HMAC-SHA256 (RFC 7518, section 3.2) and no
other algorithm; the parser is strict because of RFC 8725. Keys come from a file, so that the page's server
can create tokens without contacting the bridge. No error quotes any part of a token.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import math
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass

from . import close_codes
from .policy import Rejected, Target, parse_target

MAX_TOKEN_CHARS = 2048
MAX_HEADER_CHARS = 512
MIN_KEY_BYTES = 32
"""RFC 7518, section 3.2: a key at least as long as the hash output."""

DEFAULT_LIFETIME_SECONDS = 600

MAX_NUMERIC_DATE = 1 << 53
"""Beyond it, JSON numbers are no longer exact (RFC 8259, section 6)."""

MAX_KEY_FILE_BYTES = 64 * 1024
LEEWAY_SECONDS = 30
"""How far ahead the signer's clock may be, for `iat` and `nbf`. `exp` has no leeway."""

ROUNDING_SECONDS = 1
"""Added to the maximum lifetime, for signers that round `iat` down and `exp` up to whole seconds."""

_COMPACT = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)", re.ASCII)
_KID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


class KeyFileError(ValueError):
    """A problem with a key file; the message never contains a key."""


@dataclass(frozen=True)
class Grant:
    """The target that a valid token allows, and the name of the key that signed it."""

    target: Target
    kid: str


@dataclass(frozen=True)
class Signer:
    """`keys` by name; the first one signs. `max_lifetime` of a token is in seconds."""

    keys: Mapping[str, bytes]
    max_lifetime: float = DEFAULT_LIFETIME_SECONDS

    def verify(self, token: str, origins: list[str], now: float) -> Grant:
        """Raises Rejected unless the token is valid at `now` (seconds since 1970) for `origins`, the Origin
        headers of the request."""
        match = _COMPACT.fullmatch(token) if len(token) <= MAX_TOKEN_CHARS else None
        if match is None or len(match[1]) > MAX_HEADER_CHARS:
            raise _malformed()
        header = _parse_object(match[1])
        if header.keys() - {"alg", "typ", "kid"} or header.get("alg") != "HS256" or header.get("typ", "JWT") != "JWT":
            raise _malformed()
        kid = self._verify_signature(header, f"{match[1]}.{match[2]}".encode("ascii"), _decode(match[3]))
        claims = _parse_object(match[2])
        # RFC 7519, section 4.1.3: reject tokens for another audience. The bridge has no name to match, so any is.
        text = claims.get("target")
        if "aud" in claims or not isinstance(text, str):
            raise _malformed()
        try:
            target = parse_target(text)
        except Rejected:
            raise _malformed() from None
        self._check_times(claims, now)
        if "origin" in claims and [claims["origin"]] != origins:
            raise _unauthorized("the token is for another origin")
        return Grant(target, kid)

    def create(self, target: str, lifetime: float, now: float, origin: str | None = None,
               kid: str | None = None) -> str:
        """Returns a token, signed with the first key or with the one named `kid` (KeyError if none is)."""
        kid = next(iter(self.keys)) if kid is None else kid
        key = self.keys[kid]
        claims: dict[str, object] = {"target": target, "iat": int(now), "exp": math.ceil(now + lifetime)}
        if origin is not None:
            claims["origin"] = origin
        signed = ".".join(_encode(json.dumps(part, separators=(",", ":")).encode("utf-8"))
                          for part in ({"alg": "HS256", "typ": "JWT", "kid": kid}, claims))
        return f"{signed}.{_encode(_hmac(key, signed.encode('ascii')))}"

    def _verify_signature(self, header: Mapping[str, object], signed: bytes, signature: bytes) -> str:
        candidates = list(self.keys)
        if "kid" in header:
            kid = header["kid"]
            if not isinstance(kid, str):
                raise _malformed()
            candidates = [kid] if kid in self.keys else []
        for name in candidates:
            if hmac.compare_digest(_hmac(self.keys[name], signed), signature):
                return name
        raise _unauthorized("the token's signature is invalid")

    def _check_times(self, claims: Mapping[str, object], now: float) -> None:
        exp = _numeric_date(claims, "exp")
        if exp is None:
            raise _malformed()
        if exp <= now:
            raise _unauthorized("the token has expired")
        iat, nbf = _numeric_date(claims, "iat"), _numeric_date(claims, "nbf")
        if max(iat or 0, nbf or 0) > now + LEEWAY_SECONDS:
            raise _unauthorized("the token is not yet valid")
        if exp - (now if iat is None else iat) > self.max_lifetime + ROUNDING_SECONDS:
            raise _unauthorized("the token's lifetime is too long")


def looks_signed(token: str) -> bool:
    """Whether a token looks like a signed one: host:port always has a colon, a JWT never."""
    return ":" not in token and token.count(".") == 2


def read_keys(path: str) -> dict[str, bytes]:
    """Reads a key file: lines of `NAME KEY` (base64url), blank lines and comments (#). Raises KeyFileError."""
    try:
        with open(path, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise KeyFileError("it is not a regular file")
            if status.st_mode & (stat.S_IRWXO | stat.S_IWGRP):
                raise KeyFileError("other users can read or change it, so run chmod 600 on it")
            content = file.read(MAX_KEY_FILE_BYTES + 1)
    except OSError as error:
        raise KeyFileError(str(error.strerror)) from None
    if len(content) > MAX_KEY_FILE_BYTES:
        raise KeyFileError(f"it is larger than {MAX_KEY_FILE_BYTES} bytes")
    keys: dict[str, bytes] = {}
    for number, line in enumerate(content.decode("ascii", "replace").splitlines(), 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if len(words) != 2 or not _KID.fullmatch(words[0]) or words[0] in keys:
            raise KeyFileError(f"line {number} is not a unique name followed by a key")
        try:
            keys[words[0]] = _decode(words[1])
        except Rejected:
            raise KeyFileError(f"the key on line {number} is not base64url without padding") from None
        if len(keys[words[0]]) < MIN_KEY_BYTES:
            raise KeyFileError(f"the key on line {number} has fewer than {MIN_KEY_BYTES} bytes")
    if not keys:
        raise KeyFileError("it has no key")
    return keys


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, hashlib.sha256)


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _decode(text: str) -> bytes:
    """Decodes base64url without padding, in its canonical encoding only (RFC 4648, section 3.5)."""
    try:
        data = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise _malformed() from None
    if _encode(data) != text:
        raise _malformed()
    return data


def _parse_object(text: str) -> dict[str, object]:
    """Decodes and parses a JSON object in which no name appears twice (RFC 7515, section 4)."""
    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        parsed = dict(pairs)
        if len(parsed) != len(pairs):
            raise ValueError
        return parsed

    def no_constant(_text: str) -> object:
        raise ValueError

    try:
        parsed = json.loads(_decode(text).decode("utf-8"), object_pairs_hook=unique, parse_constant=no_constant)
    except (ValueError, RecursionError):
        raise _malformed() from None
    if not isinstance(parsed, dict):
        raise _malformed()
    return parsed


def _numeric_date(claims: Mapping[str, object], name: str) -> float | None:
    """A NumericDate (RFC 7519, section 2), or None where the claim is missing."""
    if name not in claims:
        return None
    value = claims[name]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < MAX_NUMERIC_DATE:
        raise _malformed()
    return float(value)


def _malformed() -> Rejected:
    return _unauthorized("the token is malformed")


def _unauthorized(why: str) -> Rejected:
    return Rejected(close_codes.NOT_AUTHORIZED, f"unauthorized: {why}")
