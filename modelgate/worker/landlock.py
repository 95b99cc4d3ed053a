"""Files that the worker may touch: it reads its libraries, and writes to its own folder only.

Source: https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_READ_FILE, _READ_DIR, _EXECUTE = 1 << 2, 1 << 3, 1 << 0
_READ = _READ_FILE | _READ_DIR
_OF_FILES = 0xC007  # execute, write, read, truncate, ioctl: what a file may have
_READABLE = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/share/locale",
    "/usr/share/i18n",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/self",
    "/sys/bus",
    "/sys/class",
    "/sys/devices",
    "/sys/fs/cgroup",
    "/dev/null",
    "/dev/urandom",
)


def install(folder: str) -> bool:
    """Whether the file system is shut but for the libraries and `folder`."""
    libc = ctypes.CDLL(None, use_errno=True)
    version = int(libc.syscall(_CREATE_RULESET, None, 0, 1))
    if version < 1:
        return False
    every = _every_right(version)
    # Rights on files; binding and connecting TCP sockets; abstract sockets and signals.
    attributes = struct.pack("=QQQ", every, 0b11, 0b11)
    size = 8 if version < 4 else 16 if version < 6 else 24
    rules = int(libc.syscall(_CREATE_RULESET, attributes[:size], size, 0))
    if rules < 0:
        return False
    try:
        _allow(libc, rules, folder, every)
        for path in dict.fromkeys([*_READABLE, *_libraries(), os.environ.get("LOCPATH", "")]):
            if path:
                _allow(libc, rules, path, _READ | _EXECUTE)
        return int(libc.syscall(_RESTRICT_SELF, rules, 0)) == 0
    finally:
        os.close(rules)


def _every_right(version: int) -> int:
    """All rights on files that this version of Landlock knows of."""
    bits = {1: 13, 2: 14, 3: 15, 4: 15}.get(version, 16)
    return (1 << bits) - 1


def _libraries() -> list[str]:
    """Where Python and its packages lie.

    Where modelgate runs from a repository, only the package itself: labels may lie beside it.
    """
    own = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    beside = os.path.dirname(own)  # noqa: PTH120
    packages = os.path.isdir(os.path.join(beside, "numpy"))  # noqa: PTH112, PTH118
    paths = [own if path == beside and not packages else path for path in sys.path]
    return [*paths, sys.prefix, sys.base_prefix]


def _allow(libc: ctypes.CDLL, rules: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there needs no rule
    try:
        if not os.path.isdir(path):  # noqa: PTH112 (no pathlib: this runs before every import)
            rights &= _OF_FILES
        libc.syscall(_ADD_RULE, rules, 1, struct.pack("=Qi", rights, place), 0)
    finally:
        os.close(place)
