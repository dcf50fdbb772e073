"""Our dataclasses behave as those of the standard library, from which they differ in what a start pays for them."""

import copy
import dataclasses
import pickle
import pkgutil
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field, fields, replace
from functools import partial
from importlib import import_module
from typing import Any

import pytest

import http_monitor
from http_monitor.values import dataclass

Make = Callable[..., Any]


def _plain(**options: bool) -> Any:
    return dataclasses.dataclass(**options)


def _ours(**options: bool) -> Any:
    return dataclass(**options)


def _classes(make: Make) -> dict[str, Any]:
    """Return the classes of every kind that there is, by their names."""

    @make(slots=True, frozen=True)
    class Empty:
        pass

    @make(slots=True, frozen=True)
    class One:
        only: float

    @make(slots=True, frozen=True)
    class Usual:
        name: bytes
        count: int = 3
        more: tuple[int, ...] = field(default=(), metadata={"told": True})
        made: list[int] = field(default_factory=list)

        def __post_init__(self) -> None:
            if self.count < 0:
                raise ValueError("below 0")

        def twice(self) -> Any:
            same: Any = self
            return replace(same, count=2 * self.count)

    @make(slots=True, frozen=True, kw_only=True)
    class Base:
        number: int = 1
        text: str

    @make(slots=True, frozen=True, kw_only=True)
    class Derived(Base):
        beyond: str = "no"

    @make(slots=True)
    class Open:
        start: int
        found: dict[str, int] = field(default_factory=dict)

    found = {made.__name__: made for made in (Empty, One, Usual, Base, Derived, Open)}
    for made in found.values():
        made.__qualname__ = made.__name__
    return found


PLAIN, OURS = _classes(_plain), _classes(_ours)
GIVEN: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("Empty", (), {}),
    ("One", (1.5,), {}),
    ("One", (), {"only": float("nan")}),
    ("Usual", (b"a",), {}),
    ("Usual", (b"a", 3, ()), {"made": []}),
    ("Usual", (b"a", 4, (1, 2), [5]), {}),
    ("Base", (), {"text": "t"}),
    ("Derived", (), {"text": "t"}),
    ("Derived", (), {"beyond": "b", "text": "u", "number": 2}),
    ("Open", (1,), {}),
    ("Open", (), {"found": {"a": 1}, "start": 2}),
]


def _outcome(ask: Callable[[], Any]) -> Any:
    """Return what comes of it; of an error its type and text."""
    try:
        return ask()
    except (TypeError, ValueError, AttributeError) as error:
        return type(error), str(error).replace("_classes.<locals>.", "")


def _set(some: Any, name: str) -> None:
    setattr(some, name, 1)


@pytest.mark.parametrize(("name", "given", "more"), GIVEN)
def test_objects_show_compare_and_hash_alike(name: str, given: tuple[Any, ...], more: dict[str, Any]) -> None:
    plain, ours = PLAIN[name](*given, **more), OURS[name](*given, **more)
    assert repr(ours) == repr(plain)
    assert _outcome(lambda: hash(ours)) == _outcome(lambda: hash(plain))
    assert [getattr(ours, part.name) for part in fields(ours)] == [getattr(plain, part.name) for part in fields(plain)]
    for other_name, other_given, other_more in GIVEN:
        alike = OURS[other_name](*other_given, **other_more)
        assert (ours == alike) == (plain == PLAIN[other_name](*other_given, **other_more))
    assert ours != plain
    assert ours != given


@pytest.mark.parametrize(("name", "given", "more"), GIVEN)
def test_objects_can_be_copied_and_nothing_in_a_frozen_one_be_set(
    name: str, given: tuple[Any, ...], more: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = OURS[name](*given, **more)
    monkeypatch.setattr(f"{__name__}.{name}", OURS[name], raising=False)
    for again in (copy.copy(ours), copy.deepcopy(ours), replace(ours), pickle.loads(pickle.dumps(ours))):
        assert repr(again) == repr(ours)
        assert again is not ours
    for part in ("start", "text", "only", "unheard_of"):
        for change in (_set, delattr):
            plain = PLAIN[name](*given, **more)
            expected = _outcome(partial(change, plain, part))
            got = _outcome(partial(change, copy.copy(ours), part))
            if name == "Open" or hasattr(plain, part):
                assert got == expected
            else:
                # There is no such attribute; the standard library's word for that is another one in a subclass.
                assert issubclass(got[0], AttributeError)
    assert repr(ours) == repr(OURS[name](*given, **more))


@pytest.mark.parametrize(
    ("name", "given", "more"),
    [
        ("Empty", (1,), {}),
        ("One", (), {}),
        ("One", (1,), {"only": 1}),
        ("Usual", (), {"count": 1}),
        ("Usual", (b"a", -1), {}),
        ("Usual", (b"a", 1, (), [], 1), {}),
        ("Usual", (b"a",), {"unheard_of": 1}),
        ("Base", ("t",), {}),
        ("Derived", (), {"beyond": ""}),
        ("Open", (), {}),
    ],
)
def test_what_cannot_be_made_fails_with_the_same_words(name: str, given: tuple[Any, ...], more: dict[str, Any]) -> None:
    # The first time another method than later is called.
    for ours in (_classes(_ours)[name], OURS[name], OURS[name]):
        error = _outcome(partial(ours, *given, **more))
        assert error == _outcome(partial(PLAIN[name], *given, **more))
        assert error[0] in (TypeError, ValueError)


def test_factories_make_a_new_one_each_time() -> None:
    first, second = OURS["Usual"](b"a"), OURS["Usual"](b"a")
    first.made.append(1)
    assert (first.made, second.made) == ([1], [])


def test_fields_and_patterns_are_those_of_the_standard_library() -> None:
    for name, ours in OURS.items():
        assert [(part.name, part.default, part.metadata) for part in fields(ours)] == [
            (part.name, part.default, part.metadata) for part in fields(PLAIN[name])
        ]
        assert ours.__match_args__ == PLAIN[name].__match_args__
        assert ours.__slots__ == PLAIN[name].__slots__
    assert OURS["Usual"](b"a").twice() == OURS["Usual"](b"a", 6)


def test_a_method_that_a_class_has_stays() -> None:
    @dataclass(slots=True, frozen=True)
    class Loose:
        name: str

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Loose) and self.name.lower() == other.name.lower()

        def __hash__(self) -> int:
            return hash(self.name.lower())

    assert {Loose("a"), Loose("A")} == {Loose("a")}
    with pytest.raises(FrozenInstanceError):
        Loose("a").name = "b"  # type: ignore[misc]


def test_no_class_of_the_program_asks_for_what_is_not_understood() -> None:
    """Fields that are not compared, shown or given would be, and no class of the program is a plain dataclass."""
    found = 0
    for module in pkgutil.walk_packages(http_monitor.__path__, "http_monitor."):
        if module.name.endswith("__main__"):
            continue
        for made in vars(import_module(module.name)).values():
            if isinstance(made, type) and dataclasses.is_dataclass(made) and made.__module__ == module.name:
                found += 1
                assert not made.__dataclass_params__.init, f"{made} is made by `dataclasses.dataclass`"  # type: ignore[attr-defined]
                for part in fields(made):
                    assert (part.init, part.repr, part.compare, part.hash) == (True, True, True, None), made
    assert found > 100
