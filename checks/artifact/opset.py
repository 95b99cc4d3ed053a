from modelgate import Outcome, check
from modelgate.artifact.opsets import faults, release
from modelgate.artifact.told import Most
from modelgate.errors import ModelError
from modelgate.model import Artifact
from modelgate.setting import Version


@check(family="artifact", subject="opset", severity="major", at_most=0, example=("opset: 1.17",))
def opset(artifact: Artifact, *, opset: Version, shown: Most = 5) -> Outcome:
    """The release of onnxruntime that serves the model can run it.

    It is seldom the one that the gate runs. The file's own words are held against what each release
    takes: the newest opset of ONNX and of its domain for classical models, the version of the file
    format, operators of the standard for which it has no kernel on a CPU, and the operators of
    com.microsoft, which quantisers and optimisers write.

    Measures: what the release does not take: `opset: 1.17` names it.
    Settings: opset, the release. shown, how many faults the evidence holds.
    Source: sessions, operators and kernels of the releases themselves, listed in
        modelgate/artifact/onnxruntime.yaml;
        https://onnxruntime.ai/docs/reference/compatibility.html
    """
    if artifact.format != "onnx":
        raise ModelError("MG3192", f"{artifact.name!r} is no ONNX file: it declares no opset")
    named = release(opset)
    found = faults(named, artifact.facts)
    says = f"onnxruntime {named} cannot run the model: {'; '.join(found[:shown])}."
    return Outcome(
        value=float(len(found)),
        better="lower",
        unit="fault",
        kind="exact",
        method="the file's own words against the release's",
        says=says if found else "",
        evidence=tuple({"type": "text", "text": text} for text in found[:shown]),
    )
