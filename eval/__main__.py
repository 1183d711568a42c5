"""``python -m eval``: see ``python -m eval --help``."""

from __future__ import annotations

import sys

from eval.command import main

if __name__ == "__main__":
    sys.exit(main())
