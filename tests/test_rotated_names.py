import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.sources.rotation.rotated_names import (
    age_key,
    bases_of,
    is_compressed,
    is_rotation_of,
    number_of,
    same_template,
)
from tests.examples import examples

_PARTS = st.sampled_from(
    ["access", ".log", ".txt", "-", ".", "_", "1", "12", "20261123", "2026-11-23", "1732400000", ".old", ".gz", ".1"]
)
_NAMES = st.lists(_PARTS, max_size=7).map("".join)


@pytest.mark.parametrize(
    "name",
    [
        "access.log.1",
        "access.log.0",
        "access.log.12.gz",
        "access.log.1.xz",
        "access.log-20261123",
        "access.log-20261123.gz",
        "access.log-2026-11-23",
        "access.log-20261123-1732400000",
        "access.log-20261123-10.gz",
        "access.log.20261123",
        "access.log.2026-11-23_10",
        "access.log.2026-11-23-10_30_00",
        "access.log.1732400000",
        "access.log.old",
        "access-20261123.log",
        "access-20261123.log.gz",
        "access.1.log",
    ],
)
def test_names_that_rotation_gives(name: str) -> None:
    assert is_rotation_of("access.log", name)


@pytest.mark.parametrize(
    "name",
    [
        "access.log",
        "access.log.gz",
        "access.log~",
        "access.log.swp",
        "access.log.tmp",
        "access.log_ssl",
        "access.log.1.html",
        "access.log.1.gz.tmp",
        "access.log.-1",
        "other_access.log",
        "other_access.log.1",
        "access-ssl.log",
        "access2.log",
        "access.log-",
        "access",
        "",
    ],
)
def test_names_that_it_does_not_give(name: str) -> None:
    assert not is_rotation_of("access.log", name)
    with pytest.raises(ValueError, match="is no rotated"):
        age_key("access.log", name)


def test_a_log_without_an_extension_is_rotated_too() -> None:
    assert is_rotation_of("access_log", "access_log.1")
    assert is_rotation_of("access_log", "access_log-20261123.gz")
    assert not is_rotation_of("access_log", "access_log_ssl")


@pytest.mark.parametrize(
    "oldest_first",
    [
        ["access.log.10.gz", "access.log.9", "access.log.2.xz", "access.log.1", "access.log.0"],
        ["access.log-20261122.gz", "access.log-20261123", "access.log-20261123-1", "access.log-20261123-2"],
        ["access.log-20261123-1732400000", "access.log-20261123-1732400060"],
        ["access.log.2025-12-31_23", "access.log.2026-01-01_00", "access.log.2026-01-01_01"],
        ["access-20261122.log", "access-20261123.log.gz"],
        ["access.log.old", "access.log.1"],
    ],
)
def test_the_older_comes_first(oldest_first: list[str]) -> None:
    keys = [age_key("access.log", name) for name in oldest_first]
    assert sorted(keys) == keys
    assert len(set(keys)) == len(keys)


def test_an_archive_is_as_old_as_what_it_was_made_of() -> None:
    assert age_key("access.log", "access.log.1.gz") == age_key("access.log", "access.log.1")


def test_the_number_is_that_of_rotation() -> None:
    assert number_of("access.log", "access.log.12.gz") == 12
    assert number_of("access.log", "access.log-20261123") is None
    assert number_of("access.log", "access.log") is None


def test_compression_is_told_by_the_name() -> None:
    assert [
        name for name in ("a.gz", "a.bz2", "a.xz", "a.zst", "a.lz4", "a.Z", "a.log", "gz") if is_compressed(name)
    ] == [
        "a.gz",
        "a.bz2",
        "a.xz",
        "a.zst",
        "a.lz4",
        "a.Z",
    ]


def test_names_of_one_template_differ_in_digits_only() -> None:
    assert same_template("access-2026-11-23.log", "access-2026-12-01.log")
    assert not same_template("access-2026-11-23.log", "error-2026-11-23.log")
    assert not same_template("access.log", "access.log")


@pytest.mark.parametrize(
    ("name", "bases"),
    [
        ("access.log.2.gz", ["access.log"]),
        ("access-20261123.log", ["access.log"]),
        ("access.1.log", ["access.log"]),
        # Rotated twice by date, or once with a serial number.
        ("access.log-20261122-20261123", ["access.log", "access.log-20261122"]),
        ("access.log", []),
        ("", []),
    ],
)
def test_the_names_that_a_rotated_file_may_have_had(name: str, bases: list[str]) -> None:
    assert list(bases_of(name)) == bases


@settings(max_examples=examples(500))
@given(_NAMES, _NAMES)
def test_the_bases_of_a_name_are_those_that_rotation_gives_it_to(base: str, name: str) -> None:
    assert is_rotation_of(base, name) == (base in set(bases_of(name)))


@settings(max_examples=examples(300))
@given(_NAMES)
def test_what_is_yielded_as_a_base_is_one(name: str) -> None:
    assert all(is_rotation_of(base, name) for base in bases_of(name))


@settings(max_examples=examples(300))
@given(_NAMES, st.sampled_from([".1", ".12.gz", "-20261123", "-20261123-2.xz", ".old", ".2026-11-23_10", "_20261123"]))
def test_a_name_with_the_suffix_of_a_rotation_has_its_base(base: str, suffix: str) -> None:
    assert is_rotation_of(base, base + suffix)
    assert base in set(bases_of(base + suffix))
