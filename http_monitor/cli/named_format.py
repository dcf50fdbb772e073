"""The format that the user, or the configuration of the server, names for a file."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from http_monitor.errors import UsageError
from http_monitor.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from http_monitor.parser.declared.own_time import OwnTime
    from http_monitor.parser.fields.zones import Zone
    from http_monitor.ports.log_format import LogFormat
    from http_monitor.ports.wrapper import Wrapper
    from http_monitor.serverconf import Origin


class NamedFormat:
    """Makes the format of one file.

    Args:
        settings: The settings of the run.
        zone: The zone of times without one; None: the usual one.
        own_time: The directive of a format string that is the time; None: the server's usual one.
        origin: The format from the server's configuration; None: no configuration was given.
    """

    def __init__(
        self, settings: Settings, zone: "Zone | None", own_time: "OwnTime | None", origin: "Origin | None"
    ) -> None:
        self._settings = settings
        self._zone = zone
        self._own_time = own_time
        self._origin = origin

    def check(self, sample: Callable[[], bytes]) -> None:
        """Check that the lines have a time, or one around them, or count by their arrival.

        Args:
            sample: Returns the first or last lines of the file; empty if they are not known.

        Raises:
            UsageError: they have none, or the format cannot be read.
        """
        wrong, settings = self._lack_of_time(), self._settings
        if wrong is None or settings.explain is not None or self.by_arrival:
            return
        if settings.unwrap == "none" or self._shows_time(sample()) is False:
            raise wrong

    @property
    def by_arrival(self) -> bool:
        """Whether lines without a time count by their arrival."""
        from http_monitor.parser.presets import TIMELESS

        settings = self._settings
        return not settings.replay and (settings.format in TIMELESS or settings.time == "arrival")

    def make(self) -> "LogFormat":
        """Return the format of lines that are not wrapped."""
        try:
            return self.make_untimed(untimed=False)
        except UsageError:
            return self.make_untimed()

    def make_untimed(self, *, untimed: bool = True) -> "LogFormat":
        """Return the format of lines whose time may be around them.

        Raises:
            UsageError: the format cannot be read, or its lines need a time and have none.
        """
        from http_monitor.parser.formats import get_format

        limit, zone, own, origin = self._settings.max_line_bytes, self._zone, self._own_time, self._origin
        if origin is None:
            return get_format(self._settings.format, limit, zone, own=own, untimed=untimed)
        of_httpd = origin.of_httpd
        made = get_format(origin.format, limit, zone, of_httpd=of_httpd, own=own, untimed=untimed)
        for text in origin.others:
            from http_monitor.parser.detect.fallback import FallbackFormat

            other = get_format(text, limit, zone, of_httpd=of_httpd, own=own, untimed=untimed)
            made = FallbackFormat(made, other, limit)
        return made

    def _lack_of_time(self) -> UsageError | None:
        """Return the error of a format whose lines have no time; None if they have one."""
        from http_monitor.parser.presets import TIMELESS

        if self._settings.format in TIMELESS:
            return UsageError(
                f"--replay: {self._settings.format} lines have no time, and nothing around these has one, so only a"
                " live run counts them, as they arrive"
            )
        try:
            self.make_untimed(untimed=False)
        except UsageError as error:
            try:
                self.make_untimed()
            except UsageError:
                raise error from None
            return error
        return None

    def _shows_time(self, sample: bytes) -> bool | None:
        """Return whether lines have a time around them; None if there are no lines."""
        from http_monitor.parser.wrapped.stamps import read_stamp

        lines = [line for line in sample.split(b"\n") if line.strip()]
        for wrapper in self._wrappers() if lines else ():
            peeled = [inner for line in lines for inner in wrapper.peel(line)]
            if any(inner.time is not None and read_stamp(inner.time[0]) for inner in peeled):
                return True
        return False if lines else None

    def _wrappers(self) -> "Sequence[Wrapper]":
        """Return an instance of each wrapper that lines may have."""
        from http_monitor.unwrap import wrapper, wrappers

        limit, name = self._settings.max_line_bytes, self._settings.unwrap
        return wrappers(limit) if name == "auto" else [wrapper(name, limit)]
