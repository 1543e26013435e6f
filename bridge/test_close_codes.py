"""The table of close codes in README.md matches close_codes.py."""

from __future__ import annotations

import pathlib
import re
import unittest

from pagetls_bridge import close_codes


class TableTest(unittest.TestCase):
    def test_the_readme_has_the_same_codes_and_meanings(self) -> None:
        text = pathlib.Path(__file__).with_name("README.md").read_text("utf-8")
        rows = dict(re.findall(r"^\| (\d{4}) \| (.*?) +\|$", text, re.MULTILINE))
        self.assertEqual(rows, {str(code): meaning for code, meaning in close_codes.MEANINGS.items()})

    def test_every_code_has_a_meaning(self) -> None:
        codes = {value for name, value in vars(close_codes).items() if name.isupper() and isinstance(value, int)}
        self.assertEqual(codes, set(close_codes.MEANINGS))


if __name__ == "__main__":
    unittest.main()
