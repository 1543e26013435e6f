"""The options in README.md are those of the launcher, with their defaults."""

from __future__ import annotations

import pathlib
import re
import unittest

from pagetls_bridge import options

README = pathlib.Path(__file__).with_name("README.md").read_text("utf-8")


class TableTest(unittest.TestCase):
    def test_readme_has_every_option_with_its_default(self) -> None:
        rows = dict(re.findall(r"^\| `(--[a-z-]+)[^`]*` +\| (.*?) +\|$", README, re.MULTILINE))
        parser = options._parser()
        actions = {action.option_strings[-1]: action for action in parser._actions if action.dest != "help"}
        self.assertEqual(sorted(rows), sorted(actions))
        for name, action in actions.items():
            if isinstance(action.default, (int, float)) and not isinstance(action.default, bool) and action.default:
                self.assertIn(f"default {action.default:g}", rows[name], name)


if __name__ == "__main__":
    unittest.main()
