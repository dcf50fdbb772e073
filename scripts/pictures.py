"""Make the pictures of the dashboard in docs/pictures anew; look at them before committing.

Usage: python scripts/pictures.py
"""

import importlib
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Write those that differ."""
    # Textual asks for these when it is imported.
    for name in [name for name in os.environ if name.startswith("TEXTUAL") or name in ("NO_COLOR", "FORCE_COLOR")]:
        del os.environ[name]
    sys.path.insert(0, str(ROOT))
    pictures = importlib.import_module("tests.dashboard_pictures")
    folder: Path = pictures.FOLDER
    folder.mkdir(exist_ok=True)
    for name in pictures.MOMENTS:
        path = folder / f"{name}.svg"
        data: bytes = pictures.make_picture(name)
        if not path.exists() or path.read_bytes() != data:
            path.write_bytes(data)
            print(f"wrote {path.relative_to(ROOT)}, {len(data):,} bytes")


if __name__ == "__main__":
    main()
