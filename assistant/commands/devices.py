"""Command: the microphones and loudspeakers of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from assistant.commands.printing import AsJson, print_json, print_lines
from voice.devices import Device, NoDevice, port_audio


def devices(as_json: AsJson = False) -> None:
    """List microphones and loudspeakers; the settings name one by its number or a part of its name."""
    found = port_audio().devices()
    if not found:
        raise NoDevice(
            "This machine has no sound device. Connect one or start the sound server; sound files work without."
        )
    if as_json:
        for device in found:
            print_json(asdict(device))
    else:
        print_lines(_table("Microphones", [device for device in found if device.inputs], "usual_input"))
        print_lines(_table("Loudspeakers", [device for device in found if device.outputs], "usual_output"))


def _table(title: str, found: list[Device], usual: str) -> Iterator[str]:
    yield f"{title}:" if found else f"{title}: none"
    for device in found:
        mark = "*" if getattr(device, usual) else " "
        yield f"{mark} {device.number:3}  {device.name}, {device.rate} Hz"
