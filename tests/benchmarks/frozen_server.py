"""The bare server that ours is measured against: Starlette, onnxruntime, and nothing else.

FROZEN. This file must not be changed, not even to make it faster: every figure that was ever
published is a ratio to it. A better one goes into a new file, with figures of its own.

Run as `python -m tests.benchmarks.frozen_server MODEL PORT`, in a process of its own.
"""

from __future__ import annotations

import sys

import numpy as np
import onnxruntime as ort
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

session = ort.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])


async def infer(request: Request) -> JSONResponse:
    one = (await request.json())["inputs"][0]
    rows = np.array(one["data"], dtype=np.float32).reshape(one["shape"])
    label, scores = session.run(["label", "probabilities"], {one["name"]: rows})
    outputs = [
        {"name": "label", "shape": list(label.shape), "datatype": "BYTES", "data": label.tolist()},
        {
            "name": "probabilities",
            "shape": list(scores.shape),
            "datatype": "FP32",
            "data": scores.ravel().tolist(),
        },
    ]
    return JSONResponse({"model_name": "bare", "outputs": outputs})


app = Starlette(routes=[Route("/v2/models/{name}/infer", infer, methods=["POST"])])
if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="error", access_log=False)
