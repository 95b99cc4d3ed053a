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


class MistakeError(Exception):
    """What a step asks for, its preset or metric does not take."""


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
        except MistakeError as error:
            answer = {"mistake": str(error)}
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

    told = asked.get("definition")
    metric, wanted = _metric(asked, (told or {}).get("task") or {})
    sides = [_dataset(asked[side], told) for side in ("current", "reference")]
    snapshot = Report([metric], include_tests=not asked["tests"]).run(*sides)
    found = snapshot.dict()
    values = {one["id"]: one for one in found["metrics"]}
    tests = [_test(one, values) for one in found["tests"]]
    if len(tests) < wanted:
        raise MistakeError(
            f"Evidently's {asked['name']} made {len(tests)} of {wanted} tests that the step writes:"
            " a figure is missing, such as one of scores that the model lacks"
        )
    if asked["html"]:
        snapshot.save_html(asked["html"])
    return {"tests": tests, "metrics": len(values), "version": evidently.__version__}


def _dataset(path: str, told: dict[str, Any] | None) -> Any:
    """The rows, with what is known of their columns; with what Evidently guesses where None."""
    import pyarrow as pa
    from evidently import DataDefinition, Dataset

    with pa.memory_map(path) as file:
        frame = pa.ipc.open_file(file).read_all().to_pandas()
    definition = None
    if told is not None:
        kinds = ("numerical", "categorical", "text", "datetime")
        definition = DataDefinition(
            **{f"{kind}_columns": told[kind] for kind in kinds},
            unknown_columns=[],
            list_columns=[],
            **_task(told["task"]),
        )
    return Dataset.from_pandas(frame, data_definition=definition)


def _task(told: dict[str, Any] | None) -> dict[str, Any]:
    """Which columns are the target and the answers, of a data definition."""
    from evidently import BinaryClassification, MulticlassClassification, Regression

    if told is None:
        return {}
    if told["task"] == "regression":
        return {"regression": [Regression(target=told["target"], prediction=told["answer"])]}
    scores = told["scores"] or None
    named = {"target": told["target"], "prediction_labels": told["answer"]}
    if told["positive"] is None:
        return {"classification": [MulticlassClassification(**named, prediction_probas=scores)]}
    binary = BinaryClassification(
        **named, prediction_probas=scores and scores[0], pos_label=told["positive"]
    )
    return {"classification": [binary]}


def _metric(asked: dict[str, Any], task: dict[str, Any]) -> tuple[Any, int]:
    """What is asked for, and how many tests the step's own come to."""
    from evidently import metrics, presets, tests

    name = asked["name"]
    kind = getattr(presets, name, None) or getattr(metrics, name, None)
    if not isinstance(kind, type):
        raise MistakeError(f"this Evidently has no preset and no metric {name!r}")
    fields: dict[str, Any] = getattr(kind, "__fields__", {})
    further = dict(asked["settings"])
    for setting in further:
        if setting not in fields:
            raise MistakeError(f"Evidently's {name} takes no {setting!r}")
    lacking = [one for one in ("column", "column_name") if _needs(fields, one, further)]
    if lacking:
        raise MistakeError(f"Evidently's {name} is about one column: write `column: NAME`")
    wanted: dict[str, list[Any]] = {}
    for about, test, limit in asked["tests"]:
        wanted.setdefault(_place(name, fields, about), []).append(getattr(tests, test)(limit))
    count = 0
    for place, several in wanted.items():
        further[place] = _shaped(fields[place], several, task.get("classes") or [])
        count += len(several) * (len(further[place]) if isinstance(further[place], dict) else 1)
    return kind(**further), count


def _needs(fields: dict[str, Any], name: str, given: dict[str, Any]) -> bool:
    return name in fields and bool(fields[name].required) and name not in given


def _place(name: str, fields: dict[str, Any], about: str) -> str:
    """The argument that takes tests of a figure."""
    places = [one for one in fields if one.endswith("tests") and one != "include_tests"]
    if about:
        found = f"{about}_tests"
    else:
        found = next((one for one in ("tests", "mean_tests") if one in places), "")
    if found in places:
        return found
    figures = ", ".join(one.removesuffix("_tests") for one in places if one != "tests")
    hint = f"say of which figure, one of {figures}" if figures else "it takes none"
    raise MistakeError(f"Evidently's {name} takes no tests of {about or 'everything'}: {hint}")


def _shaped(field: Any, tests: list[Any], classes: list[str]) -> Any:
    """Tests as an argument takes them: alone, of a mean, or of each class."""
    from evidently.core.metric_types import MeanStdMetricTests

    if field.outer_type_ is MeanStdMetricTests:
        return MeanStdMetricTests(mean=tests)
    if str(field.outer_type_).startswith("typing.Dict"):
        return dict.fromkeys(classes, tests)
    return tests


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
