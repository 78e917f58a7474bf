"""One AES-GCM ciphertext that is genuine under two keys, with a chosen beginning for each.

GCM's tag is a polynomial in a value H that depends on the key, over the field GF(2**128). Whoever
knows both keys has two such polynomials; one free block of ciphertext is one unknown in one linear
equation that makes both tags equal. (Dodis, Grubbs, Ristenpart, Woodage, CRYPTO 2018; the name is
theirs: invisible salamanders.)
"""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_POLYNOMIAL = 0xE1 << 120
_ONE = 1 << 127


def multiply(a: int, b: int) -> int:
    product = 0
    for bit in range(127, -1, -1):
        if b >> bit & 1:
            product ^= a
        a = a >> 1 ^ (_POLYNOMIAL if a & 1 else 0)
    return product


def inverse(a: int) -> int:
    result, exponent = _ONE, 2**128 - 2
    while exponent:
        if exponent & 1:
            result = multiply(result, a)
        a, exponent = multiply(a, a), exponent >> 1
    return result


def block(key: bytes, data: bytes) -> bytes:
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    return encryptor.update(data) + encryptor.finalize()


def one_ciphertext_for_two(
    first: tuple[bytes, bytes], second: tuple[bytes, bytes], nonce: bytes
) -> bytes:
    """Each pair is a key and the 16 bytes its holder is to see; the rest comes out as noise."""
    (key_1, shown_1), (key_2, shown_2) = first, second
    # The first block decrypts to `shown_1` under key 1, the second to `shown_2` under key 2.
    blocks = [
        _xor(shown_1, block(key_1, nonce + (2).to_bytes(4, "big"))),
        _xor(shown_2, block(key_2, nonce + (3).to_bytes(4, "big"))),
    ]
    lengths = (3 * 128).to_bytes(16, "big")
    h_squared, tags_without = [], []
    for key in (key_1, key_2):
        h = int.from_bytes(block(key, bytes(16)), "big")
        state = 0
        for part in (*blocks, bytes(16), lengths):
            state = multiply(state ^ int.from_bytes(part, "big"), h)
        mask = int.from_bytes(block(key, nonce + (1).to_bytes(4, "big")), "big")
        tags_without.append(state ^ mask)
        h_squared.append(multiply(h, h))
    # tag_i = without_i + free * h_i**2, and both are to be equal
    difference = inverse(h_squared[0] ^ h_squared[1])
    free = multiply(tags_without[0] ^ tags_without[1], difference)
    tag = tags_without[0] ^ multiply(free, h_squared[0])
    return b"".join(blocks) + free.to_bytes(16, "big") + tag.to_bytes(16, "big")


def _xor(a: bytes, b: bytes) -> bytes:
    return bytes(x ^ y for x, y in zip(a, b, strict=True))
