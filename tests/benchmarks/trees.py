"""scikit-learn's histogram-boosted trees as an ONNX tree ensemble, written node by node.

skl2onnx 1.20 writes their missing-value flags as booleans, which onnx 1.23 refuses.
"""

from __future__ import annotations

from typing import Any

_OF_NODES = (
    "treeids",
    "nodeids",
    "featureids",
    "modes",
    "values",
    "truenodeids",
    "falsenodeids",
    "missing_value_tracks_true",
)


def boosted(fitted: Any, columns: int) -> bytes:
    """The ONNX bytes of a fitted two-class `HistGradientBoostingClassifier`.

    Inputs: `features` (rows, columns) float32, NaN where missing. Outputs: `label` (rows,) int64
    and `probabilities` (rows, 2) float32.
    """
    from onnx import TensorProto, helper

    nodes: dict[str, list[Any]] = {name: [] for name in _OF_NODES}
    leaves: dict[str, list[Any]] = {"treeids": [], "nodeids": [], "ids": [], "weights": []}
    for tree, predictors in enumerate(fitted._predictors):
        for place, node in enumerate(predictors[0].nodes):
            leaf = bool(node["is_leaf"])
            nodes["treeids"].append(tree)
            nodes["nodeids"].append(place)
            nodes["featureids"].append(0 if leaf else int(node["feature_idx"]))
            nodes["modes"].append("LEAF" if leaf else "BRANCH_LEQ")
            nodes["values"].append(0.0 if leaf else float(node["num_threshold"]))
            nodes["truenodeids"].append(0 if leaf else int(node["left"]))
            nodes["falsenodeids"].append(0 if leaf else int(node["right"]))
            nodes["missing_value_tracks_true"].append(int(node["missing_go_to_left"] and not leaf))
            if leaf:
                leaves["treeids"].append(tree)
                leaves["nodeids"].append(place)
                leaves["ids"].append(0)
                leaves["weights"].append(float(node["value"]))
    attributes: dict[str, Any] = {
        **{f"nodes_{name}": values for name, values in nodes.items()},
        **{f"class_{name}": values for name, values in leaves.items()},
    }
    ensemble = helper.make_node(
        "TreeEnsembleClassifier",
        ["features"],
        ["label", "probabilities"],
        domain="ai.onnx.ml",
        base_values=[float(fitted._baseline_prediction.item())],
        classlabels_int64s=[0, 1],
        post_transform="LOGISTIC",
        **attributes,
    )
    given = helper.make_tensor_value_info("features", TensorProto.FLOAT, [None, columns])
    label = helper.make_tensor_value_info("label", TensorProto.INT64, [None])
    scores = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, 2])
    graph = helper.make_graph([ensemble], "trees", [given], [label, scores])
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    made = helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="benchmark")
    return bytes(made.SerializeToString())
