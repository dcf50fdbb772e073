"""Converts the patterns of Java in the ``%{...}t`` of Jetty and Tomcat: ``dd/MMM/yyyy:HH:mm:ss ZZZ|GMT``.

The letters are those of java.time.format.DateTimeFormatter and java.text.SimpleDateFormat.
"""

import re

_IS_JAVA = re.compile(r"(?=[^%]*(?:yy|uu|HH|dd|mm))[^%]*")
_PIECE = re.compile(r"'([^']*)'|(([A-Za-z])\3*)|([^A-Za-z'])")
_CODES = {
    **{"yy": "%y", "yyyy": "%Y", "uuuu": "%Y", "M": "%m", "MM": "%m", "MMM": "%b", "MMMM": "%B", "d": "%d", "dd": "%d"},
    **{"DDD": "%j", "H": "%H", "HH": "%H", "h": "%I", "hh": "%I", "a": "%p", "mm": "%M", "ss": "%S", "SSS": "%f"},
    **{"SSSSSS": "%f", "Z": "%z", "ZZ": "%z", "ZZZ": "%z", "ZZZZZ": "%z", "X": "%z", "XX": "%z", "XXX": "%z"},
    **{"z": "%Z", "zzz": "%Z", "E": "%a", "EEE": "%a", "EEEE": "%A"},
}


def java_pattern(parameter: str) -> str | None:
    """Return a Java pattern as a strftime pattern; None if it is not one, or has no equivalent.

    Args:
        parameter: The pattern, optionally followed by Jetty's zone and language, each after a bar.
    """
    if not _IS_JAVA.fullmatch(parameter):
        return None
    written: list[str] = []
    # Jetty encloses every time in brackets, Tomcat only the default one.
    for quoted, letters, _, other in _PIECE.findall(parameter.partition("|")[0]):
        if letters and letters not in _CODES:
            return None
        written.append(_CODES.get(letters) or quoted or other or "'")
    return "%[" + "".join(written) + "%]"
