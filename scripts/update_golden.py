"""Write the golden files of the displays anew; look at the difference before committing it.

Usage: python scripts/update_golden.py
"""

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Write what differs, remove what no test expects."""
    sys.path.insert(0, str(ROOT))
    samples = importlib.import_module("tests.display_samples")
    files: dict[str, bytes] = samples.golden_files()
    folder: Path = samples.GOLDEN
    folder.mkdir(exist_ok=True)
    for path in sorted(folder.iterdir()):
        if path.suffix in {".txt", ".ndjson"} and path.name not in files:
            path.unlink()
            print(f"removed {path.name}")
    incident: dict[Path, bytes] = importlib.import_module("tests.incident_screens").golden_files()
    dashboard: dict[Path, bytes] = importlib.import_module("tests.dashboard_screens").golden_files()
    for path in (folder / "dashboard").glob("*.txt"):
        if path not in dashboard:
            path.unlink()
            print(f"removed {path.relative_to(folder)}")
    for path, data in ({folder / name: data for name, data in files.items()} | incident | dashboard).items():
        path.parent.mkdir(exist_ok=True)
        if not path.exists() or path.read_bytes() != data:
            path.write_bytes(data)
            print(f"wrote {path.relative_to(folder)}")


if __name__ == "__main__":
    main()
