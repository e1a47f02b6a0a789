"""Makes a PNG small: 256 colours are enough for a picture of text, and a third of the bytes."""

import collections
import struct
import zlib


def chunks(png):
    at = 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at:at + 8])
        yield kind, png[at + 8:at + 8 + length]
        at += 12 + length


def rows(png):
    """The rows of a PNG of red, green, blue, as a browser writes it."""
    parts = list(chunks(png))
    width, height, depth, kind, *_ = struct.unpack(">IIBBBBB", parts[0][1])
    assert (depth, kind) == (8, 2), "not red, green, blue with eight bits each"
    raw, before = zlib.decompress(b"".join(data for name, data in parts if name == b"IDAT")), bytes(3 * width)
    for start in range(0, len(raw), 3 * width + 1):
        row = bytearray(raw[start + 1:start + 1 + 3 * width])
        predict = raw[start]
        for x, value in enumerate(row if predict else ()):
            left, above, corner = (row[x - 3] if x > 2 else 0), before[x], (before[x - 3] if x > 2 else 0)
            guess = left + above - corner
            paeth = min((left, above, corner), key=lambda near: abs(guess - near))
            row[x] = (value + (0, left, above, (left + above) // 2, paeth)[predict]) & 255
        before = bytes(row)
        yield [before[x:x + 3] for x in range(0, len(before), 3)]


def small(png):
    """The same picture with its 256 commonest colours; any other becomes the nearest of them."""
    picture = list(rows(png))
    counted = collections.Counter(pixel for row in picture for pixel in row)
    kept = [colour for colour, _ in sorted(counted.items(), key=lambda known: (-known[1], known[0]))[:256]]
    distance = lambda a, b: sum((x - y) ** 2 for x, y in zip(a, b))
    number = {colour: min(range(len(kept)), key=lambda place: distance(kept[place], colour)) for colour in counted}
    data = b"".join(b"\0" + bytes(number[pixel] for pixel in row) for row in picture)
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", len(picture[0]), len(picture), 8, 3, 0, 0, 0)
    return png[:8] + chunk(b"IHDR", header) + chunk(b"PLTE", b"".join(kept)) + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b"")
