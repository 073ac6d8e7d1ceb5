"""QR codes as modules, and what a reader of codes sees in a picture."""

from __future__ import annotations

import io

import zxingcpp
from PIL import Image

from mediawatch.ports import Modules


def code_of(text: str, level: str = "M") -> Modules:
    """The modules of a QR code, without its margin; True is dark."""
    code = zxingcpp.create_barcode(
        text.encode(), zxingcpp.BarcodeFormat.QRCode, ec_level=level
    ).to_image(add_quiet_zones=False)
    drawn = Image.fromarray(code)
    dark = [pixel == 0 for pixel in drawn.tobytes()]
    return tuple(tuple(dark[at : at + drawn.width]) for at in range(0, len(dark), drawn.width))


def read_codes(picture: bytes) -> list[bytes]:
    """What the codes in a picture hold."""
    with Image.open(io.BytesIO(picture)) as image:
        return [code.bytes for code in zxingcpp.read_barcodes(image)]
