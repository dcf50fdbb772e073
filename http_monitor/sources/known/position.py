"""The position in the files of a path, in a form from which another process can resume."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from hashlib import blake2b
from typing import Self

from http_monitor.codec import decode_counters, encode_counters
from http_monitor.health import INPUT_COUNTERS, Health
from http_monitor.records import Json
from http_monitor.sources.files.access import FileStatus, Identity

_DIGEST_BYTES = 16
_STEPS = (64, 128, 256, 512)


@dataclass(frozen=True, slots=True)
class Print:
    """The fingerprint of some bytes: their number and their hash."""

    length: int
    digest: str


@dataclass(frozen=True, slots=True)
class Head(Print):
    """The fingerprint of the first bytes of a file."""

    steps: tuple[str, ...]
    """The hashes of the first 64, 128, 256 and 512 bytes, as far as there are more; they identify shorter copies."""

    def of_first(self, most: int) -> Print | None:
        """Return the fingerprint of as many first bytes as possible, but at most `most`; None if there is none."""
        if most >= self.length:
            return Print(self.length, self.digest)
        fitting = [Print(length, digest) for length, digest in zip(_STEPS, self.steps, strict=False) if length <= most]
        return fitting[-1] if fitting else None


def print_of(data: bytes) -> Print:
    """Return the fingerprint of some bytes."""
    return Print(len(data), _digest(data))


def head_of(data: bytes) -> Head:
    """Return the fingerprint of the first bytes of a file."""
    return Head(len(data), _digest(data), tuple(_digest(data[:step]) for step in _STEPS if step < len(data)))


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=_DIGEST_BYTES).hexdigest()


_NO_PRINT = print_of(b"")
NO_HEAD = head_of(b"")


@dataclass(frozen=True, slots=True)
class FilePosition:
    """The identity of one file, and how far it has been read."""

    path: str
    """The path at which it was seen last."""
    device: int
    inode: int
    offset: int
    """Everything before it has been read."""
    pending: int
    """Number of bytes before the offset that belong to an incomplete line; they are read again."""
    size: int
    """The size as last seen."""
    mtime_ns: int | None
    head: Head
    """The fingerprint of its first bytes, read or not."""
    marker: Print
    """The fingerprint of the last bytes before the offset."""
    skipping: bool
    """Everything up to the next LF is the rest of a line that does not count."""
    let_go: bool
    """Its last line was emitted, complete or not; it is checked only in case it grows."""
    skipped_are_lost: bool = False
    """The beginning of the skipped line was emitted as if it were all."""
    at_path_ns: int | None = None
    """Its time of change when it was last seen at the followed path; None: not known."""

    @property
    def identity(self) -> Identity:
        """Device and inode."""
        return self.device, self.inode

    @property
    def unread(self) -> int:
        """Number of bytes that another process has to read, as far as they were seen."""
        return self.size - self.offset + self.pending

    @classmethod
    def of_unread(cls, path: str, status: FileStatus, offset: int) -> Self:
        """Return the position in an unread file; what is before the offset does not count."""
        device, inode = status.identity
        return cls(
            path=path,
            device=device,
            inode=inode,
            offset=offset,
            pending=0,
            size=status.size,
            mtime_ns=status.mtime_ns,
            head=NO_HEAD,
            marker=_NO_PRINT,
            skipping=False,
            let_go=False,
        )


@dataclass(frozen=True, slots=True)
class TailPosition:
    """The files of one path, oldest first, and the counters."""

    files: tuple[FilePosition, ...]
    counted: Health
    """The counters of inputs, including earlier runs."""
    done: tuple[FilePosition, ...] = ()
    """Copies and archives that were read to their ends, as they were then."""
    unopened: tuple[FilePosition, ...] = ()
    """Files that were seen at the path and could not be opened."""

    def to_json(self) -> Json:
        """Return the position as a JSON object."""
        # `asdict` makes deep copies, which takes too long for a thousand inputs a second.
        return {
            **encode_counters(self.counted),
            "files": [_json_of(file) for file in self.files],
            "done": [_json_of(file) for file in self.done],
            "unopened": [_json_of(file) for file in self.unopened],
        }

    @classmethod
    def from_json(cls, given: Json) -> Self:
        """Return the position that `to_json` gave. Raises KeyError, TypeError or ValueError for anything else."""
        fields = dict(given)
        files = tuple(_file(file) for file in fields.pop("files"))
        done = tuple(_file(file) for file in fields.pop("done"))
        unopened = tuple(_file(file) for file in fields.pop("unopened", ()))
        if not fields.keys() <= {*INPUT_COUNTERS}:
            raise TypeError("a position with counters that this program does not know")
        return cls(files, decode_counters(fields), done, unopened)


_PLAIN = tuple(f.name for f in fields(FilePosition) if f.name not in ("head", "marker"))


def _json_of(file: FilePosition) -> Json:
    head, marker = file.head, file.marker
    given: Json = {name: getattr(file, name) for name in _PLAIN}
    given["head"] = {"length": head.length, "digest": head.digest, "steps": head.steps}
    given["marker"] = {"length": marker.length, "digest": marker.digest}
    return given


def _file(given: Json) -> FilePosition:
    file = FilePosition(**{**given, "head": _head(given["head"]), "marker": _print(given["marker"])})
    _check(file, {"device", "inode", "offset", "pending", "size"}, {"skipping", "skipped_are_lost", "let_go"})
    if not isinstance(file.path, str) or "\0" in file.path or not isinstance(file.mtime_ns, int | None):
        raise TypeError("not the position of a file")
    if not isinstance(file.at_path_ns, int | None):
        raise TypeError("not the position of a file")
    if max(file.pending, file.marker.length) > file.offset:
        raise ValueError("a position that no file can have")
    return file


def _print(given: Json) -> Print:
    made = Print(given["length"], given["digest"])
    _check(made, {"length"}, set())
    return made


def _head(given: Json) -> Head:
    made = Head(given["length"], given["digest"], tuple(given["steps"]))
    _check(made, {"length"}, set())
    return made


def _check(thing: object, counts: Iterable[str], flags: Iterable[str]) -> None:
    for name in counts:
        value = getattr(thing, name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise ValueError(f"{name} is no count")
    for name in flags:
        if not isinstance(getattr(thing, name), bool):
            raise TypeError(f"{name} is neither true nor false")
