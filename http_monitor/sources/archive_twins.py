"""Finds archives whose content stands in a plain file beside them, so that its lines are read once."""

from collections.abc import Sequence

from http_monitor.sources.files.gzip_stream import Inflater

_GZ = ".gz"
_PIECE_BYTES = 64 << 10


def without_twins(paths: Sequence[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the paths without the archives that a plain file among them has all of, and of each of those (it, that).

    ``gzip -k`` leaves both, and so does one that is still at work. Both are read as far as they are alike.
    """
    names = set(paths)
    twins = [
        (path, path.removesuffix(_GZ))
        for path in paths
        if path.endswith(_GZ) and path.removesuffix(_GZ) in names and _begins_with(path.removesuffix(_GZ), path)
    ]
    archives = {archive for archive, _ in twins}
    return [path for path in paths if path not in archives], twins


def _begins_with(plain: str, archive: str) -> bool:
    """Tell whether a file begins with all that an archive holds; False where that cannot be found out."""
    inflater = Inflater()
    try:
        with open(plain, "rb") as content, open(archive, "rb") as packed:
            while data := packed.read(_PIECE_BYTES):
                inflated = inflater.feed(data)
                if content.read(len(inflated)) != inflated:
                    return False
                if inflater.flaw:
                    break
    except OSError:
        return False
    return True
