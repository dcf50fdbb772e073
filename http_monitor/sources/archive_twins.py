"""Finds archives whose content is also in a plain file, so that their lines are read only once."""

from collections.abc import Sequence

from http_monitor.sources.files.gzip_stream import Inflater

_GZ = ".gz"
_PIECE_BYTES = 64 << 10


def without_twins(paths: Sequence[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the paths without redundant archives, and a pair (archive, plain file) for each of those.

    An archive is redundant if a plain file among the paths begins with all of its content: ``gzip -k`` leaves such
    pairs, and so does a gzip that is still running.
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
    """Return whether a file begins with the content of an archive; False if that cannot be determined."""
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
