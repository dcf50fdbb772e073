"""Says what a benchmark ran on."""

import os
import platform
from importlib.metadata import version
from typing import Any


def describe_machine() -> dict[str, Any]:
    """Return the processor, the system, the versions that matter, and how busy it was before."""
    return {
        "cpu": _cpu_name(),
        "cores": os.cpu_count(),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        **{name: version(name) for name in ("numpy", "pyarrow")},
        "load_before": os.getloadavg()[0],
    }


def _cpu_name() -> str:
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as info:
            names = [line.partition(":")[2].strip() for line in info if line.startswith("model name")]
    except FileNotFoundError:
        names = []
    return names[0] if names else platform.processor() or "unknown"
