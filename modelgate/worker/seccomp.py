"""System calls that the worker must not make: above all, it cannot open a socket.

Source: https://www.kernel.org/doc/html/latest/userspace-api/seccomp_filter.html
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from dataclasses import dataclass

_LOAD, _EQUAL, _ANY_BIT, _AT_LEAST, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_ALLOW = 0x7FFF_0000
_DENY = 0x0005_0000 | errno.EPERM
_NOT_THERE = 0x0005_0000 | errno.ENOSYS
_NUMBER, _ARCHITECTURE, _ARGUMENT = 0, 4, 16  # where they lie in struct seccomp_data
_SET_FILTER, _ALL_THREADS = 1, 1
_X32 = 0x4000_0000
_AF_UNIX = 1
_CLONE_THREAD = 0x0001_0000


@dataclass(frozen=True, slots=True)
class Machine:
    """An architecture: its mark and the numbers of its calls; `limits` is prlimit64."""

    mark: int
    seccomp: int
    socket: int
    clone: int
    clone3: int
    limits: int
    signals: tuple[int, ...]
    refused: tuple[int, ...]


# refused: execve execveat fork vfork ptrace process_vm_readv/writev io_uring_setup pidfd_getfd
# pidfd_open pidfd_send_signal bpf perf_event_open tkill
# mount umount2 pivot_root chroot setns unshare
# keyctl add_key request_key userfaultfd kcmp init_module finit_module open_by_handle_at
_MACHINES = {
    "x86_64": Machine(
        mark=0xC000_003E,
        seccomp=317,
        socket=41,
        clone=56,
        clone3=435,
        limits=302,
        signals=(62, 234, 129, 297),
        refused=(
            *(59, 322, 57, 58, 101, 310, 311, 425, 438, 434, 424, 321, 298),
            *(200, 165, 166, 155, 161, 308, 272, 250, 248, 249, 323, 312, 175, 313, 304),
        ),
    ),
    "aarch64": Machine(
        mark=0xC000_00B7,
        seccomp=277,
        socket=198,
        clone=220,
        clone3=435,
        limits=261,
        signals=(129, 131, 138, 240),
        refused=(
            *(221, 281, 117, 270, 271, 425, 438, 434, 424, 280, 241),
            *(130, 40, 39, 41, 51, 268, 97, 219, 217, 218, 282, 272, 105, 273, 265),
        ),
    ),
}


def install(*, strict: bool) -> bool:
    """Whether the calls are refused from now on, in every thread.

    Args:
        strict: no sockets, processes or foreign signals at all; otherwise only no sockets
            that leave the machine, because drivers of other devices need the rest.
    """
    machine = _MACHINES.get(os.uname().machine)
    if machine is None:
        return False
    program = _program(machine, strict=strict)
    libc = ctypes.CDLL(None, use_errno=True)
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    return int(libc.syscall(machine.seccomp, _SET_FILTER, _ALL_THREADS, header)) == 0


def _program(machine: Machine, *, strict: bool) -> bytes:
    """The filter, in the kernel's packet-filter code."""
    lines = [
        _line(_LOAD, _ARCHITECTURE),
        _line(_EQUAL, machine.mark, 1, 0),
        _line(_RETURN, _DENY),
        _line(_LOAD, _NUMBER),
        _line(_AT_LEAST, _X32, 0, 1),
        _line(_RETURN, _DENY),
    ]
    if strict:
        for number in (machine.socket, *machine.refused):
            lines += _when(number, [_line(_RETURN, _DENY)])
        # glibc falls back to clone where clone3 is not there; clone's flags can be looked at.
        lines += _when(machine.clone3, [_line(_RETURN, _NOT_THERE)])
        lines += _when(machine.clone, _unless(_ANY_BIT, _CLONE_THREAD))
        lines += _when(machine.limits, _unless(_EQUAL, 0))  # 0 is this process itself
        for number in machine.signals:
            lines += _when(number, _unless(_EQUAL, os.getpid()))
    else:
        lines += _when(machine.socket, _unless(_EQUAL, _AF_UNIX))
    return b"".join([*lines, _line(_RETURN, _ALLOW)])


def _when(number: int, then: list[bytes]) -> list[bytes]:
    """Lines for one call; `then` always returns."""
    return [_line(_EQUAL, number, 0, len(then)), *then]


def _unless(comparison: int, value: int) -> list[bytes]:
    """Allow where the first argument compares with the value, refuse otherwise."""
    return [
        _line(_LOAD, _ARGUMENT),
        _line(comparison, value, 0, 1),
        _line(_RETURN, _ALLOW),
        _line(_RETURN, _DENY),
    ]


def _line(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)
