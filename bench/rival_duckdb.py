"""Counts sections, statuses and hosts of a log in SQL, as somebody would who has DuckDB at hand.

Usage: python rival_duckdb.py LOG
"""

import sys
from importlib import import_module

_READ = """
create temp table hits as
select column0 as host, column6 as status, try_cast(column7 as bigint) as size_bytes,
       regexp_extract(column5, '^[A-Z]+ (/[^/? ]*)', 1) as section
from read_csv(?, delim = ' ', quote = '"', escape = '', header = false, all_varchar = true, null_padding = true,
              columns = {columns}, ignore_errors = true, strict_mode = false)
"""
_FIELDS = {"common": 8, "combined": 10}


def main() -> int:
    """Count; return the exit code."""
    duckdb = import_module("duckdb")
    path = sys.argv[1]
    count = _FIELDS["combined" if "combined" in path else "common"]
    columns = "{" + ", ".join(f"'column{number}': 'varchar'" for number in range(count)) + "}"
    with duckdb.connect() as database:
        database.execute(_READ.replace("{columns}", columns), [path])
        for key in ("section", "status", "host"):
            rows = database.execute(
                f"select {key}, count(*) as hits, sum(size_bytes) from hits group by {key} order by hits desc, {key}"
            ).fetchall()
            print(key, len(rows), *rows[:5])
    return 0


if __name__ == "__main__":
    sys.exit(main())
