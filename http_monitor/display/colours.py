"""Terminal codes for the colours of the roles; imported only if output is coloured."""

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
"""The code to write before a text of each role; `style.RESET` ends it."""


def prepare_console() -> None:
    """Enable terminal codes in the console of older Windows; does nothing elsewhere."""
    just_fix_windows_console()
