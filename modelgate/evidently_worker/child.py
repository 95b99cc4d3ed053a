"""What runs in Evidently's process: a line of JSON in, a line of JSON out.

It is run by its path and imports nothing of modelgate's. It opens no connection: whoever tries is
refused, and how many sockets were made since it was ready stands in each answer.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import warnings
from typing import Any

_IDLE_SECONDS = 300.0
"""Without a question for so long, the process ends; the next question starts another."""
_SOCKETS: list[str] = []


def main() -> None:
    """Answer until the parent closes its end, or is gone."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print must not stand between the answers
    last = [time.monotonic()]
    threading.Thread(target=_watch, args=(int(sys.argv[1]), last), daemon=True).start()
    sys.addaudithook(_refuse_connections)
    warnings.simplefilter("ignore")
    import evidently  # noqa: F401 (seconds, while the model still answers)

    _SOCKETS.clear()  # some packages try at import whether there is IPv6

    for line in sys.stdin:
        last[0] = float("inf")
        try:
            answer = _answer(json.loads(line))
        except Exception as error:  # noqa: BLE001 (whatever it was, the parent is told)
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer | {"sockets": len(_SOCKETS)}, allow_nan=False) + "\n")
        answers.flush()
        last[0] = time.monotonic()


def _watch(parent: int, last: list[float]) -> None:
    while os.getppid() == parent and time.monotonic() - last[0] < _IDLE_SECONDS:
        time.sleep(0.5)
    os._exit(0)


def _refuse_connections(event: str, _: Any) -> None:
    if event == "socket.__new__":
        _SOCKETS.append(event)
    if event in {"socket.connect", "socket.sendto", "socket.bind", "socket.getaddrinfo"}:
        raise PermissionError(f"{event}: this process opens no connection")


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    import evidently
    from evidently import Report

    snapshot = Report([_metric(asked)], include_tests=True).run(
        _frame(asked["current"]), _frame(asked["reference"])
    )
    found = snapshot.dict()
    values = {one["id"]: one for one in found["metrics"]}
    tests = [_test(one, values) for one in found["tests"]]
    if asked["html"]:
        snapshot.save_html(asked["html"])
    return {"tests": tests, "metrics": len(values), "version": evidently.__version__}


def _frame(path: str) -> Any:
    import pyarrow as pa

    with pa.memory_map(path) as file:
        return pa.ipc.open_file(file).read_all().to_pandas()


def _metric(asked: dict[str, Any]) -> Any:
    from evidently import metrics, presets, tests

    kind = getattr(presets, asked["name"], None) or getattr(metrics, asked["name"], None)
    if not isinstance(kind, type):
        raise LookupError(  # noqa: TRY004 (a name, not a type, is wrong)
            f"Evidently has no preset and no metric {asked['name']!r}"
        )
    further = dict(asked["settings"])
    if asked["tests"]:
        further["tests"] = [getattr(tests, name)(limit) for name, limit in asked["tests"]]
    return kind(**further)


def _test(found: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    told = found["metric_config"]
    metric = values.get(told["metric_id"], {})
    config = metric.get("config") or told["params"]
    limit = found["test_config"].get("threshold", config.get("threshold"))
    return {
        "test": found["name"],
        "status": getattr(found["status"], "value", str(found["status"])).lower(),
        "value": _number(metric.get("value")),
        "threshold": limit if isinstance(limit, int | float) else None,
        "method": config.get("method"),
        "column": config.get("column"),
        "says": found["description"],
    }


def _number(value: Any) -> Any:
    """A number, or a mapping of numbers; None where one is missing or not finite."""
    if isinstance(value, dict):
        found = {str(key): _number(one) for key, one in value.items()}
        return None if None in found.values() else found
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if abs(number) < float("inf") else None


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)
