"""Knows by the first bytes what compressed a file that is not read here."""

# The first bytes, who writes them, and the command that undoes it: as their formats define them (bzip2, RFC 8878 for
# zstd, the frames of xz and lz4, and compress of Unix). That of bzip2 has a digit between its two parts.
_FOREIGN = (
    (b"\xfd7zXZ\0", "xz", "xzcat"),
    (b"\x28\xb5\x2f\xfd", "zstd", "zstdcat"),
    (b"\x04\x22\x4d\x18", "lz4", "lz4cat"),
    (b"\x1f\x9d", "compress", "zcat"),
)
_BZIP2, _BZIP2_BLOCK = b"BZh", b"1AY&SY"
FOREIGN_BYTES = 10
"""So many bytes tell."""


def foreign_compression(head: bytes) -> tuple[str, str] | None:
    """Return (what compressed a file, the command that undoes it); None where it is not known to be compressed so.

    Args:
        head: The first `FOREIGN_BYTES` of the file.
    """
    if head.startswith(_BZIP2) and head[4:].startswith(_BZIP2_BLOCK):
        return "bzip2", "bzcat"
    return next(((name, tool) for magic, name, tool in _FOREIGN if head.startswith(magic)), None)
