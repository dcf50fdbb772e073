"""Dataclasses with slots whose methods are made when they are first called, most of them never.

`dataclasses.dataclass` compiles seven methods for each class when it is imported. A replay imports eighty such classes,
and makes objects of half of them; that was a quarter of its start.
"""

from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, field, fields
from dataclasses import dataclass as plain_dataclass
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

Class = TypeVar("Class", bound=type)
_Values = Callable[[Any], tuple[Any, ...]]


@dataclass_transform(field_specifiers=(field,))
def dataclass(*, slots: bool, frozen: bool = False, kw_only: bool = False) -> Callable[[Class], Class]:
    """Return what makes a class a dataclass, as `dataclasses.dataclass` does; methods that it has stay.

    Its fields may have defaults, factories and metadata; they are all compared, hashed and shown.

    Args:
        slots: Always true.
        frozen: No attribute can be set.
        kw_only: Fields are given by name.
    """
    assert slots

    def make(plain: Class) -> Class:
        made: Any = plain_dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)(plain)
        values = _values_of([part.name for part in fields(made)])
        methods: dict[str, Callable[..., Any] | None] = {
            "__init__": _first_init(made, frozen=frozen),
            "__repr__": _repr,
            "__eq__": _equality(values),
            "__hash__": None,
        }
        if frozen:
            methods |= {
                "__hash__": lambda self: hash(values(self)),
                "__setattr__": _refuse_to_set,
                "__delattr__": _refuse_to_delete,
                "__getstate__": lambda self: values(self),
                "__setstate__": _set_state,
            }
        own = frozenset(vars(made))
        for name, method in methods.items():
            if name not in own:
                setattr(made, name, method)
        result: Class = made
        return result

    return make


def _first_init(made: Any, *, frozen: bool) -> Callable[..., None]:
    """Return what takes the place of ``__init__`` until it is called."""

    def __init__(self: Any, *args: Any, **more: Any) -> None:
        made.__init__ = _init(made, frozen=frozen)
        made.__init__(self, *args, **more)

    return __init__


def _init(made: Any, *, frozen: bool) -> Callable[..., None]:
    """Return the ``__init__`` of a class; that of `dataclasses.dataclass` takes a third longer where it is frozen."""
    names: dict[str, Any] = {"__name__": made.__module__, "__missing": MISSING}
    positional, by_name = ["self"], ["*"]
    body: list[str] = []
    for part in fields(made):
        name = value = given = part.name
        if part.default is not MISSING:
            given, names[f"__default_{name}"] = f"{name}=__default_{name}", part.default
        elif part.default_factory is not MISSING:
            given, names[f"__make_{name}"] = f"{name}=__missing", part.default_factory
            value = f"__make_{name}() if {name} is __missing else {name}"
        if frozen:
            names[f"__set_{name}"] = getattr(made, name).__set__
            body.append(f"__set_{name}(self, {value})")
        else:
            body.append(f"self.{name} = {value}")
        (by_name if part.kw_only else positional).append(given)
    if hasattr(made, "__post_init__"):
        body.append("self.__post_init__()")
    parameters = ", ".join(positional + (by_name if len(by_name) > 1 else []))
    exec("\n    ".join([f"def __init__({parameters}):", *body, "pass"]), names)
    init: Callable[..., None] = names["__init__"]
    init.__qualname__ = f"{made.__qualname__}.__init__"
    return init


def _values_of(names: list[str]) -> _Values:
    """Return what gives the attributes of an object."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda self: tuple(getattr(self, name) for name in names)


def _equality(values: _Values) -> Callable[[Any, Any], bool]:
    def __eq__(self: Any, other: Any) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    return __eq__


def _repr(self: Any) -> str:
    parts = ", ".join(f"{part.name}={getattr(self, part.name)!r}" for part in fields(self))
    return f"{self.__class__.__qualname__}({parts})"


def _refuse_to_set(self: Any, name: str, value: Any) -> None:
    del self, value
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: Any, name: str) -> None:
    del self
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _set_state(self: Any, state: tuple[Any, ...]) -> None:
    for part, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, part.name, value)
