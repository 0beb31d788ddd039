"""The 64-bit FNV-1a hash."""


class Fnv:
    """Takes bytes piece by piece; `value` is the hash of all of them."""

    def __init__(self) -> None:
        self.value = 0xCBF29CE484222325

    def add(self, piece: bytes) -> None:
        value = self.value
        for byte in piece:
            value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
        self.value = value
