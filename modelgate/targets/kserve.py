"""KServe: an InferenceService whose predictor is led to the release.

The files go into a folder that the cluster knows by another name, such as a mounted volume claim;
the InferenceService is then applied and waited for, or written for whoever applies it.

Source: https://kserve.github.io/website/docs/reference/crd-api, serving.kserve.io/v1beta1.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import yaml

from modelgate.atomic import write_file
from modelgate.errors import ServiceError, StorageError, UsageError
from modelgate.escape import printable, shown
from modelgate.kinds import Kind
from modelgate.kinds.composed import Proven
from modelgate.kinds.single import File, Number, Text, Truth
from modelgate.release import Release
from modelgate.release_folder import KEEP, folder_name, is_whole, prune, put
from modelgate.smoke import ask_once, metadata
from modelgate.targets import Target
from modelgate.yaml_file import read_yaml

if TYPE_CHECKING:
    from lightkube import Client

GROUP, VERSION, KIND = "serving.kserve.io", "v1beta1", "InferenceService"
SECONDS = 600.0
"""That the cluster is given where the project says nothing: it may have to fetch an image."""
PAUSE = 1.0
WE = "modelgate"
_LABEL = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
_STORAGE = re.compile(r"[a-z][a-z0-9+.-]*://[^\s]+")
UNSERVED = ("sklearn",)
"""Formats that no runtime of KServe's own loads: theirs unpickle, and ours are skops files."""


def _named(name: str) -> None:
    if not _LABEL.fullmatch(name):
        raise UsageError(
            "MG2448",
            f"takes a name that Kubernetes can have (a-z, 0-9 and -, at most 63), not"
            f" {shown(name)}",
        )


def _stored(storage: str) -> None:
    if not _STORAGE.fullmatch(storage):
        raise UsageError(
            "MG2448",
            f"takes the URI by which the cluster knows `files`, not {shown(storage)}",
            hint="such as pvc://CLAIM/FOLDER",
        )


class KServe(Target):
    """An InferenceService: {kserve: churn, files: /mnt/models, storage: "pvc://models"}."""

    name: ClassVar[str] = "kserve"
    keys: ClassVar[Mapping[str, Kind]] = {
        "kserve": Proven(Text(), _named),
        "files": File(),
        "storage": Proven(Text(), _stored),
        "namespace": Proven(Text(), _named),
        "manifest": File(),
        "write": File(),
        "context": Text(),
        "url": Text(),
        "smoke": Truth(),
        "seconds": Number(1, 86400),
        "keep": Number(2, 1000, whole=True),
    }
    needed: ClassVar[tuple[str, ...]] = ("files", "storage")

    def _prepare(self, release: Release) -> None:
        """The files, and the cluster's own look at the manifest, which it does not keep yet."""
        manifest = self.manifest(release)
        self._put(release)
        if not self.settings.get("write"):
            with self._client() as client:
                client.apply(_resource().from_dict(manifest), force=True, dry_run=True)

    def _deploy(self, release: Release) -> None:
        manifest = self.manifest(release)
        place = self._put(release)
        before = None
        if written := self.settings.get("write"):
            path = self.root / written
            path.parent.mkdir(parents=True, exist_ok=True)
            write_file(path, yaml.safe_dump(manifest, sort_keys=False).encode())
        else:
            before = self._applied(manifest)
        most = int(self.settings.get("keep") or KEEP)
        prune(self._files, most=most, kept={place.name, before})

    def _withdraw(self, name: str, alias: str) -> None:
        del name, alias
        if written := self.settings.get("write"):
            (self.root / written).unlink(missing_ok=True)
            return
        with self._client() as client:
            if self._stands(client) is not None:
                client.delete(_resource(), self._name, namespace=self._namespace)

    def manifest(self, release: Release) -> dict[str, Any]:
        """The InferenceService that serves a release.

        Of the project's own manifest all stays that says how it is served; what is served, and the
        decision that speaks for it, are ours.

        Raises:
            UsageError: MG2449, the project's manifest is no InferenceService that can be led to a
                model; or its YAML is none.
        """
        found = self._base()
        ours = {
            f"{WE}/version": str(release),
            f"{WE}/digest": release.digest,
            f"{WE}/decision": release.decision,
        }
        about = found["metadata"]
        about["name"] = self._name
        about["namespace"] = self._namespace
        about["labels"] = {**about.get("labels", {}), "app.kubernetes.io/managed-by": WE}
        about["annotations"] = {**about.get("annotations", {}), **ours}
        model = found["spec"]["predictor"].setdefault("model", {})
        if release.format in UNSERVED and "runtime" not in model:
            raise UsageError(
                "MG2449",
                f"no runtime of KServe's own loads {release.format} files that run no code",
                hint="name one of yours in `manifest:`, spec.predictor.model.runtime",
            )
        model.setdefault("modelFormat", {"name": release.format})
        model.setdefault("protocolVersion", "v2")
        storage = str(self.settings["storage"]).rstrip("/")
        model["storageUri"] = f"{storage}/{folder_name(release)}"
        return found

    @property
    def _name(self) -> str:
        return str(self.settings[self.name])

    @property
    def _namespace(self) -> str:
        return str(self.settings.get("namespace") or "default")

    @property
    def _files(self) -> Path:
        return self.root / str(self.settings["files"])

    def _base(self) -> dict[str, Any]:
        """What the project's manifest says, or the least that there is to say."""
        named = self.settings.get("manifest")
        if named is None:
            return {
                "apiVersion": f"{GROUP}/{VERSION}",
                "kind": KIND,
                "metadata": {},
                "spec": {"predictor": {}},
            }
        try:
            text = (self.root / named).read_bytes()
        except OSError as error:
            raise UsageError(
                "MG2449", f"{shown(str(named), 80)} cannot be read: {error.strerror or error}"
            ) from error
        found = read_yaml(text, file=str(named)).plain
        if not _is_one(found):
            raise UsageError(
                "MG2449",
                f"{shown(str(named), 80)} is no {KIND} of {GROUP}/{VERSION} with a spec.predictor"
                " that serves a `model`",
                hint="`containers`, `pmml` and the like in its place cannot be led to a model",
            )
        found.setdefault("metadata", {})
        return dict(found)

    def _put(self, release: Release) -> Path:
        """The release in a folder of its own, as its runtime wants it; where it lies."""
        place = self._files / folder_name(release)

        def lay(path: Path) -> Path:
            return laid(path, release, self._name)

        put(place, release, lay)
        if not is_whole(place, release, lay):
            raise StorageError("MG6111", f"what lies in {shown(str(place), 100)} is not {release}")
        return place

    def _client(self) -> Client:
        """Of the cluster that the usual places name: kubeconfig, or the pod's own account."""
        try:
            from lightkube import Client, KubeConfig
        except ModuleNotFoundError as error:
            raise UsageError(
                "MG2450",
                f"the target kserve needs the package {shown(error.name or str(error), 40)}",
                hint="pip install 'modelgate-ci[kubernetes]'",
            ) from error
        config = KubeConfig.from_env().get(context_name=self.settings.get("context"))
        return Client(config=config, namespace=self._namespace, field_manager=WE)

    def _applied(self, manifest: dict[str, Any]) -> str | None:
        """Apply it, wait until it serves, and ask it once.

        Returns:
            The name of the folder that was served before.
        """
        with self._client() as client:
            before = self._stands(client)
            applied = client.apply(_resource().from_dict(manifest), force=True)
            found = self._awaited(client, applied.metadata.generation or 0)
        if self.settings.get("smoke", True):
            self._asked(found)
        return None if before is None else _folder_of(before)

    def _stands(self, client: Client) -> Mapping[str, Any] | None:
        from lightkube import ApiError

        try:
            found: Mapping[str, Any] = client.get(
                _resource(), self._name, namespace=self._namespace
            )
        except ApiError as error:
            if error.status.code != 404:
                raise
            return None
        return found

    def _awaited(self, client: Client, generation: int) -> Mapping[str, Any]:
        """The InferenceService once it is ready.

        Raises:
            ServiceError: MG7231, it failed, or is not ready in time.
        """
        ends = time.monotonic() + float(self.settings.get("seconds") or SECONDS)
        while True:
            found = self._stands(client) or {}
            status = found.get("status") or {}
            conditions = {one["type"]: one for one in status.get("conditions") or ()}
            ready = conditions.get("Ready") or {}
            current = int(status.get("observedGeneration") or 0) >= generation
            model = status.get("modelStatus") or {}
            state = model.get("transitionStatus") or "UpToDate"
            if current and ready.get("status") == "True" and state == "UpToDate":
                return found
            failure = (model.get("lastFailureInfo") or {}).get("message")
            if current and state in {"InvalidSpec", "BlockedByFailedLoad"}:
                raise ServiceError("MG7231", f"it failed: {printable(failure or state, 200)}")
            if time.monotonic() > ends:
                why = failure or ready.get("message") or ready.get("reason") or "no word of why"
                raise ServiceError("MG7231", f"it is not ready in time: {printable(why, 200)}")
            time.sleep(PAUSE)

    def _asked(self, found: Mapping[str, Any]) -> None:
        """One question, where the cluster or the project says that it answers."""
        import httpx

        base = self.settings.get("url") or (found.get("status") or {}).get("url")
        if not base:
            raise ServiceError("MG7231", "the cluster names no address of it", hint="write `url:`")
        url = f"{str(base).rstrip('/')}/v2/models/{self._name}"
        try:
            with httpx.Client(follow_redirects=False, timeout=30, trust_env=False) as client:
                ask_once(client, url, metadata(client, url))
        except httpx.HTTPError as error:
            why = printable(str(error) or type(error).__name__, 120)
            raise ServiceError(
                "MG7231",
                f"{shown(url, 120)} does not answer: {why}",
                hint="`url:` names where it answers from here; `smoke: false` asks nothing",
            ) from error


def laid(path: Path, release: Release, name: str) -> Path:
    """Where the runtime of a format looks for a file of the release.

    Triton wants NAME/VERSION/model.onnx under the folder that it is given, and serves it by that
    name; MLServer finds model.json, model.ubj or model.txt in it.

    Args:
        path: of the file in the release's folder.
        release: that it is of.
        name: of the InferenceService.
    """
    if str(path) == release.file:
        path = path.with_name(f"model{path.suffix}")
    return Path(name, "1", path) if release.format == "onnx" else path


def _is_one(found: Any) -> bool:
    """Whether it is an InferenceService that serves a model by its format."""
    if not isinstance(found, dict) or found.get("kind") != KIND:
        return False
    spec = found.get("spec")
    predictor = spec.get("predictor") if isinstance(spec, dict) else None
    if found.get("apiVersion") != f"{GROUP}/{VERSION}" or not isinstance(predictor, dict):
        return False
    about = found.get("metadata", {})
    blocks = [about, predictor.get("model", {})]
    if isinstance(about, dict):
        blocks += [about.get(key, {}) for key in ("labels", "annotations")]
    return "containers" not in predictor and all(isinstance(one, dict) for one in blocks)


def _folder_of(found: Mapping[str, Any]) -> str | None:
    model = ((found.get("spec") or {}).get("predictor") or {}).get("model") or {}
    uri = model.get("storageUri")
    return uri.rpartition("/")[2] if isinstance(uri, str) else None


def _resource() -> Any:
    from lightkube.generic_resource import create_namespaced_resource

    return create_namespaced_resource(GROUP, VERSION, KIND, "inferenceservices")
