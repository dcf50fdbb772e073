"""Reads new data from the files of a chain, oldest first."""

import errno

from http_monitor.sources.files.access import FileStatus
from http_monitor.sources.files.gathered_lines import GatheredLines
from http_monitor.sources.files.regular_file import Obstacle, obstacle
from http_monitor.sources.tail.file_chain import FileChain
from http_monitor.sources.tail.proof import Truncated
from http_monitor.sources.tail.recover import find_again, look_beside, restart
from http_monitor.sources.tail.tailed_file import TailedFile


def drain(
    chain: FileChain, found: FileStatus | Obstacle, now_us: int, room: int, lines: GatheredLines
) -> tuple[bool, Obstacle | None]:
    """Read new data.

    Args:
        chain: The files.
        found: The result of this look at the path.
        now_us: The running clock.
        room: The most that is read, in bytes.
        lines: Receives the lines that are complete now.

    Returns:
        Whether the end was reached, and the obstacle.
    """
    met: Obstacle | None = None
    sought: list[TailedFile] = []
    index = 0
    while index < len(chain.followed):
        followed = chain.followed[index]
        try:
            room -= _read_on(chain, followed, found, now_us, room, lines)
        except Truncated:
            restart(chain, followed, now_us)
            continue
        except OSError as error:
            if followed in sought:
                hindrance: Obstacle | None = obstacle(error)
            else:
                hindrance = find_again(chain, followed, found, error, lines)
            if hindrance is not None:
                met = met or hindrance
                followed.changed_us = now_us  # whether it is idle is not known
                index += 1
            sought.append(followed)
            continue
        if chain.followed[index] is not followed:
            continue  # copies that must be read first were added before it
        if followed.unread:
            return False, met
        if followed.whole:
            chain.let_go(followed, lines)
            continue
        index += 1
    return True, met


def _read_on(
    chain: FileChain, followed: TailedFile, found: FileStatus | Obstacle, now_us: int, room: int, lines: GatheredLines
) -> int:
    """Read up to `room` bytes of one file; return their number.

    Raises:
        Truncated: the file no longer contains what was read of it.
        OSError: it cannot be read.
    """
    if followed.handle is None:
        raise OSError(errno.ESTALE, "out of reach")
    at_path = isinstance(found, FileStatus) and found.identity == followed.identity
    if followed.just_met or not at_path or isinstance(found, Obstacle):
        status, followed.just_met = followed.handle.status(), False
    else:
        status = found
    if followed.is_suspect(status):
        if look_beside(chain, followed, now_us, at_path=at_path):
            return 0
        if followed.just_met:
            status, followed.just_met = followed.handle.status(), False
        followed.note_time(status.mtime_ns)
    followed.see(status, now_us)
    if at_path:
        followed.at_path_ns = status.mtime_ns  # it is not truncated: copies of its later content are not older
    if not (followed.unread and room):
        return 0
    count, data = followed.read(room)
    lines.add(data, chain.log_file(followed), followed.starts)
    return count
