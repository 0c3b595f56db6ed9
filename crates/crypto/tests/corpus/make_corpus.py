#!/usr/bin/env python3
"""Makes the negative corpus: what a reader of the Sealdrop format must refuse, and what it must accept.

It shares no code with the Rust crate. It seals small objects itself, damages them, and writes recipes: a case is a list
of pieces, each a range of a base object or literal bytes, with the SHA-256 of the result. Keys, ids, nonces and
content are SHAKE-256 of a name, so a reader can seal the bases again and needs no large file.

The first word of a file's name is the verdict on all of its cases:
  refused        does not open
  newer          told apart as made by a newer version
  root-refuses   opens record by record, and only the commitment to the whole object refuses it
  accepted       opens

Needs the package `cryptography`. Usage: make_corpus.py [--check]
"""
import base64
import hashlib
import hmac
import json
import pathlib
import struct
import sys

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

HERE = pathlib.Path(__file__).parent
SLOT, FIRST, FULL_RECORD = 256 * 1024, 256 * 1024 - 128 - 28, 256 * 1024 - 28
GROUP = 40 * SLOT


def named(name, length):
    """Bytes that everybody can make again."""
    return hashlib.shake_256(b"sealdrop-test/" + name.encode()).digest(length)


# --- the format, as far as sealing goes


def hkdf(salt, secret, info, length):
    key = hmac.digest(salt, secret, "sha256")
    out, block = b"", b""
    while len(out) < length:
        block = hmac.digest(key, block + info + bytes([len(out) // 32 + 1]), "sha256")
        out += block
    return out[:length]


class Object:
    """A sealed object, and what it takes to open it."""

    def __init__(self, name, length, *, nonces="iv", content="content", identity=None, kind=1, spare=0, **lies):
        self.name, self.kind, self.nonces, self.content_name, self.length = name, kind, nonces, content, length
        self.identity = identity or name
        self.fek, self.object_id, self.salt = (
            named(f"{part}/{self.identity}", size) for part, size in (("fek", 32), ("oid", 16), ("salt", 32))
        )
        content = lies.get("bytes") or named(content, length)
        prologue = lies.get("prologue") or struct.pack(">QB7x", length, kind)
        stream = prologue + content + lies.get("padding", bytes(spare))
        self.stream_len = len(stream)
        fixed = b"\x89SD1\r\n\x1a\n\x01\x01\0\0" + struct.pack(">I", SLOT) + self.object_id + self.salt
        self.key = hkdf(self.salt, self.fek, b"sealdrop/1/object/record-key\0" + fixed, 32)
        tag_key = hkdf(self.salt, self.fek, b"sealdrop/1/object/header-tag\0" + fixed, 32)
        head = fixed + struct.pack(">Q", self.stream_len) + bytes(24)
        self.bytes = head + hmac.digest(tag_key, head, "sha256")
        plain = [stream[:FIRST]]
        while sum(map(len, plain)) < len(stream):
            done = sum(map(len, plain))
            plain.append(stream[done : done + FULL_RECORD])
        for index, record in enumerate(plain):
            nonce = named(f"{nonces}/{index}", 12)
            place = struct.pack(">QB", index, index == len(plain) - 1)
            self.bytes += nonce + AESGCM(self.key).encrypt(nonce, record, place)
        self.padded = spare

    def root(self):
        groups = [self.bytes[at : at + GROUP] for at in range(0, len(self.bytes), GROUP)]
        digests = b"".join(hashlib.sha256(group).digest() for group in groups)
        return hashlib.sha256(
            b"sealdrop/1/object/tagroot\0" + struct.pack(">Q", len(self.bytes)) + digests
        ).digest()

    def describe(self):
        return {
            "identity": self.identity, "length": self.length, "kind": self.kind, "nonces": self.nonces,
            "content": self.content_name, "sha256": hashlib.sha256(self.bytes).hexdigest(),
        }


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


# --- arithmetic of GHASH, for what a holder of the key can do to it


def to_int(data):
    return int.from_bytes(data, "big")


def multiply(x, y):
    product = 0
    for bit in range(127, -1, -1):
        if x >> bit & 1:
            product ^= y
        y = y >> 1 ^ (0xE1 << 120 if y & 1 else 0)
    return product


def power(x, exponent):
    result = 1 << 127
    while exponent:
        if exponent & 1:
            result = multiply(result, x)
        x, exponent = multiply(x, x), exponent >> 1
    return result


def inverse(x):
    return power(x, (1 << 128) - 2)


def encrypt_block(key, block):
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    return encryptor.update(block) + encryptor.finalize()


def keep_the_tag(key, sealed, at, change, repair):
    """Changes ciphertext bytes from `at` on and mends 16-byte block `repair` so that the tag stays right."""
    body = bytearray(sealed[12:-16])
    blocks = -(-len(body) // 16)
    hash_key = to_int(encrypt_block(key, bytes(16)))
    drift = 0
    for position, byte in enumerate(change, at):
        body[position] ^= byte
        shifted = byte << (8 * (15 - position % 16))
        drift ^= multiply(shifted, power(hash_key, blocks - position // 16 + 1))
    mend = multiply(drift, inverse(power(hash_key, blocks - repair + 1)))
    for offset, byte in enumerate(mend.to_bytes(16, "big")):
        body[16 * repair + offset] ^= byte
    return sealed[:12] + bytes(body) + sealed[-16:]


def opens_under_two_keys(first, second, nonce, tail):
    """A ciphertext with one tag that plain GCM accepts under both keys."""
    blocks = [to_int(tail[at : at + 16]) for at in range(0, len(tail), 16)]
    lengths = to_int(struct.pack(">QQ", 0, 128 * (len(blocks) + 1)))
    terms = []
    for key in (first, second):
        hash_key = to_int(encrypt_block(key, bytes(16)))
        constant = to_int(encrypt_block(key, nonce + b"\0\0\0\1")) ^ multiply(lengths, hash_key)
        for position, block in enumerate(blocks):
            constant ^= multiply(block, power(hash_key, len(blocks) + 1 - position))
        terms.append((power(hash_key, len(blocks) + 2), constant))
    (factor_a, constant_a), (factor_b, constant_b) = terms
    head = multiply(constant_a ^ constant_b, inverse(factor_a ^ factor_b))
    tag = multiply(head, factor_a) ^ constant_a
    sealed = head.to_bytes(16, "big") + tail + tag.to_bytes(16, "big")
    assert AESGCM(first).decrypt(nonce, sealed, None) != AESGCM(second).decrypt(nonce, sealed, None)
    return sealed


# --- objects

THREE = Object("three", 600_000)
OTHER = Object("other", 600_000)
SHORTER = Object("shorter", 400_000, identity="three")
AGAIN = Object("again", 600_000, identity="three", nonces="iv2")
CHANGED = Object("changed", 600_000, identity="three", nonces="iv3", content="changed")
SINGLE = Object("single", 70_000)
TINY = Object("tiny", 5)
MANIFEST = Object("manifest", 5, kind=2)
EMPTY = Object("empty", 0)
BASES = [THREE, OTHER, SHORTER, AGAIN, CHANGED, SINGLE, TINY, MANIFEST, EMPTY]


class Recipe:
    """Bytes, remembered as ranges of bases and literals."""

    def __init__(self, pieces):
        self.pieces = pieces
        self.bytes = b"".join(
            bytes.fromhex(piece[1]) if piece[0] == "hex" else named_base(piece[0]).bytes[piece[1] : piece[2]]
            for piece in pieces
        )


def named_base(name):
    return next(base for base in BASES if base.name == name)


def part(base, start, end):
    return [base.name, start, end]


def literal(data):
    return ["hex", data.hex()]


def whole(base):
    return part(base, 0, len(base.bytes))


def record(base, index):
    start = 128 if index == 0 else index * SLOT
    return part(base, start, min((index + 1) * SLOT, len(base.bytes)))


def head(base):
    return part(base, 0, 128)


def case(name, base, pieces, **claims):
    """`base` is what the reader asks for; `claims` change what it was told."""
    built = Recipe(pieces)
    result = {
        "name": name, "fek": base.fek.hex(), "object_id": base.object_id.hex(), "kind": base.kind,
        "stream_len": base.stream_len, "told_len": len(built.bytes), "tag_root": base.root().hex(),
        "pieces": pieces, "sha256": hashlib.sha256(built.bytes).hexdigest(),
    }
    result.update(claims)
    return result


def flipped(base, at, bit):
    return [part(base, 0, at), literal(bytes([base.bytes[at] ^ 1 << bit])), part(base, at + 1, len(base.bytes))]


def damaged_objects():
    end = len(THREE.bytes)
    yield "newer", "header_version_or_suite", [
        case(f"byte {at} bit {bit}", TINY, flipped(TINY, at, bit)) for at in (8, 9) for bit in range(8)
    ]
    yield "refused", "header_byte_flipped", [
        case(f"byte {at}", base, flipped(base, at, at % 8))
        for base in (TINY, THREE) for at in range(128) if at not in (8, 9)
    ]
    yield "refused", "record_byte_flipped", [
        case(f"byte {at}", TINY, flipped(TINY, at, at % 8)) for at in range(128, len(TINY.bytes))
    ] + [
        case(f"byte {at} of three records", THREE, flipped(THREE, at, at % 8))
        for edge in (128, SLOT, 2 * SLOT, end) for at in range(max(128, edge - 29), min(end, edge + 13), 7)
    ]
    cuts = [0, 1, 64, 127, 128, 129, SLOT - 1, SLOT, SLOT + 1, 2 * SLOT - 1, 2 * SLOT, 2 * SLOT + 1, 2 * SLOT + 28,
            end - 28, end - 17, end - 16, end - 1]
    yield "refused", "truncated", [case(f"to {cut}", THREE, [part(THREE, 0, cut)]) for cut in cuts] + [
        case(f"to {cut}, full length told", THREE, [part(THREE, 0, cut)], told_len=end) for cut in cuts
    ]
    yield "refused", "truncated_under_a_shorter_header", [
        case("header of a shorter object, same identity", SHORTER,
             [head(SHORTER), part(THREE, 128, len(SHORTER.bytes))]),
    ]
    more = [("one zero byte", literal(b"\0")), ("one more record", record(THREE, 1)),
            ("the last record again", record(THREE, 2)), ("another object", whole(TINY))]
    yield "refused", "extended", [case(name, THREE, [whole(THREE), extra]) for name, extra in more] + [
        case(f"{name}, old length told", THREE, [whole(THREE), extra], told_len=end) for name, extra in more
    ]
    short = end - 2 * SLOT
    order = {
        "swapped 0 and 1": [part(THREE, 128, 128 + 28 + FIRST), part(THREE, SLOT, 2 * SLOT)][::-1],
        "first two thirds swapped": [part(THREE, SLOT, 2 * SLOT - 128), part(THREE, 128, SLOT + 128)],
    }
    yield "refused", "records_out_of_place", [
        case("dropped 1", THREE, [head(THREE), record(THREE, 0), record(THREE, 2)]),
        case("dropped 1, full length told", THREE, [head(THREE), record(THREE, 0), record(THREE, 2)], told_len=end),
        case("dropped 2", THREE, [head(THREE), record(THREE, 0), record(THREE, 1)]),
        case("doubled 1 over 2", THREE, [part(THREE, 0, 2 * SLOT), part(THREE, SLOT, SLOT + short)]),
        case("doubled 1 over 0", THREE, [head(THREE), part(THREE, SLOT + 128, 2 * SLOT), part(THREE, SLOT, end)]),
        *(case(name, THREE, [head(THREE), *pieces, part(THREE, 2 * SLOT, end)]) for name, pieces in order.items()),
    ]
    yield "refused", "records_of_another_object", [
        case(f"record {index}", THREE,
             [head(THREE), *(record(OTHER if at == index else THREE, at) for at in range(3))]) for index in range(3)
    ] + [
        case("all records", THREE, [head(THREE), part(OTHER, 128, end)]),
        case("record 1 of a shorter object, same identity, where it was the last", THREE,
             [part(THREE, 0, SLOT), record(SHORTER, 1), part(THREE, len(SHORTER.bytes), end)]),
    ]
    yield "refused", "asked_for_something_else", [
        case("another key", THREE, [whole(THREE)], fek=OTHER.fek.hex()),
        case("another object id", THREE, [whole(THREE)], object_id=OTHER.object_id.hex()),
        case("another object", THREE, [whole(OTHER)]),
        case("another length", THREE, [whole(THREE)], stream_len=THREE.stream_len - 1),
        case("a shorter version of the same object", THREE, [whole(SHORTER)]),
        case("length below the prologue", THREE, [whole(THREE)], stream_len=15),
        case("length above the largest", THREE, [whole(THREE)], stream_len=1 << 42),
        case("largest number as length", THREE, [whole(THREE)], stream_len=(1 << 64) - 1),
    ]
    yield "refused", "wrong_kind", [
        case("content where a manifest was asked for", TINY, [whole(TINY)], kind=2),
        case("manifest where content was asked for", MANIFEST, [whole(MANIFEST)], kind=1),
    ]

    def sealed(name, tampered):
        return case(name, tampered, [literal(tampered.bytes)])

    lying = [("content one longer than the stream", struct.pack(">QB7x", 6, 1)),
             ("content of 2^64 - 1 bytes", struct.pack(">QB7x", 2**64 - 1, 1)),
             ("content of 2^63 bytes", struct.pack(">QB7x", 2**63, 1))]
    lying += [(f"kind {kind}", struct.pack(">QB7x", 5, kind)) for kind in (0, 2, 3, 129, 255)]
    lying += [(f"reserved byte {at}", struct.pack(">QB7x", 5, 1)[:at] + b"\1" + bytes(15 - at)) for at in range(9, 16)]
    yield "refused", "prologue_tampered_by_a_holder_of_the_key", [
        sealed(name, Object("lying", 5, prologue=prologue)) for name, prologue in lying
    ]
    yield "refused", "padding_not_zero", [
        sealed(f"padding {padding.hex()}", Object("padded", 5, padding=padding))
        for padding in (b"\1", b"\1" + bytes(30), bytes(30) + b"\x80", bytes(15) + b"\1" + bytes(15))
    ] + [sealed("content said to be shorter than it is", Object("padded", 5, prologue=struct.pack(">QB7x", 4, 1)))]
    target, words = Object("single", 70_000), bytes(a ^ b for a, b in zip(b"ALICE", b"MALET"))
    forged = keep_the_tag(target.key, target.bytes[128:], 20, words, 4000)
    at, fix = 128 + 12 + 20, 128 + 12 + 16 * 4000
    yield "root-refuses", "same_tag", [case("altered by a holder of the key, nonce and tag unchanged", SINGLE, [
        part(SINGLE, 0, at), literal(forged[at - 128 : at - 128 + 5]), part(SINGLE, at + 5, fix),
        literal(forged[fix - 128 : fix - 128 + 16]), part(SINGLE, fix + 16, len(SINGLE.bytes)),
    ])]
    yield "root-refuses", "mix_attempts", [
        case("record 1 of another attempt", THREE, [part(THREE, 0, SLOT), record(AGAIN, 1), record(THREE, 2)]),
        case("record 1 of an attempt on a changed file", THREE,
             [part(THREE, 0, SLOT), record(CHANGED, 1), record(THREE, 2)]),
        case("all but record 0 of a changed file", THREE, [part(THREE, 0, SLOT), part(CHANGED, SLOT, end)]),
    ]
    yield "root-refuses", "retry_changed_file", [case("the whole changed file, all nonces differ", THREE, [whole(CHANGED)])]
    yield "accepted", "untouched", [case(base.name, base, [whole(base)]) for base in BASES]
    yield "accepted", "unusual_padding", [
        sealed(f"{spare} zero bytes", Object("spare", 5, spare=spare)) for spare in (1, 15, 16, 500)
    ]


# --- blobs and texts


def blob(key, context, plain, header=b"\1\1\x20\0"):
    salt = named("corpus-blob-salt", 32)
    derived = hkdf(salt, key, b"sealdrop/1/blob\0" + header + context, 76)
    return header + salt + derived[44:] + AESGCM(derived[:32]).encrypt(derived[32:44], plain, None)


def damaged_blobs():
    key, other, context = named("corpus-blob-key", 32), named("corpus-other-key", 32), named("corpus-context", 25)

    def entry(name, data, **claims):
        return {"name": name, "key": key.hex(), "purpose": 0x20, "context": context.hex(), "blob": data.hex()} | claims

    good = blob(key, context, struct.pack(">I", 5) + b"hello" + bytes(55))
    yield "accepted", "blob", [
        entry("hello", good), entry("empty", blob(key, context, bytes(64))),
        entry("as full as it gets", blob(key, context, struct.pack(">I", 60) + named("data", 60))),
    ]
    yield "refused", "blob_framing", [
        entry("length beyond the plaintext", blob(key, context, struct.pack(">I", 61) + bytes(60))),
        entry("length of 2^32 - 1", blob(key, context, b"\xff" * 4 + bytes(60))),
        entry("padding not zero", blob(key, context, struct.pack(">I", 5) + b"hello" + bytes(54) + b"\1")),
        entry("plaintext of 32 bytes", blob(key, context, struct.pack(">I", 5) + b"hello" + bytes(23))),
        entry("plaintext of 63 bytes", blob(key, context, struct.pack(">I", 5) + b"hello" + bytes(54))),
        entry("plaintext of 65 bytes", blob(key, context, struct.pack(">I", 5) + b"hello" + bytes(56))),
        entry("plaintext of 96 bytes", blob(key, context, struct.pack(">I", 5) + b"hello" + bytes(87))),
        entry("reserved byte set, otherwise right",
              blob(key, context, struct.pack(">I", 5) + b"hello" + bytes(55), b"\1\1\x20\1")),
        *(entry(f"cut to {length}", good[:length]) for length in (0, 1, 4, 35, 36, 67, 68, 84, len(good) - 1)),
        entry("one byte more", good + b"\0"),
    ]
    yield "refused", "blob_in_another_place", [
        entry("another key", good, key=other.hex()),
        entry("another purpose", good, purpose=0x12),
        entry("purpose rewritten", good[:2] + b"\x12" + good[3:], purpose=0x12),
        entry("another link", good, context=(bytes([context[0] ^ 1]) + context[1:]).hex()),
        entry("another flag", good, context=(context[:16] + bytes([context[16] ^ 1]) + context[17:]).hex()),
        entry("another rev", good, context=(context[:-1] + bytes([context[-1] ^ 1])).hex()),
        entry("context cut", good, context=context[:-1].hex()),
    ]
    salt, header = named("corpus-blob-salt", 32), b"\1\1\x20\0"
    derived = [hkdf(salt, each, b"sealdrop/1/blob\0" + header + context, 76) for each in (key, other)]
    sealed = opens_under_two_keys(derived[0][:32], derived[1][:32], derived[0][32:44], named("corpus-tail", 48))
    two_faced = header + salt + derived[0][44:] + sealed
    yield "refused", "blob_with_two_keys", [
        entry("first key: the commitment is right, the framing is not", two_faced),
        entry("second key: plain GCM would open it, the commitment does not", two_faced, key=other.hex()),
    ]


def damaged_texts():
    link, secret = named("corpus-link", 16), named("corpus-secret", 32)

    def fragment(front):
        return base64url(front + hashlib.sha256(b"sealdrop/1/link/check\0" + link + front).digest()[:4])

    def entries(cases):
        return [{"name": name, "link_id": link.hex(), "fragment": text} for name, text in cases]

    good = fragment(b"\1\0" + secret)
    raw = base64.urlsafe_b64decode(good + "=")
    yield "accepted", "fragment", entries([("plain", good), ("with password", fragment(b"\1\1" + secret))])
    yield "newer", "fragment", entries([(f"version {v}", fragment(bytes([v, 0]) + secret)) for v in (0, 2, 3, 255)])
    flips = [(f"byte {at} flipped", base64url(raw[:at] + bytes([raw[at] ^ 1 << at % 8]) + raw[at + 1 :]))
             for at in range(1, 38)]
    yield "refused", "fragment", entries(flips + [
        *((f"flags {flags}", fragment(bytes([1, flags]) + secret)) for flags in (2, 3, 4, 128, 255)),
        ("37 bytes", base64url(raw[:37])), ("39 bytes", base64url(raw + b"\0")), ("36 bytes", base64url(raw[:36])),
        ("nothing", ""), ("padding", good + "="), ("spare bits set", good[:-1] + chr(ord(good[-1]) + 1)),
        ("a space before", " " + good[:-1]), ("a line end", good[:-1] + "\n"), ("standard alphabet", "+" + good[1:]),
        ("not ASCII", "\u00e9" + good[2:]), ("check of another link",
        base64url(raw[:34] + hashlib.sha256(b"sealdrop/1/link/check\0" + bytes(16) + raw[:34]).digest()[:4])),
    ])
    key = base64url(named("corpus-key", 32))
    yield "refused", "key_text", [{"name": name, "key_text": text} for name, text in (
        ("42 characters", key[:-1]), ("44 characters", key + "A"), ("padding", key + "="), ("nothing", ""),
        ("spare bits set", key[:-1] + chr(ord(key[-1]) + 1)), ("standard alphabet", "/" + key[1:]),
        ("a space", key[:20] + " " + key[21:]), ("a line end", key[:-1] + "\n"),
    )]


def render():
    files = {"bases.json": {base.name: base.describe() for base in BASES}}
    for maker, what in ((damaged_objects, "objects"), (damaged_blobs, "blobs"), (damaged_texts, "texts")):
        for verdict, name, cases in maker():
            files[f"{verdict}.{name}.json"] = {"what": what, "cases": cases}
    for name, content in files.items():
        if name == "bases.json":
            yield name, json.dumps(content, indent=1) + "\n"
        else:
            lines = ",\n".join(json.dumps(each) for each in content["cases"])
            yield name, f'{{"what": "{content["what"]}", "cases": [\n{lines}\n]}}\n'


def main():
    rendered = dict(render())
    if "--check" in sys.argv[1:]:
        committed = {path.name: path.read_text() for path in HERE.glob("*.json")}
        differing = sorted(name for name in rendered.keys() | committed.keys()
                           if rendered.get(name) != committed.get(name))
        if differing:
            sys.exit(f"the corpus is not what this script makes: {', '.join(differing)}")
        return
    for path in HERE.glob("*.json"):
        path.unlink()
    for name, text in rendered.items():
        (HERE / name).write_text(text)


if __name__ == "__main__":
    main()
