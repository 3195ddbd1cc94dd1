"""Faults in the running engine: the code of a function is exchanged, wherever the function is known already."""

from __future__ import annotations

import gc
import sys
import types
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

ENGINE = Path(__file__).parents[2] / "billing" / "engine"
Functions = dict[tuple[str, str], list[types.FunctionType]]
Lines = dict[str, set[int]]


def live_functions(folder: Path = ENGINE) -> Functions:
    """Return every function that was made from the files of a folder, by path and qualified name."""
    found: Functions = defaultdict(list)
    gc.unfreeze()  # what tests/conftest.py froze is in no list
    for one in gc.get_objects():
        # By its type alone: a lazy object that is asked what it is an instance of is made, whatever it needs for it.
        if type(one) is types.FunctionType and one.__code__.co_filename.startswith(f"{folder}/"):
            found[one.__code__.co_filename, one.__code__.co_qualname].append(one)
    gc.freeze()
    return found


def plant(code: types.CodeType, functions: Iterable[types.FunctionType]) -> bool:
    """Give functions another code; return whether there was one that could take it."""
    done = False
    for function in functions:
        if function.__code__.co_freevars == code.co_freevars:
            function.__code__ = code
            done = True
    return done


def lines_carried_out(deed: Callable[[], object], folder: Path = ENGINE) -> Lines:
    """Return the lines of a folder's files that a deed carries out."""
    found: Lines = defaultdict(set)
    place = f"{folder}/"

    def enter(frame: types.FrameType, _event: str, _arg: object) -> Callable[..., object] | None:
        if not frame.f_code.co_filename.startswith(place):
            return None
        lines = found[frame.f_code.co_filename]

        def line(frame: types.FrameType, _event: str, _arg: object) -> Callable[..., object]:
            lines.add(frame.f_lineno)
            return line

        lines.add(frame.f_lineno)
        return line

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        deed()
    finally:
        sys.settrace(before)
    return dict(found)
