"""Parses a command line by the table of options."""

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from http_monitor import __version__
from http_monitor.arguments.effect import check_effect
from http_monitor.arguments.files import files_of
from http_monitor.arguments.option import Option
from http_monitor.arguments.options import GROUPS, OPTIONS
from http_monitor.arguments.values import quote
from http_monitor.errors import UsageError
from http_monitor.settings import Settings

_PROGRAM = "http-monitor"
_HELP_COLUMNS = 79
_HELP_INDENT = 26
_ALONE = object()
_TOGETHER = 256
"""Number of arguments parsed at once: argparse compares each one with all of them."""
_IN_ORDER = "in_order"
_DEFAULT_FILES = Settings().files
_OTHER_FLAGS = ("-h", "--help", "--version")
_EPILOG = """\
durations are whole seconds: 90, 90s, 2m, 1h or 1d

examples (in a checkout: python main.py in place of http-monitor):
  http-monitor --file /var/log/apache2/access.log
  http-monitor --file '/var/log/nginx/*.log' --interval 30s --window 5m
  http-monitor --replay --file access.log.1.gz --file access.log --top 10
  zcat old.log.gz | http-monitor --replay --file - --output ndjson
  http-monitor --give-me-traffic --traffic-scenario spike --file /tmp/demo.log
  http-monitor --explain --file access.log --output ndjson

exit codes: 0 done or stopped, 1 too little memory, 2 wrong option, 3 input or
output unusable, 4 no line of a replayed file fits any format
"""


def parse_arguments(argv: Sequence[str]) -> Settings:
    """Return the settings for the arguments (without the program's name).

    Raises:
        UsageError: an argument is wrong; the text is one line that names the option.
        SystemExit: with code 0, after ``-h`` or ``--version`` was answered on standard output.
        OSError: that answer could not be written.
    """
    try:
        given, unknown = _parse(_without_value_for_help(_attach_values(argv)))
    except argparse.ArgumentError as error:
        raise _usage_error(error, argv) from None
    if unknown:
        raise _unknown_option(unknown[0])
    texts = vars(given)
    fields: dict[str, Any] = {o.field: _value(o, texts[o.field]) for o in OPTIONS if o.field in texts}
    if fields.get("replay") and not _reports_all(fields):
        fields["every_interval"] = False
    settings = Settings(**_with_files(fields, texts.get(_IN_ORDER, [])))
    check_effect({option.flags[0]: fields[option.field] for option in OPTIONS if option.field in fields})
    return settings


def _reports_all(fields: dict[str, Any]) -> bool:
    """Return whether a replay reports every interval: for a program or a screen, or because the user asks for it."""
    output = fields.get("output", "text")
    return "dashboard" in fields or output == "ndjson" or (output == "text" and "interval_s" in fields)


def _with_files(fields: dict[str, Any], in_order: list[tuple[str, str]]) -> dict[str, Any]:
    """Return the settings for the values of options: a command belongs to the files after it."""
    files, given = files_of(in_order, _DEFAULT_FILES)
    others = {field: value for field, value in fields.items() if field != "given"}
    return {**others, "files": files, "given": given} if in_order else others


class _InOrder(argparse.Action):
    """Stores a value, and the order of files and commands."""

    def __call__(
        self, parser: object, namespace: argparse.Namespace, values: Any, option_string: object = None
    ) -> None:
        del parser, option_string
        setattr(namespace, self.dest, [*getattr(namespace, self.dest, ()), values])
        # Some versions of argparse drop the value -- and pass an empty list.
        text = values if isinstance(values, str) else "--"
        setattr(namespace, _IN_ORDER, [*getattr(namespace, _IN_ORDER, ()), (self.dest, text)])


def _parse(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Return the parsed arguments and the unknown ones, in time linear in their number."""
    parser, given, unknown = _parser(), argparse.Namespace(), list[str]()
    options_end = arguments.index("--") if "--" in arguments else len(arguments)
    start = 0
    while start < len(arguments) or not start:
        end = start + _TOGETHER
        # An option must stay with its value, and `--` with what follows it.
        while end < len(arguments) and (end >= options_end or not arguments[end].startswith("--")):
            end += 1
        given, rest = parser.parse_known_args(arguments[start:end], given)
        unknown += rest
        start = end
    return given, unknown


class _Parser(argparse.ArgumentParser):
    """An argparse parser that raises instead of printing its usage, and if an answer cannot be written."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message)

    def _print_message(self, message: str, file: object = None) -> None:
        # argparse's own method ignores errors of writing.
        del file
        sys.stdout.write(message)
        sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog=_PROGRAM,
        usage=f"{_PROGRAM} [PATH]... [options]",
        description="Watch what an HTTP access log says about a web server now: reports and alerts.",
        epilog=_EPILOG,
        formatter_class=lambda prog: argparse.RawDescriptionHelpFormatter(prog, 2, _HELP_INDENT, _HELP_COLUMNS),
        allow_abbrev=False,
        exit_on_error=False,
        add_help=False,
        argument_default=argparse.SUPPRESS,
    )
    for group in GROUPS:
        section = parser.add_argument_group(group.title)
        for option in group.options:
            # Every value stays text here, so that `_value` words all errors.
            help_text = f"{option.help} (default {option.default.replace('%', '%%')})"
            if option.read is None:
                section.add_argument(*option.flags, dest=option.field, action="store_true", help=help_text)
            elif option.alone is not None:
                section.add_argument(
                    *option.flags, dest=option.field, nargs="?", const=_ALONE, metavar=option.metavar, help=help_text
                )
            else:
                ordered = option.field in ("files", "given")
                action: Any = _InOrder if ordered else "append" if option.repeatable else "store"
                section.add_argument(
                    *option.flags, dest=option.field, action=action, metavar=option.metavar, help=help_text
                )
    other = parser.add_argument_group("other")
    other.add_argument("-h", "--help", action="help", help="show this and stop")
    other.add_argument("--version", action="version", version=f"{_PROGRAM} {__version__}", help="show it and stop")
    return parser


def _attach_values(argv: Iterable[str]) -> list[str]:
    """Return the arguments with ``--interval -5s`` as ``--interval=-5s``, and words without an option as files.

    Standing alone, a value that begins with a hyphen would be taken for an option, and the error would not
    name what was given. An option that may stand alone takes no file that exists.
    """
    with_value = {flag for option in OPTIONS if option.read for flag in option.flags}
    may_stand_alone = {flag for option in OPTIONS if option.alone is not None for flag in option.flags}
    attached: list[str] = []
    waiting = False
    rest = iter(argv)
    for argument in rest:
        is_word = argument == "-" or not argument.startswith("-")
        if waiting and is_word and attached[-1] in may_stand_alone and os.path.lexists(argument):
            waiting = False
        if not waiting and argument == "--":
            return [*attached, *(f"--file={path}" for path in rest)]
        if not waiting and is_word:
            attached.append(f"--file={argument}")
            continue
        # A line of a log may begin with hyphens; no option has a space in its name.
        is_option = argument.startswith("--") and " " not in argument.partition("=")[0]
        if waiting and argument.startswith("-") and not is_option and argument not in ("-", "-h"):
            attached[-1] += "=" + argument
            waiting = False
        else:
            attached.append(argument)
            waiting = (is_option or not waiting) and argument in with_value
    return attached


def _without_value_for_help(arguments: list[str]) -> list[str]:
    """Return the arguments unchanged; refuse ``-hx``, which some versions of argparse answer with the help."""
    for argument in arguments:
        if argument.startswith("-h") and argument != "-h":
            raise UsageError(f"--help: got {quote(argument)}, takes no value")
    return arguments


def _value(option: Option, given: object) -> object:
    if option.read is None:
        return True
    if given is _ALONE:
        return option.alone
    if option.repeatable and isinstance(given, list):
        return tuple(_read(option, item) for item in given)
    return _read(option, given)


def _read(option: Option, given: object) -> object:
    # Some versions of argparse drop the value `--` and pass an empty list.
    text = given if isinstance(given, str) else "--"
    try:
        return option.read(text) if option.read else True
    except ValueError:
        raise UsageError(f"{option.flags[0]}: got {quote(text)}, takes {option.takes}") from None


def _usage_error(error: argparse.ArgumentError, argv: Sequence[str]) -> UsageError:
    flags = (error.argument_name or "").split("/")
    for option in OPTIONS:
        if option.read and option.flags[0] in flags:
            return UsageError(f"{option.flags[0]}: got no value, takes {option.takes}")
    given = next((argument for argument in argv if argument.startswith(tuple(flags))), flags[-1])
    return UsageError(f"{flags[-1]}: got {quote(given)}, takes no value")


def _unknown_option(argument: str) -> UsageError:
    name = argument.partition("=")[0]
    nearest = _nearest(name)
    hint = f"did you mean {nearest}?" if nearest else "-h shows all options"
    return UsageError(f"{quote(name)} is not an option, {hint}")


def _nearest(name: str) -> str | None:
    flags = [flag for option in OPTIONS for flag in option.flags] + list(_OTHER_FLAGS)
    longer = [flag for flag in flags if len(name) > len("--") and flag.startswith(name)]
    import difflib  # noqa: PLC0415 - most command lines have no mistake

    # The comparison is quadratic in the length of what was typed.
    return next(iter(longer or difflib.get_close_matches(name[:40], flags, n=1)), None)
