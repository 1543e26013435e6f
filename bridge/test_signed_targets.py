"""Which signed tokens and which key files are valid."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import io
import json
import os
import pathlib
import tempfile
import unittest
from typing import Any

from pagetls_bridge import close_codes, sign
from pagetls_bridge.policy import Rejected
from pagetls_bridge.signed_targets import KeyFileError, Signer, looks_signed, read_keys

NOW = 1_800_000_000.5
KEY, OTHER = bytes(range(32)), bytes(range(1, 65))
SIGNER = Signer({"a": KEY, "b": OTHER})
CLAIMS: dict[str, Any] = {"target": "example.org:443", "exp": NOW + 60}


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(header: object, claims: object, key: bytes = KEY, hash_name: str = "sha256") -> str:
    """Signs any header and claims; bytes are used as they are, other values become JSON."""
    parts = (part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, claims))
    signed = ".".join(map(encode, parts))
    return signed + "." + encode(hmac.new(key, signed.encode(), getattr(hashlib, hash_name)).digest())


def hs256(claims: object, key: bytes = KEY) -> str:
    return token({"alg": "HS256"}, claims, key)


class TokenTest(unittest.TestCase):
    def assert_rejected(self, text: str, why: str, origins: tuple[str, ...] = ()) -> None:
        with self.subTest(text[:100]), self.assertRaises(Rejected) as caught:
            SIGNER.verify(text, list(origins), NOW)
        self.assertEqual((caught.exception.code, caught.exception.reason),
                         (close_codes.NOT_AUTHORIZED, f"unauthorized: {why}"))

    def assert_malformed(self, text: str) -> None:
        self.assert_rejected(text, "the token is malformed")

    def test_created_tokens_are_valid(self) -> None:
        for kid in ("a", "b"):
            grant = SIGNER.verify(SIGNER.create("example.org:443", 600, NOW, kid=kid), [], NOW)
            self.assertEqual((str(grant.target), grant.kid), ("example.org:443", kid))
        text = SIGNER.create("example.org:443", 600, NOW, "https://a.example")
        self.assertEqual(SIGNER.verify(text, ["https://a.example"], NOW).kid, "a")

    def test_the_example_of_rfc_7515_appendix_a_1_has_a_valid_signature(self) -> None:
        key = base64.urlsafe_b64decode(
            "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow==")
        text = ("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
                ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
                ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        with self.assertRaises(Rejected) as caught:
            Signer({"a": key}).verify(text, [], 1_300_819_000)
        self.assertEqual(caught.exception.reason, "unauthorized: the token is malformed")  # it has no target
        with self.assertRaises(Rejected) as caught:
            Signer({"a": key}).verify(text[:-1] + "g", [], 1_300_819_000)
        self.assertEqual(caught.exception.reason, "unauthorized: the token's signature is invalid")

    def test_only_hs256_headers_without_extensions_are_accepted(self) -> None:
        for header in ({"alg": "HS256"}, {"alg": "HS256", "typ": "JWT"}, {"alg": "HS256", "kid": "a"}):
            self.assertEqual(SIGNER.verify(token(header, CLAIMS), [], NOW).kid, "a")
        self.assertEqual(SIGNER.verify(hs256(CLAIMS, OTHER), [], NOW).kid, "b")
        for other in ({"alg": "none"}, {"alg": "None"}, {"alg": "hs256"}, {"alg": "HS384"}, {"alg": "RS256"}, {}, [],
                    {"alg": ["HS256"]}, {"alg": "HS256", "typ": "JOSE"}, {"alg": "HS256", "crit": []},
                    {"alg": "HS256", "crit": ["b64"], "b64": False}, {"alg": "HS256", "jwk": {}},
                    {"alg": "HS256", "jku": "https://a.example"}, {"alg": "HS256", "x5c": []}, "HS256", None,
                    {"alg": "HS256", "kid": 1}, {"alg": "HS256", "kid": None},
                    b'{"alg":"none","alg":"HS256"}', b'{"alg":"HS256"} ,', b"\xff", b"[" * 300):
            self.assert_malformed(token(other, CLAIMS))
        self.assert_malformed(token({"alg": "HS512"}, CLAIMS, hash_name="sha512"))
        self.assert_malformed(token({"alg": "HS256", "kid": "a" * 500}, CLAIMS))

    def test_a_signature_must_match_a_key_and_the_signed_bytes(self) -> None:
        wrong = "the token's signature is invalid"
        valid = hs256(CLAIMS)
        header, claims, signature = valid.split(".")
        self.assert_rejected(hs256(CLAIMS, b"k" * 32), wrong)
        self.assert_rejected(hs256(CLAIMS, b""), wrong)
        self.assert_rejected(token({"alg": "HS256", "kid": "b"}, CLAIMS), wrong)
        self.assert_rejected(token({"alg": "HS256", "kid": "../a"}, CLAIMS), wrong)
        self.assert_rejected(token({"alg": "HS256", "kid": ""}, CLAIMS), wrong)
        self.assert_rejected(token({"alg": "HS256"}, CLAIMS, hash_name="sha512"), wrong)
        for other in (signature[:-3], f"{signature}A", "A" * 43):
            self.assert_rejected(f"{header}.{claims}.{other}", wrong)
        self.assert_rejected(f"{header}.{encode(b'{}')}.{signature}", wrong)
        for text in (f"{header}.{claims}.", f"{header}.{claims}", f"{valid}.", f".{claims}.{signature}", f"{valid}=",
                     valid.replace(".", "..", 1), f" {valid}", f"{valid}\n",
                     valid[:-1] + chr(ord(valid[-1]) + 1), "..", "a.b.c", "a" * 3000,
                     f"{header}.{'a' * 2048}.{signature}"):
            self.assert_malformed(text)

    def test_claims_must_be_complete_and_well_formed(self) -> None:
        claims: Any
        for claims in ([], {}, None, 1, {"exp": NOW + 60}, {"target": "example.org:443"}, b"", b"{", b"[" * 1000,
                       b'{"target":"example.org:443","target":"example.com:443","exp":1800000060}',
                       b'{"target":"example.org:443","exp":1,"exp":1800000060}',
                       b'{"target":"example.org:443","exp":1800000060,"x":{"a":1,"a":2}}',
                       b'{"target":"example.org:443","exp":NaN}', b'{"target":"example.org:443","exp":Infinity}',
                       b'{"target":"example.org:443","exp":1e999}',
                       b'{"target":"example.org:443","exp":' + b"9" * 1000 + b"}",
                       {**CLAIMS, "exp": "1800000060"}, {**CLAIMS, "exp": True}, {**CLAIMS, "exp": None},
                       {**CLAIMS, "exp": -1}, {**CLAIMS, "nbf": "0"}, {**CLAIMS, "iat": []}, {**CLAIMS, "aud": "x"},
                       {**CLAIMS, "target": 1}, {**CLAIMS, "target": ["example.org:443"]},
                       {**CLAIMS, "target": "127.1:443"}, {**CLAIMS, "target": "example.org"},
                       {**CLAIMS, "target": "example.org:443\n"}):
            self.assert_malformed(hs256(claims))
        self.assertEqual(SIGNER.verify(hs256({**CLAIMS, "sub": "x"}), [], NOW).kid, "a")

    def test_a_token_is_valid_between_its_times_and_for_the_maximum_lifetime(self) -> None:
        claims: dict[str, float]
        for claims in ({"exp": NOW + 1, "iat": NOW - 500, "nbf": NOW}, {"exp": NOW + 600}, {"exp": NOW + 60, "nbf": 0},
                       {"exp": NOW + 629, "iat": NOW + 29, "nbf": NOW + 29}):
            self.assertEqual(SIGNER.verify(hs256({**CLAIMS, **claims}), [], NOW).kid, "a")
        for exp in (NOW, NOW - 1, 0, 0.0):
            self.assert_rejected(hs256({**CLAIMS, "exp": exp}), "the token has expired")
        for name in ("iat", "nbf"):
            self.assert_rejected(hs256({**CLAIMS, name: NOW + 31}), "the token is not yet valid")
        too_long: tuple[dict[str, float], ...] = (
            {"exp": NOW + 602}, {"exp": NOW + 100, "iat": NOW - 502}, {"exp": 2 ** 52})
        for claims in too_long:
            self.assert_rejected(hs256({**CLAIMS, **claims}), "the token's lifetime is too long")

    def test_a_token_with_an_origin_is_valid_for_that_origin_only(self) -> None:
        page = "https://a.example"
        text = hs256({**CLAIMS, "origin": page})
        self.assertEqual(SIGNER.verify(text, [page], NOW).kid, "a")
        for origins in ((), ("https://b.example",), (page, page), ("null",), (page + "/",)):
            self.assert_rejected(text, "the token is for another origin", origins)
        for origin in (None, [page], "", 1):
            self.assert_rejected(hs256({**CLAIMS, "origin": origin}), "the token is for another origin", (page,))

    def test_signed_tokens_are_told_apart_from_host_and_port(self) -> None:
        self.assertTrue(looks_signed(hs256(CLAIMS)))
        self.assertTrue(looks_signed("a.b."))
        for text in ("example.org:443", "a.b.c:443", "[::1]:443", "1.2.3.4:443", "example.org", ""):
            self.assertFalse(looks_signed(text))


class KeyFileTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name, "keys")

    def write(self, text: str, mode: int = 0o600) -> str:
        self.path.write_text(text)
        os.chmod(self.path, mode)
        return str(self.path)

    def test_a_key_file_may_have_several_keys_and_comments(self) -> None:
        text = f"# keys\n\na {encode(KEY)}\n  b\t{encode(OTHER)}  \n"
        self.assertEqual(read_keys(self.write(text)), {"a": KEY, "b": OTHER})
        self.assertEqual(read_keys(self.write(text, 0o440)), {"a": KEY, "b": OTHER})

    def test_invalid_or_exposed_key_files_are_rejected(self) -> None:
        valid = f"a {encode(KEY)}\n"
        for text, why in (("", "it has no key"), ("# a\n", "it has no key"), ("a\n", "line 1 is not a unique name"),
                          (valid * 2, "line 2 is not a unique name"), ("a/b x\n", "line 1 is not a unique name"),
                          (f"a {encode(KEY[:31])}\n", "fewer than 32 bytes"), (f"a {encode(KEY)}=\n", "not base64url"),
                          ("a +/+/\n", "not base64url"), ("é " + encode(KEY), "line 1 is not a unique name"),
                          ("#" * 70_000, "larger than 65536 bytes")):
            with self.subTest(text[:20]), self.assertRaisesRegex(KeyFileError, why) as caught:
                read_keys(self.write(text))
            self.assertNotIn(encode(KEY)[:8], str(caught.exception))
        for mode in (0o604, 0o602, 0o620, 0o644, 0o666):
            with self.assertRaisesRegex(KeyFileError, "other users can read or change it"):
                read_keys(self.write(valid, mode))
        for path in (str(self.path) + "x", str(self.path.parent)):
            with self.assertRaises(KeyFileError):
                read_keys(path)

    def run_sign(self, *arguments: str) -> tuple[int, str, str]:
        out, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
            status = sign.main(["--key-file", str(self.path), *arguments])
        return status, out.getvalue(), errors.getvalue()

    def test_sign_prints_a_valid_token_or_one_error(self) -> None:
        keys = self.write(f"a {encode(KEY)}\nb {encode(OTHER)}\n")
        status, out, errors = self.run_sign("--target", "Example.org:443", "--kid", "b", "--life", "60",
                                        "--origin", "https://a.example")
        self.assertEqual((status, errors), (0, ""))
        claims = json.loads(base64.urlsafe_b64decode(out.split(".")[1] + "=="))
        self.assertEqual(claims["target"], "example.org:443")
        grant = Signer(read_keys(keys)).verify(out.strip(), ["https://a.example"], claims["iat"])
        self.assertEqual((str(grant.target), grant.kid), ("example.org:443", "b"))
        for arguments in (("--target", "example.org"), ("--target", "example.org:443", "--kid", "c"),
                          ("--target", "example.org:443", "--life", "0"),
                          ("--target", "example.org:443", "--origin", "*")):
            status, out, errors = self.run_sign(*arguments)
            self.assertEqual((status, out), (1, ""))
            self.assertRegex(errors, r"^[^\n]+\.\n$")


if __name__ == "__main__":
    unittest.main()
