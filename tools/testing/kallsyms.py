# SPDX-License-Identifier: GPL-2.0
"""The names that a kernel's Image has of its symbols (kallsyms), without booting it.

As scripts/kallsyms.c lays them out: how many; the names, each a length and so many tokens;
where each 256th name begins; the texts of the tokens."""
import re
import struct

DIGITS = re.compile(rb"\x00" + rb"\x00".join(b"%d" % n for n in range(10)) + rb"\x00")


def tokens_of(image):
    """Where the texts of the tokens may begin, and these: each digit is a token of its own, so
    "0" to "9", the 48th to the 57th, lie one behind the other."""
    for found in DIGITS.finditer(image):
        begin = found.start() + 1
        for _ in range(ord("0")):
            begin = image.rfind(b"\0", 0, begin - 1) + 1
        yield begin, image[begin:begin + (1 << 16)].split(b"\0", 256)[:256]


def names_at(image, at, end, tokens):
    """The names between these places, and where each begins; None if that is nonsense."""
    names, begins, first = [], [], at
    while at < end:
        begins.append(at - first)
        length = image[at]
        at += 1
        if length & 0x80:
            length = length & 0x7f | image[at] << 7
            at += 1
        if not length:
            return names, begins[:-1]
        names.append(b"".join(tokens[byte] for byte in image[at:at + length]))
        at += length
    return names, begins


def symbols(path):
    """All names, each without the letter of its type."""
    with open(path, "rb") as f:
        image = f.read()
    for begin, tokens in tokens_of(image):
        # Back to the first of the places: zero, behind ones that grow.
        at = begin - begin % 4 - 4
        while at > 0 and not struct.unpack_from("<I", image, at)[0]:
            at -= 4
        places = []
        while at > 0:
            places.insert(0, struct.unpack_from("<I", image, at)[0])
            if not places[0] or len(places) > 1 and places[0] >= places[1]:
                break
            at -= 4
        if len(places) < 2 or places[0]:
            continue
        # The names end here; how many there are is said before the first, aligned or not.
        latest = (at - places[-1]) // 4 * 4
        for first in range(latest, max(8, latest - (1 << 15)), -4):
            for count in struct.unpack_from("<II", image, first - 8):
                if (count + 255) // 256 != len(places):
                    continue
                names, begins = names_at(image, first, at, tokens)
                if len(names) == count and begins[::256] == places:
                    return {name[1:].decode("ascii", "replace") for name in names}
    raise ValueError(f"{path} has no symbols that can be read")

