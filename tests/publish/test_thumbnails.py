"""Whatever lies in the evidence folder, a page is written, and its pictures are small."""

from __future__ import annotations

import base64
import io
import os
import random
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from mediawatch.publish.reports.thumbnails import draw_thumbnail, draw_thumbnails
from mediawatch.workbooks.images import media_type

SIZE = (400, 300)


def shown(body: bytes) -> Image.Image | None:
    drawn = draw_thumbnail(body, SIZE)
    if not drawn:
        return None
    assert drawn.startswith("data:image/jpeg;base64,")
    return Image.open(io.BytesIO(base64.b64decode(drawn.partition(",")[2])))


def encoded(image: Image.Image, kind: str, **more: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **more)
    return buffer.getvalue()


def png_of(width: int, height: int, data: bytes = b"") -> bytes:
    """A PNG that says this size, whatever it holds."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(data, 9))
        + chunk(b"IEND", b"")
    )


def half(kind: str, **more: object) -> bytes:
    """Red above, blue below."""
    image = Image.new("RGB", (800, 600), "red")
    image.paste("blue", (0, 300, 800, 600))
    return encoded(image, kind, **more)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_shown_small(kind: str) -> None:
    drawn = shown(half(kind))
    assert drawn is not None
    assert drawn.size == (400, 300)
    top, bottom = drawn.getpixel((200, 20)), drawn.getpixel((200, 280))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert (top[0] > 200, bottom[2] > 200) == (True, True)


def test_the_pictures_of_a_page_share_its_room(tmp_path: Path) -> None:
    noise = Image.effect_noise((420, 320), 80)
    paths = []
    for number in range(6):
        paths.append(tmp_path / f"{number}.jpg")
        noise.save(paths[-1])
    reads = [path.read_bytes for path in paths]
    alone = len(draw_thumbnail(reads[0](), SIZE))
    plenty = draw_thumbnails([*reads, None], 7 * alone)
    assert [len(each or "") for each in plenty] == [alone] * 6 + [0]
    tight = draw_thumbnails(reads, 3 * alone)
    assert all(tight)
    assert sum(len(each or "") for each in tight) <= 3 * alone
    short = draw_thumbnails(reads, alone // 2)
    assert sum(len(each or "") for each in short) <= alone // 2
    assert short[-1] is None
    assert draw_thumbnails(reads, -1) == [None] * 6
    (tmp_path / "0.jpg").write_bytes(b"no picture")
    assert draw_thumbnails(reads[:2], 3 * alone)[0] == ""


def test_a_picture_stands_upright_and_keeps_no_writing() -> None:
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    exif[0x010E] = "a secret place"
    drawn = shown(half("JPEG", exif=exif, icc_profile=b"\0" * 5000))
    assert drawn is not None
    top = drawn.getpixel((200, 20))
    assert isinstance(top, tuple)
    assert top[2] > 200
    assert not drawn.getexif()
    assert "icc_profile" not in drawn.info


@pytest.mark.parametrize(
    "made",
    [
        lambda: png_of(60_000, 60_000),
        lambda: png_of(10_000, 10_000, bytes(10_000 * 10_001)),
        lambda: png_of(0, 5),
        lambda: png_of(2**31 - 1, 2**31 - 1),
        lambda: b"",
        lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        lambda: half("JPEG")[:300],
        lambda: half("GIF"),
        lambda: half("TIFF"),
        lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    ],
)
def test_what_is_too_large_or_no_picture_is_left_out(made: Callable[[], bytes]) -> None:
    assert shown(made()) is None


@pytest.mark.parametrize(
    "image",
    [
        Image.new("RGB", (1, 60_000)),
        Image.new("RGB", (60_000, 1)),
        Image.new("RGBA", (500, 500), (0, 0, 0, 0)),
        Image.new("P", (500, 500)),
        Image.new("I;16", (500, 500)),
        Image.new("LA", (500, 500)),
        Image.new("1", (500, 500)),
    ],
)
def test_odd_pictures_are_drawn_within_the_bounds(image: Image.Image) -> None:
    drawn = shown(encoded(image, "PNG"))
    assert drawn is not None
    assert drawn.width <= SIZE[0]
    assert drawn.height <= SIZE[1]
    if image.mode == "RGBA":
        assert drawn.getpixel((5, 5)) == (255, 255, 255)


def test_an_animation_shows_its_first_frame() -> None:
    frames = [Image.new("RGB", (50, 50), colour) for colour in ("red", "blue", "green")]
    for kind in ("WEBP", "PNG"):
        body = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
        drawn = shown(body)
        assert drawn is not None
        pixel = drawn.getpixel((25, 25))
        assert isinstance(pixel, tuple)
        assert pixel[0] > 200
    jpeg = encoded(Image.new("CMYK", (50, 50)), "JPEG")
    assert shown(jpeg) is not None


def spoil(seed: int) -> bytes:
    """A picture with bytes changed, cut out or doubled."""
    chance = random.Random(seed)
    body = bytearray(half(chance.choice(["PNG", "JPEG", "WEBP"])))
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(body)) if chance.random() < 0.5 else chance.randrange(64)
        match chance.randrange(3):
            case 0:
                body[at] = chance.randrange(256)
            case 1:
                del body[at : at + chance.randrange(1, 40)]
            case _:
                body[at:at] = body[at : at + chance.randrange(1, 40)]
    return bytes(body)


@pytest.mark.parametrize(
    "seeds", [range(30), pytest.param(range(30, 3000), marks=pytest.mark.soak)]
)
def test_no_damaged_picture_breaks_a_page(seeds: range) -> None:
    drawn = [shown(spoil(seed)) is not None for seed in seeds]
    assert True in drawn
    assert False in drawn


def test_a_picture_of_many_pixels_costs_little_memory(tmp_path: Path) -> None:
    """It passes at intake: a few kilobytes of one colour."""
    whole = png_of(8_000, 7_900, bytes(7_900 * 8_001))
    assert media_type(whole) == "image/png"
    (tmp_path / "a.png").write_bytes(whole)
    script = (
        "import re, sys; from pathlib import Path\n"
        "from mediawatch.publish.reports.thumbnails import draw_thumbnail\n"
        f"assert draw_thumbnail(Path(sys.argv[1]).read_bytes(), {SIZE})\n"
        # Not `ru_maxrss`: a new program begins with that of the process which started it.
        "print(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "a.png")],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ,
    )
    assert int(done.stdout) < 500_000  # kilobytes
