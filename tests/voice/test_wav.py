from __future__ import annotations

import math
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.voice.sounds import counting, tone
from voice.types import AudioChunk, BadAudio
from voice.wav import FileMicrophone, FileSpeaker, write_wav


def heard(path: Path) -> np.ndarray:
    chunks = list(FileMicrophone(path).chunks())
    assert all(chunk.rate == 16_000 and chunk.samples.dtype == np.int16 for chunk in chunks)
    return np.concatenate([chunk.samples for chunk in chunks])


def pitch(samples: np.ndarray) -> float:
    """Hertz of the loudest component at 16 kHz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * 16_000 / len(samples))


def test_a_16_khz_file_of_16_bits_comes_through_bit_for_bit(tmp_path: Path) -> None:
    sound = counting(40_001)
    soundfile.write(tmp_path / "a.wav", sound, 16_000)

    assert np.array_equal(heard(tmp_path / "a.wav"), sound)


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 24_000, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(
    ("name", "subtype"),
    [
        ("a.wav", "PCM_16"),
        ("a.wav", "PCM_U8"),
        ("a.wav", "PCM_24"),
        ("a.wav", "PCM_32"),
        ("a.wav", "FLOAT"),
        ("a.wav", "DOUBLE"),
        ("a.wav", "ULAW"),
        ("a.flac", "PCM_16"),
        ("a.flac", "PCM_24"),
        ("a.ogg", "VORBIS"),
        ("a.mp3", "MPEG_LAYER_III"),
    ],
)
def test_every_format_rate_and_width_is_heard_at_its_pitch_length_and_loudness(
    tmp_path: Path, name: str, subtype: str, channels: int, rate: int
) -> None:
    if name.endswith(".mp3") and rate > 48_000:
        with pytest.raises(soundfile.SoundFileError):  # MP3 itself ends at 48 kHz
            soundfile.write(tmp_path / name, tone(1.0, 440, rate=rate), rate, subtype=subtype)
        return
    wave = tone(1.0, 440, rate=rate).astype(np.float64) / 32768
    soundfile.write(tmp_path / name, np.stack([wave] * channels, axis=1), rate, subtype=subtype)

    microphone = FileMicrophone(tmp_path / name)
    samples = heard(tmp_path / name)
    middle = samples[3_000:13_000].astype(float)

    assert len(samples) / 16_000 == pytest.approx(microphone.duration, abs=0.001)
    assert microphone.duration == pytest.approx(1.0, abs=0.06)
    assert pitch(middle) == pytest.approx(440, abs=2)
    assert math.sqrt(np.mean(middle**2)) == pytest.approx(8000 / math.sqrt(2), rel=0.05)


def test_stereo_is_averaged(tmp_path: Path) -> None:
    left, right = tone(0.5, 300), tone(0.5, 900)
    soundfile.write(tmp_path / "a.wav", np.stack([left, right], axis=1), 16_000)

    assert np.allclose(heard(tmp_path / "a.wav"), (left.astype(float) + right) / 2, atol=1)


def test_resampling_in_blocks_leaves_no_seams(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(3.0, 440, rate=44_100), 44_100)
    samples = heard(tmp_path / "a.wav").astype(float)

    assert np.allclose(samples[800:-800], tone(3.0, 440)[800 : len(samples) - 800], atol=20)


def test_float_samples_beyond_full_scale_are_clipped_not_wrapped(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.array([2.0, -2.0, 0.5] * 100), 16_000, subtype="FLOAT")

    assert heard(tmp_path / "a.wav")[:3].tolist() == [32767, -32768, 16384]


def test_a_constant_offset_and_clipping_come_through_as_they_are(tmp_path: Path) -> None:
    wave = np.clip(3.0 * np.sin(np.arange(16_000) / 9) + 0.2, -1.0, 1.0)
    soundfile.write(tmp_path / "a.wav", wave, 16_000, subtype="FLOAT")

    assert np.allclose(heard(tmp_path / "a.wav"), np.clip(wave * 32768, -32768, 32767), atol=1)


def test_a_file_cut_off_in_its_samples_is_heard_up_to_there(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", counting(10_000), 16_000)
    whole = (tmp_path / "a.wav").read_bytes()
    (tmp_path / "a.wav").write_bytes(whole[: len(whole) - 10_001])

    kept = heard(tmp_path / "a.wav")
    assert np.array_equal(kept, counting(10_000)[: len(kept)])
    assert len(kept) == 4_999


@pytest.mark.parametrize("size", [b"\xff\xff\xff\xff", b"\x00\xff\xff\x7f"])
def test_a_header_that_does_not_know_its_length_is_no_obstacle(tmp_path: Path, size: bytes) -> None:
    soundfile.write(tmp_path / "a.wav", counting(10_000), 16_000)
    whole = (tmp_path / "a.wav").read_bytes()
    place = whole.index(b"data") + 4
    (tmp_path / "a.wav").write_bytes(whole[:place] + size + whole[place + 4 :])

    assert np.array_equal(heard(tmp_path / "a.wav"), counting(10_000))


def test_a_recording_can_be_heard_twice(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", counting(5_000), 16_000)
    microphone = FileMicrophone(tmp_path / "a.wav")

    assert sum(len(chunk.samples) for chunk in microphone.chunks()) == 5_000
    assert sum(len(chunk.samples) for chunk in microphone.chunks()) == 5_000


@pytest.mark.models
def test_half_an_hour_is_streamed_and_never_held_whole(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    with soundfile.SoundFile(path, "w", samplerate=44_100, channels=1, subtype="PCM_16") as file:
        second = tone(1.0, 440, rate=44_100)
        for _ in range(1800):
            file.write(second)
    microphone = FileMicrophone(path)
    assert microphone.duration == 1800

    tracemalloc.start()
    longest, total = 0, 0
    for chunk in microphone.chunks():
        longest, total = max(longest, len(chunk.samples)), total + len(chunk.samples)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert total == 1800 * 16_000
    assert longest <= 16_000
    assert peak < 10_000_000  # the whole would be 58 MB; what other threads hold meanwhile counts too


def nothing(path: Path) -> None:
    del path


def text(path: Path) -> None:
    path.write_text("This is a shopping list, not a recording.\n" * 40)


def empty(path: Path) -> None:
    path.touch()


def without_samples(path: Path) -> None:
    soundfile.write(path, np.zeros(0, np.int16), 16_000, format="WAV")


def with_nan(path: Path) -> None:
    samples = np.zeros(32_000)
    samples[20_000] = np.nan
    soundfile.write(path, samples, 16_000, subtype="FLOAT", format="WAV")


def with_infinity(path: Path) -> None:
    samples = np.zeros(32_000)
    samples[20_000] = -np.inf
    soundfile.write(path, samples, 16_000, subtype="DOUBLE", format="WAV")


def with_whole_numbers(path: Path) -> None:
    soundfile.write(path, tone(2.0, 440).astype(np.float64), 16_000, subtype="FLOAT", format="WAV")


def broken_flac(path: Path) -> None:
    soundfile.write(path, counting(100_000), 16_000, format="FLAC")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def header_only(path: Path) -> None:
    soundfile.write(path, counting(1000), 16_000, format="WAV")
    path.write_bytes(path.read_bytes()[:20])


def too_slow(path: Path) -> None:
    soundfile.write(path, counting(1000), 1_000, format="WAV")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (nothing, "no such file. Check the path"),
        (Path.mkdir, "this is a folder. Give a WAV, FLAC, OGG or MP3 recording"),
        (text, "not a sound file that can be read. Give a WAV, FLAC, OGG or MP3 recording"),
        (empty, "the file is empty. Record it again"),
        (without_samples, r"the file holds no sound \(0 samples\)"),
        (with_nan, r"samples that are not numbers .* after 1\.2 s. Export or record it again"),
        (with_infinity, r"samples that are not numbers .* after 1\.2 s"),
        (
            with_whole_numbers,
            r"goes to [78]\d\d\d(\.\d)? where 1 is full scale after 0\.0 s. Export or record it again",
        ),
        (broken_flac, r"the file is damaged .* after [\d.]+ s. Export or record it again"),
        (header_only, "not a sound file that can be read"),
        (too_slow, "1000 samples a second are too few for speech"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_fault_and_the_remedy(
    tmp_path: Path, make: Callable[[Path], None], says: str
) -> None:
    path = tmp_path / "request.wav"
    make(path)

    with pytest.raises(BadAudio, match=says) as error:
        list(FileMicrophone(path).chunks())
    assert str(error.value).startswith(f"{path}: ")
    assert "\n" not in str(error.value)


def test_a_headerless_recording_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.raw").write_bytes(b"\x00\x01" * 1000)

    with pytest.raises(BadAudio, match="not a sound file"):
        FileMicrophone(tmp_path / "a.raw")


def test_replies_become_one_wav_of_16_bits(tmp_path: Path) -> None:
    first, second = tone(0.5, 440, rate=22_050), tone(0.25, 880, rate=22_050)
    path = tmp_path / "replies" / "one.wav"

    seconds = write_wav(path, [AudioChunk(first, 22_050), AudioChunk(second, 22_050)])

    samples, rate = soundfile.read(path, dtype="int16")
    assert (rate, soundfile.info(path).subtype) == (22_050, "PCM_16")
    assert np.array_equal(samples, np.concatenate([first, second]))
    assert seconds == pytest.approx(len(samples) / rate)


def test_a_sound_at_another_rate_keeps_its_pitch_in_the_file(tmp_path: Path) -> None:
    with FileSpeaker(tmp_path / "a.wav") as speaker:
        speaker.play([AudioChunk(tone(0.5, 440), 16_000)])
        speaker.play([AudioChunk(tone(1.0, 440, rate=22_050), 22_050)])

    samples, rate = soundfile.read(tmp_path / "a.wav", dtype="int16")
    assert (rate, len(samples)) == (16_000, 24_000)
    assert pitch(samples[10_000:20_000]) == pytest.approx(440, abs=2)


def test_without_any_sound_no_file_is_written(tmp_path: Path) -> None:
    assert write_wav(tmp_path / "a.wav", []) == 0.0
    assert not (tmp_path / "a.wav").exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(BadAudio, match=r"file/a\.wav: cannot be written"):
        write_wav(tmp_path / "file" / "a.wav", [AudioChunk(counting(10), 16_000)])
