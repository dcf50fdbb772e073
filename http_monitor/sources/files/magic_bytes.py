"""Recognises by its first bytes a file with an unsupported compression."""

# First bytes, program, and the command that decompresses the file: as specified by the formats (bzip2, RFC 8878 for
# zstd, the frames of xz and lz4, and compress of Unix). bzip2 has a digit between its two parts.
_FOREIGN = (
    (b"\xfd7zXZ\0", "xz", "xzcat"),
    (b"\x28\xb5\x2f\xfd", "zstd", "zstdcat"),
    (b"\x04\x22\x4d\x18", "lz4", "lz4cat"),
    (b"\x1f\x9d", "compress", "zcat"),
)
_BZIP2, _BZIP2_BLOCK = b"BZh", b"1AY&SY"
FOREIGN_BYTES = 10
"""Number of bytes that are needed."""


def foreign_compression(head: bytes) -> tuple[str, str] | None:
    """Return (program that compressed a file, command that decompresses it); None if it is not known to be compressed.

    Args:
        head: The first `FOREIGN_BYTES` of the file.
    """
    if head.startswith(_BZIP2) and head[4:].startswith(_BZIP2_BLOCK):
        return "bzip2", "bzcat"
    return next(((name, tool) for magic, name, tool in _FOREIGN if head.startswith(magic)), None)
