# SPDX-License-Identifier: GPL-2.0
"""The symbols that a kernel's Image has of itself (kallsyms), and who calls whom in it, without
booting it.

As scripts/kallsyms.c lays them out: how many; the names, each a length and so many tokens;
where each 256th name begins; the texts of the tokens, and where each begins; the addresses."""
import array
import bisect
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


def places_before(image, end):
    """Where these begin, and where each 256th name does: zero, then ones that grow."""
    at = end - end % 4 - 4
    while at > 0 and not struct.unpack_from("<I", image, at)[0]:
        at -= 4
    places = []
    while at > 0:
        places.insert(0, struct.unpack_from("<I", image, at)[0])
        if not places[0] or len(places) > 1 and places[0] >= places[1]:
            break
        at -= 4
    return at, places


def names_at(image, at, end, tokens):
    """The names between these places, and where each begins."""
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


def names_before(image, end, places, tokens):
    """The names that end here; how many there are is said before the first, aligned or not."""
    latest = (end - places[-1]) // 4 * 4
    for first in range(latest, max(8, latest - (1 << 15)), -4):
        for count in struct.unpack_from("<II", image, first - 8):
            if (count + 255) // 256 != len(places):
                continue
            names, begins = names_at(image, first, end, tokens)
            if len(names) == count and begins[::256] == places:
                return names
    return None


def addresses_behind(image, begin, tokens, count):
    """Where in the image each symbol is: behind the beginnings of the tokens, from the first
    symbol on or, since 7.x, each from the place where that is said."""
    sizes = [len(token) + 1 for token in tokens]
    starts = struct.pack("<256H", *(sum(sizes[:i]) for i in range(256)))
    at = image.index(starts, begin + sum(sizes)) + len(starts)
    for first in range(at, at + 16, 4):
        offsets = array.array("i", image[first:first + 4 * count])
        for found in (offsets, [first + 4 * i + offset for i, offset in enumerate(offsets)]):
            if all(a <= b for a, b in zip(found, found[1:])):
                return [address - found[0] for address in found]
    return None


def signed(value, bits):
    return value - (1 << bits) if value >> (bits - 1) & 1 else value


class Kernel:
    """An Image: its symbols as (address, name), sorted; an address is a place in the file."""

    def __init__(self, path):
        with open(path, "rb") as f:
            self.image = f.read()
        for begin, tokens in tokens_of(self.image):
            end, places = places_before(self.image, begin)
            if len(places) < 2 or places[0]:
                continue
            names = names_before(self.image, end, places, tokens)
            if not names:
                continue
            addresses = addresses_behind(self.image, begin, tokens, len(names))
            if addresses:
                self.symbols = [(address, name[:1].decode(), name[1:].decode("ascii", "replace"))
                                for address, name in zip(addresses, names)]
                return
        raise ValueError(f"{path} has no symbols that can be read")

    def names(self):
        return {name for _, _, name in self.symbols}

    def address(self, wanted):
        return next(address for address, _, name in self.symbols if name == wanted)

    def calls(self, target):
        """Places of jal, and of auipc with jalr, that go there."""
        text, end = self.address("_stext"), self.address("_etext")
        code = memoryview(self.image)[text:end & ~1].cast("H")
        for i in range(len(code) - 3):
            opcode = code[i] & 0x7f
            if opcode not in (0x6f, 0x17):
                continue
            at, insn = text + 2 * i, code[i] | code[i + 1] << 16
            if opcode == 0x6f:
                to = at + signed(insn >> 31 << 20 | (insn >> 12 & 0xff) << 12 |
                                 (insn >> 20 & 1) << 11 | (insn >> 21 & 0x3ff) << 1, 21)
            else:
                behind = code[i + 2] | code[i + 3] << 16
                if behind & 0x707f != 0x67 or behind >> 15 & 31 != insn >> 7 & 31:
                    continue
                to = at + signed(insn & 0xfffff000, 32) + signed(behind >> 20, 12)
            if to == target:
                yield at

    def callers(self, function):
        """Names of the functions that call it."""
        functions = [(address, name) for address, kind, name in self.symbols if kind in "tTwW"]
        begins = [address for address, _ in functions]
        return {functions[bisect.bisect_right(begins, at) - 1][1]
                for at in self.calls(self.address(function))}
