"""The colours of the roles, as terminal codes; imported only when output is coloured."""

from colorama import Fore, Style, just_fix_windows_console

from http_monitor.display.style import Palette

COLOURS: Palette = {
    "bold": Style.BRIGHT,
    "dim": Style.DIM,
    "accent": Fore.CYAN,
    "good": Fore.GREEN,
    "warn": Fore.YELLOW,
    "bad": Fore.RED,
    "raised": Style.BRIGHT + Fore.RED,
    "recovered": Style.BRIGHT + Fore.GREEN,
}
"""What stands before a text of that role; `style.RESET` stands after it."""


def prepare_console() -> None:
    """Make the console of older Windows understand the codes; does nothing elsewhere."""
    just_fix_windows_console()
