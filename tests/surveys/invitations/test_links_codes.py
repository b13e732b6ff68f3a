"""QR codes are read back from their picture, module by module (ISO/IEC 18004), as a camera does after finding them."""

import io
import re

import pytest
from PIL import Image

from surveys.invitations.links import qr_bytes

BORDER, SCALE, FORMAT_MASK = 4, 12, 0b101010000010010
MASKS = (
    lambda r, c: (r + c) % 2,
    lambda r, c: r % 2,
    lambda r, c: c % 3,
    lambda r, c: (r + c) % 3,
    lambda r, c: (r // 2 + c // 3) % 2,
    lambda r, c: r * c % 2 + r * c % 3,
    lambda r, c: (r * c % 2 + r * c % 3) % 2,
    lambda r, c: ((r + c) % 2 + r * c % 3) % 2,
)
# Level M: version -> (blocks with so many data words each, ...), by table 9 of the standard.
BLOCKS = {1: [16], 2: [28], 3: [44], 4: [32] * 2, 5: [43] * 2, 6: [27] * 4, 7: [31] * 4, 8: [38, 38, 39, 39]}
ALIGNED = {1: [], 2: [6, 18], 3: [6, 22], 4: [6, 26], 5: [6, 30], 6: [6, 34], 7: [6, 22, 38], 8: [6, 24, 42]}


def modules_of_png(contents: bytes) -> list[list[int]]:
    picture = Image.open(io.BytesIO(contents)).convert("L")
    size = picture.width // SCALE - 2 * BORDER
    at = [(BORDER + place) * SCALE + SCALE // 2 for place in range(size)]
    return [[int(picture.getpixel((x, y)) < 128) for x in at] for y in at]


def modules_of_svg(contents: bytes) -> list[list[int]]:
    """From the strokes of the path: `M x y`, `m dx dy` and runs `h length`."""
    text = contents.decode()
    size = int(re.search(r'width="(\d+)"', text)[1]) // 4 - 2 * BORDER
    grid = [[0] * size for _row in range(size)]
    x = y = 0.0
    path = re.search(r'class="qrline"[^>]*\bd="([^"]+)"', text)[1]
    for order, first, second in re.findall(r"([Mmh])(-?[\d.]+)(?:[ ,]?(-?[\d.]+))?", path):
        if order == "h":
            for place in range(int(float(first))):
                grid[int(y) - BORDER][int(x) - BORDER + place] = 1
            x += float(first)
        else:
            x, y = (float(first), float(second)) if order == "M" else (x + float(first), y + float(second))
    return grid


def reserved(size: int) -> set[tuple[int, int]]:
    """Modules that hold no data: finders with the format, timing, alignment, version."""
    version = (size - 17) // 4
    taken = {(r, c) for r in range(9) for c in range(9)}
    taken |= {(r, c) for r in range(9) for c in range(size - 8, size)} | {
        (r, c) for r in range(size - 8, size) for c in range(9)
    }
    taken |= {(6, c) for c in range(size)} | {(r, 6) for r in range(size)}
    finders = {(6, 6), (6, size - 7), (size - 7, 6)}
    for row in ALIGNED[version]:
        for column in ALIGNED[version]:
            if (row, column) not in finders:
                taken |= {(row + dr, column + dc) for dr in range(-2, 3) for dc in range(-2, 3)}
    if version >= 7:
        taken |= {(r, c) for r in range(6) for c in range(size - 11, size - 8)}
        taken |= {(r, c) for r in range(size - 11, size - 8) for c in range(6)}
    return taken


def words_of(grid: list[list[int]]) -> list[int]:
    """The words in the order of the zigzag, unmasked."""
    size = len(grid)
    bits = [grid[8][column] for column in (0, 1, 2, 3, 4, 5, 7, 8)] + [grid[row][8] for row in (7, 5, 4, 3, 2, 1, 0)]
    form = int("".join(map(str, bits)), 2) ^ FORMAT_MASK
    assert form >> 13 == 0b00, "level M"
    mask, taken, read = MASKS[form >> 10 & 7], reserved(size), []
    upward, column = True, size - 1
    while column > 0:
        column -= column == 6
        for row in range(size - 1, -1, -1) if upward else range(size):
            for place in (column, column - 1):
                if (row, place) not in taken:
                    read.append(grid[row][place] ^ (mask(row, place) == 0))
        upward, column = not upward, column - 2
    return [int("".join(map(str, read[at : at + 8])), 2) for at in range(0, len(read) - 7, 8)]


def decoded(grid: list[list[int]]) -> str:
    """The text of a code in bytes."""
    version, words = (len(grid) - 17) // 4, words_of(grid)
    sizes = BLOCKS[version]
    blocks, at = [[] for _size in sizes], 0
    for place in range(max(sizes)):
        for number, size in enumerate(sizes):
            if place < size:
                blocks[number].append(words[at])
                at += 1
    bits = "".join(f"{word:08b}" for block in blocks for word in block)
    assert bits[:4] == "0100", "bytes"
    length = int(bits[4:12], 2)
    return bytes(int(bits[12 + 8 * n : 20 + 8 * n], 2) for n in range(length)).decode()


@pytest.mark.parametrize("quick", [False, True])
@pytest.mark.parametrize(
    "text",
    [
        "https://yiti.example/s/x/",
        "https://survey.example.com/s/2026-annual/",
        "https://survey.example.com/s/2026-annual/i/aaaaaaabaaaaaaaaabc2defg/",
        "http://127.0.0.1:8000/s/a-very-long-code-of-a-survey-in-one-cycle/i/aaaaaaabaaaaaaaaabc2defg/",
    ],
)
def test_code_says_the_address_that_it_was_made_of(text, quick):
    assert decoded(modules_of_png(qr_bytes(text, "png", quick=quick))) == text
    assert modules_of_svg(qr_bytes(text, "svg", quick=quick)) == modules_of_png(qr_bytes(text, "png", quick=quick))
