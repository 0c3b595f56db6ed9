#!/usr/bin/env python3
"""Opens a Sealdrop link without any of Sealdrop's code: written from docs/design/format.md alone.

It proves that the format is what its description says. Given a link with its fragment, what the server answers to
`open`, and the stored objects, it opens payload and manifest, checks every object whole (header, every record,
padding, tag_root) and only then writes files.

    decrypt.py --link URL --payload-json FILE --objects DIR --out DIR [--password P]

`--payload-json`  the JSON body of POST /api/v1/links/{link_id}/open; `payload` and `rev` are used
`--objects`       a folder whose files are named by object_id (22 characters), or a JSON file {object_id: URL}
`--password`      or the variable SEALDROP_PASSWORD

Needs Python 3.10 and `cryptography` 44 or newer. Exit code 0 only when everything that the link names was written.
"""
import argparse
import base64
import hashlib
import hmac
import json
import os
import pathlib
import shutil
import struct
import sys
import tempfile
import unicodedata
import urllib.parse
import urllib.request

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

# Section 2: sizes.
SLOT = 262144
HEADER = 128
NONCE = 12
TAG = 16
PROLOGUE = 16
GROUP = 10_485_760
FIRST_RECORD = SLOT - HEADER - NONCE - TAG
RECORD = SLOT - NONCE - TAG
MAX_STREAM = FIRST_RECORD + (2**23 - 1) * RECORD
CONTENT, MANIFEST = 1, 2

# Sections 5 and 6: limits.
MAX_PAYLOAD_JSON = 61_440
MAX_MANIFEST_JSON = 32 * 1024 * 1024
MAX_FILES = MAX_OBJECTS = 100_000
MAX_EXTENTS = 200_000


class Refused(Exception):
    """Something is not as the format says. The text is for whoever debugs; a client says less."""


def require(condition, reason):
    if not condition:
        raise Refused(reason)


def same(left, right):
    return hmac.compare_digest(left, right)


def u32(number):
    return struct.pack(">I", number)


def u64(number):
    return struct.pack(">Q", number)


# --- section 1: encodings and derivations


def from_base64url(text, length=None):
    require(isinstance(text, str) and text.isascii(), "base64url is text")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    require(all(letter in alphabet for letter in text) and len(text) % 4 != 1, "not base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    require(to_base64url(data) == text, "not canonical base64url")
    require(length is None or len(data) == length, f"not {length} bytes of base64url")
    return data


def to_base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def extract(salt, secret):
    return hmac.digest(salt, secret, "sha256")


def expand(key, label, context, length):
    info = label.encode("ascii") + b"\0" + context
    blocks = [b""]
    while 32 * (len(blocks) - 1) < length:
        blocks.append(hmac.digest(key, blocks[-1] + info + bytes([len(blocks)]), "sha256"))
    return b"".join(blocks)[:length]


# --- section 7: the link


def read_link(url):
    """-> (link_id, flags, secret)"""
    parts = urllib.parse.urlsplit(url)
    segments = parts.path.rstrip("/").split("/")
    require(len(segments) >= 2 and segments[-2] == "d", "the path of a link ends in /d/<id>")
    link_id = from_base64url(segments[-1], 16)
    fragment = from_base64url(parts.fragment, 38)
    front, check = fragment[:34], fragment[34:]
    require(front[0] == 1, "made by a newer version")
    require(front[1] in (0, 1), "unknown flags")
    require(same(hashlib.sha256(b"sealdrop/1/link/check\0" + link_id + front).digest()[:4], check), "link check")
    return link_id, front[1], front[2:]


def derive_link_keys(link_id, flags, secret, password):
    """-> (payload_key, auth)"""
    stretched = b""
    if flags & 1:
        require(password is not None, "this link needs a password")
        typed = unicodedata.normalize("NFKC", password).encode()
        require(1 <= len(typed) <= 1024, "a password is 1 to 1024 bytes")
        salt = expand(extract(link_id, secret), "sealdrop/1/link/pw-salt", b"", 16)
        stretched = Argon2id(salt=salt, length=32, iterations=3, lanes=1, memory_cost=64 * 1024).derive(typed)
    key = extract(link_id + b"\1" + bytes([flags]), secret + stretched)
    return expand(key, "sealdrop/1/link/payload", b"", 32), expand(key, "sealdrop/1/link/auth", b"", 32)


# --- section 3: blobs


def open_blob(key, purpose, context, blob):
    length = len(blob) - 84
    require(64 <= length <= 65536 and length & (length - 1) == 0, "length of a blob")
    header, salt, commitment, sealed = blob[:4], blob[4:36], blob[36:68], blob[68:]
    require(header[:2] == b"\1\1", "made by a newer version")
    require(header == bytes([1, 1, purpose, 0]), "header of a blob")
    derived = expand(extract(salt, key), "sealdrop/1/blob", header + context, 76)
    require(same(derived[44:], commitment), "the payload does not open: wrong password or altered")
    try:
        plain = AESGCM(derived[:32]).decrypt(derived[32:44], sealed, None)
    except InvalidTag:
        raise Refused("the payload was altered") from None
    (used,) = struct.unpack(">I", plain[:4])
    require(used <= length - 4 and not any(plain[4 + used :]), "framing of a blob")
    return plain[4 : 4 + used]


# --- sections 5 and 6: what payloads and manifests say

KNOWN = {"v", "t", "parent", "name", "mime", "size", "mtime", "note", "objs", "files", "man",
         "oid", "fek", "root", "len", "p", "m", "s", "x"}


class Listing:
    """The objects and files of a payload or manifest, checked."""

    def __init__(self, objects, files):
        self.objects, self.files = objects, files


def parse_json(data, limit):
    require(len(data) <= limit, "too much JSON")

    def pairs(items):
        known = [key for key, _ in items if key in KNOWN]
        require(len(known) == len(set(known)), "a key stands twice")
        return dict(items)

    def integer(text):
        return float(text) if text.startswith("-") or len(text) > 17 else int(text)

    def constant(text):
        raise Refused(f"{text} in JSON")

    try:
        value = json.loads(data.decode(), object_pairs_hook=pairs, parse_int=integer, parse_constant=constant)
        json.dumps(value, ensure_ascii=False).encode()  # a lone surrogate fails here
    except (ValueError, RecursionError):
        raise Refused("not JSON") from None
    require(isinstance(value, dict), "not an object")
    require(type(value.get("v")) is int, "no version")
    require(value["v"] == 1, "made by a newer version")
    return value


def number(value, highest=2**53 - 1):
    require(type(value) is int and 0 <= value <= highest, "not a whole number")
    return value


def optional(entry, key, check):
    if key in entry:
        check(entry[key])


def ascii_text(value):
    require(isinstance(value, str) and value.isascii() and len(value) <= 127, "media type")


def note_text(value):
    require(isinstance(value, str) and len(value.encode()) <= 4096, "note")


def component(name):
    require(isinstance(name, str) and 1 <= len(name.encode()) <= 1024 and name not in (".", ".."), "name")
    for letter in name:
        code = ord(letter)
        harmless = code >= 0x20 and not 0x7F <= code <= 0x9F and letter not in "/\\"
        directional = 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069
        require(harmless and not directional, "refused character in a name")
    return name


def path(text):
    require(isinstance(text, str) and len(text.encode()) <= 4096, "path")
    names = text.split("/")
    require(len(names) <= 64, "deep path")
    return tuple(component(name) for name in names)


class ObjectRef:
    def __init__(self, entry):
        require(isinstance(entry, dict), "object")
        self.object_id = from_base64url(entry.get("oid"), 16)
        self.fek = from_base64url(entry.get("fek"), 32)
        self.root = from_base64url(entry.get("root"), 32)
        self.stream_len = number(entry.get("len"), MAX_STREAM)
        require(self.stream_len >= PROLOGUE, "length of an object")

    @property
    def name(self):
        return to_base64url(self.object_id)


def read_listing(value, *, whole_file):
    """`whole_file` is (name, size) where a missing list means one file that is all of one object."""
    objects = value.get("objs")
    require(isinstance(objects, list) and len(objects) <= MAX_OBJECTS, "objects")
    objects = [ObjectRef(entry) for entry in objects]
    require(len({each.object_id for each in objects}) == len(objects), "an object stands twice")
    if "files" not in value:
        require(whole_file is not None and len(objects) == 1, "no list of files")
        name, size = whole_file
        require(size <= objects[0].stream_len - PROLOGUE, "size of a file")
        return Listing(objects, {(name,): None}), size
    entries = value["files"]
    require(isinstance(entries, list) and 1 <= len(entries) <= MAX_FILES, "files")
    files, extents = {}, []
    for entry in entries:
        require(isinstance(entry, dict) and isinstance(entry.get("x"), list), "file")
        where = path(entry.get("p"))
        require(where not in files, "a path stands twice")
        optional(entry, "m", ascii_text)
        optional(entry, "t", number)
        files[where] = []
        for extent in entry["x"]:
            require(isinstance(extent, list) and len(extent) == 3, "extent")
            index, offset, length = map(number, extent)
            require(index < len(objects) and length > 0, "extent")
            require(offset + length <= objects[index].stream_len - PROLOGUE, "extent beyond its object")
            files[where].append((index, offset, length))
        require(sum(length for *_, length in files[where]) == number(entry.get("s")), "size of a file")
        extents += files[where]
    require(len(extents) <= MAX_EXTENTS, "too many extents")
    extents.sort()
    for before, after in zip(extents, extents[1:]):
        require(before[0] != after[0] or before[1] + before[2] <= after[1], "extents overlap")
    folders = {where[:depth] for where in files for depth in range(1, len(where))}
    require(not folders & files.keys(), "a file is also a folder")
    return Listing(objects, files), sum(length for *_, length in extents)


def read_payload(data):
    """-> (type, name, size, the value, the manifest's object or None)"""
    value = parse_json(data, MAX_PAYLOAD_JSON)
    require(value.get("t") in ("file", "bundle"), "type")
    name, size = component(value.get("name")), number(value.get("size"))
    optional(value, "mime", ascii_text)
    optional(value, "mtime", number)
    optional(value, "note", note_text)
    if "man" not in value:
        return value["t"], name, size, value, None
    require("objs" not in value and "files" not in value, "a manifest and a list")
    manifest = ObjectRef(value["man"])
    require(manifest.stream_len <= PROLOGUE + MAX_MANIFEST_JSON, "manifest too large")
    return value["t"], name, size, value, manifest


# --- section 2: objects


class Reader:
    """One stored object. Nothing of it is used before the whole of it was checked."""

    def __init__(self, where, reference, kind):
        self.where, self.reference = where, reference
        with where.open("rb") as self.file:
            self.stored_len = self.file.seek(0, os.SEEK_END)
            self.check_root()
            self.check_header()
            self.check_records(kind)

    def check_root(self):
        self.file.seek(0)
        digests = b""
        while group := self.file.read(GROUP):
            digests += hashlib.sha256(group).digest()
        root = hashlib.sha256(b"sealdrop/1/object/tagroot\0" + u64(self.stored_len) + digests).digest()
        require(same(root, self.reference.root), f"object {self.reference.name} is not the one that was sent")

    def check_header(self):
        self.file.seek(0)
        header = self.file.read(HEADER)
        require(len(header) == HEADER and header[:8] == b"\x89SD1\r\n\x1a\n", "magic of an object")
        require(header[8:10] == b"\1\1", "made by a newer version")
        require(header[10:16] == bytes(2) + u32(SLOT), "flags or record size")
        require(header[16:32] == self.reference.object_id, "object id")
        require(header[64:72] == u64(self.reference.stream_len), "length of an object")
        require(header[72:96] == bytes(24), "reserved bytes of a header")
        fixed = header[:64]
        key = extract(header[32:64], self.reference.fek)
        tag_key = expand(key, "sealdrop/1/object/header-tag", fixed, 32)
        require(same(hmac.digest(tag_key, header[:96], "sha256"), header[96:]), "header tag")
        self.cipher = AESGCM(expand(key, "sealdrop/1/object/record-key", fixed, 32))
        beyond = max(0, self.reference.stream_len - FIRST_RECORD)
        self.records = 1 + -(-beyond // RECORD)
        expected = HEADER + self.reference.stream_len + (NONCE + TAG) * self.records
        require(self.stored_len == expected, "stored length")

    def open_record(self, index):
        self.file.seek(index * SLOT if index else HEADER)
        sealed = self.file.read(SLOT if index else SLOT - HEADER)
        place = u64(index) + bytes([index == self.records - 1])
        try:
            return self.cipher.decrypt(sealed[:NONCE], sealed[NONCE:], place)
        except InvalidTag:
            raise Refused(f"record {index} of object {self.reference.name}") from None

    def check_records(self, kind):
        position = 0
        for index in range(self.records):
            plain = self.open_record(index)
            if index == 0:
                self.content_len, found = struct.unpack(">QB", plain[:9])
                require(found == kind and not any(plain[9:PROLOGUE]), "prologue")
                require(self.content_len <= self.reference.stream_len - PROLOGUE, "length of the content")
            padding = max(0, PROLOGUE + self.content_len - position)
            require(not any(plain[padding:]), "padding")
            position += len(plain)
        require(position == self.reference.stream_len, "length of the stream")

    def read(self, offset, length):
        """Yields pieces of the content."""
        require(offset + length <= self.content_len, "extent beyond the content")
        at, end = offset + PROLOGUE, offset + length + PROLOGUE
        with self.where.open("rb") as self.file:
            while at < end:
                index = 0 if at < FIRST_RECORD else 1 + (at - FIRST_RECORD) // RECORD
                start = FIRST_RECORD + (index - 1) * RECORD if index else 0
                piece = self.open_record(index)[at - start : end - start]
                yield piece
                at += len(piece)


class Store:
    """Where objects are: a folder, or URLs."""

    def __init__(self, source, scratch):
        self.folder = pathlib.Path(source)
        self.scratch = scratch
        self.urls = json.loads(self.folder.read_text()) if self.folder.is_file() else None

    def fetch(self, reference):
        """-> the path of a local copy"""
        if self.urls is None:
            where = self.folder / reference.name
            require(where.is_file(), f"no object {reference.name} in {self.folder}")
            return where
        require(reference.name in self.urls, f"no URL of object {reference.name}")
        url = self.urls[reference.name]
        require(urllib.parse.urlsplit(url).scheme in ("http", "https"), "objects come by http or https")
        where = self.scratch / reference.name
        with urllib.request.urlopen(url) as response, where.open("wb") as copy:
            shutil.copyfileobj(response, copy)
        return where


# --- putting it together


def save(listing, readers, out):
    """Writes next to the target and renames; follows and overwrites nothing."""
    for where, extents in listing.files.items():
        target = out.joinpath(*where)
        target.parent.mkdir(parents=True, exist_ok=True)
        require(target.parent.resolve() == out.resolve().joinpath(*where[:-1]), "a folder is a symbolic link")
        require(not os.path.lexists(target), f"{target} exists")
        if extents is None:
            extents = [(0, 0, readers[0].content_len)]
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".sealdrop-", delete=False) as unfinished:
            for index, offset, length in extents:
                for piece in readers[index].read(offset, length):
                    unfinished.write(piece)
        os.link(unfinished.name, target)
        os.unlink(unfinished.name)
        yield target


def run(arguments):
    link_id, flags, secret = read_link(arguments.link)
    payload_key, _auth = derive_link_keys(link_id, flags, secret, arguments.password)
    answer = json.loads(pathlib.Path(arguments.payload_json).read_text())
    context = link_id + bytes([flags]) + u64(number(answer["rev"]))
    kind, name, size, value, manifest = read_payload(
        open_blob(payload_key, 0x20, context, from_base64url(answer["payload"]))
    )
    out = pathlib.Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        store = Store(arguments.objects, pathlib.Path(scratch))
        whole_file = (name, size) if kind == "file" else None
        if manifest is not None:
            reader = Reader(store.fetch(manifest), manifest, MANIFEST)
            value = parse_json(b"".join(reader.read(0, reader.content_len)), MAX_MANIFEST_JSON)
            whole_file = None
        listing, total = read_listing(value, whole_file=whole_file)
        require(total == size, "the sizes do not add up")
        if kind == "file":
            require(set(listing.files) == {(name,)}, "a file is called by its name")
        readers = [Reader(store.fetch(each), each, CONTENT) for each in listing.objects]
        if "files" not in value:
            require(readers[0].content_len == size, "size of the file")
        for target in save(listing, readers, out):
            print(target)
        if value.get("note"):
            print(f"note: {value['note']}")


def main():
    parser = argparse.ArgumentParser(description="Opens a Sealdrop link without Sealdrop's code.")
    parser.add_argument("--link", required=True, help="the link, with its fragment")
    parser.add_argument("--payload-json", required=True, help="body of the answer to `open`")
    parser.add_argument("--objects", required=True, help="folder of objects, or JSON file of their URLs")
    parser.add_argument("--out", required=True, help="folder to write into; nothing there is overwritten")
    parser.add_argument("--password", default=os.environ.get("SEALDROP_PASSWORD"), help="the link's password")
    try:
        run(parser.parse_args())
    except Refused as refusal:
        sys.exit(f"refused: {refusal}")


if __name__ == "__main__":
    main()
