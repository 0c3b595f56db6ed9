#!/usr/bin/env python3
"""The questions of an S3 client that we did not write, boto3, to an S3 server: one line of a table for each.

The server is given by S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY and S3_SECRET_KEY; S3_KIND (local, seaweed, other) says whose
accepted differences hold. A case returns what it saw; what S3 answers stands beside it. Exit code 1 when anything was
seen that is neither.
"""

import base64
import concurrent.futures
import hashlib
import http.client
import os
import secrets
import sys
import threading
import time
import urllib.parse
import zlib

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT = os.environ["S3_ENDPOINT"].rstrip("/")
BUCKET = os.environ.get("S3_BUCKET", "blobs")
ACCESS, SECRET = os.environ["S3_ACCESS_KEY"], os.environ["S3_SECRET_KEY"]
KIND = os.environ.get("S3_KIND", "other")
MIB = 1 << 20
RUN = secrets.token_hex(4)
CASES = []


def client(access=ACCESS, secret=SECRET, **more):
    settings = dict(signature_version="s3v4", s3={"addressing_style": "path"}, retries={"max_attempts": 0}, read_timeout=120)
    settings.update(more)
    return boto3.client("s3", endpoint_url=ENDPOINT, region_name="us-east-1", aws_access_key_id=access,
                        aws_secret_access_key=secret, config=Config(**settings))


# As our service speaks (checksums only where required), and as boto3 speaks when nobody asks.
S3 = client(request_checksum_calculation="when_required", response_checksum_validation="when_required")
DEFAULT = client()


def case(expected, **accepted):
    """Registers a case. `accepted` maps a server to pairs of what it may answer instead and why that is fine."""
    def register(function):
        CASES.append((function.__name__, expected, accepted, function))
        return function
    return register


def seen(call, good="200"):
    """`good`, or status and code of the refusal."""
    try:
        call()
        return good
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        code = error.response["Error"].get("Code", "")
        return f"{status} {code}" if code and code != str(status) else str(status)


def key(name="object"):
    return f"{RUN}/{threading.current_thread().name}/{name}"


def blob(seed, length):
    return hashlib.shake_128(seed.to_bytes(4, "big")).digest(length)


def md5(body):
    return '"' + hashlib.md5(body).hexdigest() + '"'


def put(name, body, **more):
    return S3.put_object(Bucket=BUCKET, Key=name, Body=body, **more)


def get(name, **more):
    return S3.get_object(Bucket=BUCKET, Key=name, **more)["Body"].read()


def create(name):
    return S3.create_multipart_upload(Bucket=BUCKET, Key=name)["UploadId"]


def part(name, upload, number, body, **more):
    sent = S3.upload_part(Bucket=BUCKET, Key=name, UploadId=upload, PartNumber=number, Body=body, **more)
    return {"PartNumber": number, "ETag": sent["ETag"]}


def parts(name, upload):
    return S3.list_parts(Bucket=BUCKET, Key=name, UploadId=upload).get("Parts", [])


def complete(name, upload, listed):
    return S3.complete_multipart_upload(Bucket=BUCKET, Key=name, UploadId=upload, MultipartUpload={"Parts": listed})


def abort(name, upload):
    return S3.abort_multipart_upload(Bucket=BUCKET, Key=name, UploadId=upload)


def one_part(body=b"the only part"):
    name = key()
    upload = create(name)
    return name, upload, part(name, upload, 1, body)


def gone(name):
    return seen(lambda: S3.head_object(Bucket=BUCKET, Key=name)) == "404"


def check(fact, text):
    if not fact:
        raise AssertionError(text)


def request(method, url, body=None, headers=None, chunked=False):
    parsed = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parsed.netloc, timeout=60)
    try:
        target = parsed.path + ("?" + parsed.query if parsed.query else "")
        connection.request(method, target, body=body, headers=headers or {}, encode_chunked=chunked)
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, dict((k.lower(), v) for k, v in answer.getheaders()), text
    finally:
        connection.close()


def status_code(answer):
    status, _, text = answer
    if 200 <= status < 300:
        return str(status)
    code = text.partition(b"<Code>")[2].partition(b"</Code>")[0].decode()
    return f"{status} {code}".strip()


def sign(operation, expires=60, **params):
    return S3.generate_presigned_url(operation, Params=dict(Bucket=BUCKET, **params), ExpiresIn=expires)


# ---------------------------------------------------------------- objects

@case("200")
def put_and_get():
    body = blob(1, 3 * MIB + 1)
    check(put(key(), body)["ETag"] == md5(body), "the ETag is not the MD5")
    check(get(key()) == body, "other bytes came back")
    return "200"


@case("200")
def put_and_get_with_default_checksums():
    body = blob(2, MIB)
    DEFAULT.put_object(Bucket=BUCKET, Key=key(), Body=body)
    check(DEFAULT.get_object(Bucket=BUCKET, Key=key())["Body"].read() == body, "other bytes came back")
    return "200"


@case("200")
def put_of_a_stream_with_default_checksums():
    body = blob(3, MIB + 5)
    path = f"/tmp/{RUN}-stream"
    with open(path, "wb") as file:
        file.write(body)
    try:
        with open(path, "rb") as file:
            DEFAULT.put_object(Bucket=BUCKET, Key=key(), Body=file)
    finally:
        os.unlink(path)
    check(get(key()) == body, "other bytes came back")
    return "200"


@case("200")
def upload_file_of_the_transfer_manager():
    body, path = blob(4, 20 * MIB + 3), f"/tmp/{RUN}-file"
    with open(path, "wb") as file:
        file.write(body)
    try:
        DEFAULT.upload_file(path, BUCKET, key())
        DEFAULT.download_file(BUCKET, key(), path + ".back")
        with open(path + ".back", "rb") as file:
            check(file.read() == body, "other bytes came back")
    finally:
        for each in (path, path + ".back"):
            if os.path.exists(each):
                os.unlink(each)
    return "200"


@case("200")
def object_of_no_bytes():
    put(key(), b"")
    check(get(key()) == b"" and S3.head_object(Bucket=BUCKET, Key=key())["ContentLength"] == 0, "not empty")
    return "200"


@case("200")
def put_over_an_object():
    put(key(), b"the first, a little longer")
    put(key(), b"the second")
    check(get(key()) == b"the second", "not the second")
    return "200"


@case("404")
def head_of_nothing():
    return seen(lambda: S3.head_object(Bucket=BUCKET, Key=key()))


@case("404 NoSuchKey")
def get_of_nothing():
    return seen(lambda: get(key()))


@case("204")
def delete_and_head():
    put(key(), b"soon gone")
    answer = S3.delete_object(Bucket=BUCKET, Key=key())
    check(gone(key()), "it is still there")
    return str(answer["ResponseMetadata"]["HTTPStatusCode"])


@case("3 deleted, 0 errors")
def delete_many():
    names = [key("one"), key("two"), key("never there")]
    for name in names[:2]:
        put(name, b"x")
    done = S3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": name} for name in names]})
    check(gone(names[0]) and gone(names[1]), "something is still there")
    return f"{len(done.get('Deleted', []))} deleted, {len(done.get('Errors', []))} errors"


@case("200")
def a_key_below_a_key():
    for name in ("a", "a/b", "a/b/c"):
        put(key(name), name.encode())
    check(all(get(key(name)) == name.encode() for name in ("a", "a/b", "a/b/c")), "the keys are in each other's way")
    S3.delete_object(Bucket=BUCKET, Key=key("a"))
    check(gone(key("a")) and get(key("a/b")) == b"a/b", "deleting one touched another")
    return "200"


@case("200")
def odd_keys():
    names = ["white space", "plus+and&amp;", "Grüße/日本語", "🦀", "a=b?c#d", "quote\"'<>", "per%20cent", "new\u2028line"]
    for name in names:
        put(key(name), name.encode())
    check(all(get(key(name)) == name.encode() for name in names), "a key names another object")
    listed = [o["Key"] for o in S3.list_objects_v2(Bucket=BUCKET, Prefix=key("")).get("Contents", [])]
    check(sorted(listed) == sorted(key(name) for name in names), f"listed {listed}")
    return "200"


@case("412 PreconditionFailed")
def put_only_if_absent():
    put(key(), b"first", IfNoneMatch="*")
    second = seen(lambda: put(key(), b"second", IfNoneMatch="*"))
    check(get(key()) == b"first", "it was overwritten")
    return second


@case("200 412 PreconditionFailed")
def get_if_match():
    etag = put(key(), b"body")["ETag"]
    return seen(lambda: get(key(), IfMatch=etag)) + " " + seen(lambda: get(key(), IfMatch='"' + "0" * 32 + '"'))


@case("304")
def get_if_none_match():
    etag = put(key(), b"body")["ETag"]
    return seen(lambda: get(key(), IfNoneMatch=etag)).split()[0]


@case("206")
def ranges():
    body = blob(5, 100_000)
    put(key(), body)
    for asked, wanted in [("bytes=0-0", body[:1]), ("bytes=10-19", body[10:20]), ("bytes=99990-", body[99990:]),
                          ("bytes=-7", body[-7:]), ("bytes=-999999", body), ("bytes=99999-200000", body[99999:])]:
        got = S3.get_object(Bucket=BUCKET, Key=key(), Range=asked)
        check(got["ResponseMetadata"]["HTTPStatusCode"] == 206 and got["Body"].read() == wanted, asked)
    return "206"


@case("416 InvalidRange")
def range_behind_the_end():
    put(key(), b"ten bytes.")
    return seen(lambda: get(key(), Range="bytes=10-"))


# ---------------------------------------------------------------- checks of bodies

@case("400 BadDigest")
def content_md5_that_does_not_fit():
    wrong = base64.b64encode(hashlib.md5(b"another").digest()).decode()
    refused = seen(lambda: put(key(), b"the body", ContentMD5=wrong))
    check(gone(key()), "a refused body was stored")
    return refused


@case("400 InvalidDigest", seaweed=[("400 BadDigest", "refused under another name")])
def content_md5_that_is_none():
    return seen(lambda: put(key(), b"the body", ContentMD5="bm9uc2Vuc2U="))


@case("200")
def checksum_crc32_that_fits():
    crc = base64.b64encode(zlib.crc32(b"the body").to_bytes(4, "big")).decode()
    return seen(lambda: put(key(), b"the body", ChecksumCRC32=crc))


@case("400 BadDigest")
def checksum_crc32_that_does_not_fit():
    crc = base64.b64encode(zlib.crc32(b"another").to_bytes(4, "big")).decode()
    refused = seen(lambda: put(key(), b"the body", ChecksumCRC32=crc))
    check(gone(key()), "a refused body was stored")
    return refused


@case("400 BadDigest")
def checksum_sha256_that_does_not_fit():
    sha = base64.b64encode(hashlib.sha256(b"another").digest()).decode()
    name = key()
    upload = create(name)
    refused = seen(lambda: part(name, upload, 1, b"the body", ChecksumSHA256=sha))
    check(not parts(name, upload), "a refused part was stored")
    abort(name, upload)
    return refused


# ---------------------------------------------------------------- multipart

@case("200")
def three_parts_come_back_bit_for_bit():
    cuts = [blob(6, 6 * MIB), blob(7, 5 * MIB), blob(8, 12345)]
    name = key()
    upload = create(name)
    listed = [part(name, upload, n, cut) for n, cut in enumerate(cuts, 1)]
    etag = complete(name, upload, listed)["ETag"]
    wanted = hashlib.md5(b"".join(hashlib.md5(cut).digest() for cut in cuts)).hexdigest()
    check(etag == f'"{wanted}-3"', f"ETag {etag}")
    check(get(name) == b"".join(cuts), "other bytes came back")
    return "200"


@case("200")
def multipart_with_default_checksums():
    name = key()
    made = DEFAULT.create_multipart_upload(Bucket=BUCKET, Key=name, ChecksumAlgorithm="CRC32")
    sent = DEFAULT.upload_part(Bucket=BUCKET, Key=name, UploadId=made["UploadId"], PartNumber=1, Body=b"part",
                               ChecksumAlgorithm="CRC32")
    listed = {"PartNumber": 1, "ETag": sent["ETag"]}
    if "ChecksumCRC32" in sent:
        listed["ChecksumCRC32"] = sent["ChecksumCRC32"]
    DEFAULT.complete_multipart_upload(Bucket=BUCKET, Key=name, UploadId=made["UploadId"], MultipartUpload={"Parts": [listed]})
    check(get(name) == b"part", "other bytes came back")
    return "200"


@case("400 InvalidPart", seaweed=[("400 EntityTooSmall", "it looks at the sizes first")])
def complete_names_a_missing_part():
    name, upload, listed = one_part()
    refused = seen(lambda: complete(name, upload, [listed, {"PartNumber": 2, "ETag": md5(b"never")}]))
    check(len(parts(name, upload)) == 1, "the upload did not survive")
    abort(name, upload)
    return refused


@case("400 InvalidPart")
def complete_with_a_wrong_etag():
    name, upload, listed = one_part()
    refused = seen(lambda: complete(name, upload, [{"PartNumber": 1, "ETag": md5(b"another")}]))
    complete(name, upload, [listed])
    check(get(name) == b"the only part", "other bytes")
    return refused


@case("400 InvalidPartOrder")
def complete_in_the_wrong_order():
    name = key()
    upload = create(name)
    listed = [part(name, upload, n, blob(n, 5 * MIB)) for n in (1, 2)]
    refused = seen(lambda: complete(name, upload, listed[::-1]))
    abort(name, upload)
    return refused


@case("400 EntityTooSmall")
def complete_with_a_small_part():
    name = key()
    upload = create(name)
    listed = [part(name, upload, n, b"small") for n in (1, 2)]
    refused = seen(lambda: complete(name, upload, listed))
    abort(name, upload)
    return refused


@case("400 MalformedXML", seaweed=[("404 NoSuchUpload", "refused under another name")])
def complete_with_an_empty_list():
    name, upload, _ = one_part()
    refused = seen(lambda: complete(name, upload, []))
    abort(name, upload)
    return refused


@case("404 NoSuchUpload")
def complete_of_an_unknown_upload():
    return seen(lambda: complete(key(), "0123456789abcdef0123456789abcdef", [{"PartNumber": 1, "ETag": md5(b"x")}]))


@case("404 NoSuchUpload")
def part_of_an_unknown_upload():
    return seen(lambda: part(key(), "0123456789abcdef0123456789abcdef", 1, b"x"))


@case("200")
def complete_leaves_out_a_part():
    name, first = key(), blob(9, 5 * MIB)
    upload = create(name)
    listed = [part(name, upload, 1, first), part(name, upload, 2, b"left out"), part(name, upload, 3, b"last")]
    complete(name, upload, [listed[0], listed[2]])
    check(get(name) == first + b"last", "other bytes")
    return "200"


@case("200")
def complete_twice():
    name, upload, listed = one_part()
    first = complete(name, upload, [listed])["ETag"]

    def again():
        check(complete(name, upload, [listed])["ETag"] == first, "another ETag")
    answer = seen(again)
    check(get(name) == b"the only part", "other bytes")
    return answer


@case("404 NoSuchUpload", seaweed=[("204", "abort is idempotent there")])
def abort_twice():
    name, upload, _ = one_part()
    abort(name, upload)
    return seen(lambda: abort(name, upload), "204")


@case("404 NoSuchUpload", seaweed=[("204", "abort is idempotent there; the object stays")])
def abort_after_complete():
    name, upload, listed = one_part()
    complete(name, upload, [listed])
    answer = seen(lambda: abort(name, upload), "204")
    check(get(name) == b"the only part", "the object is gone")
    return answer


@case("404 NoSuchUpload")
def part_after_abort():
    name, upload, _ = one_part()
    abort(name, upload)
    return seen(lambda: part(name, upload, 1, b"late"))


@case("404 NoSuchUpload")
def list_parts_after_abort():
    name, upload, _ = one_part()
    abort(name, upload)
    return seen(lambda: parts(name, upload))


EVERY_ATTEMPT = [("200, listed 2 times", "it keeps every attempt until Complete, which takes the one whose ETag it is told")]


def complete_as(name, upload, body):
    """Completes with part 1 as `body`, if such a part is listed, and reads it back."""
    told = [(p["PartNumber"], p["Size"], p["ETag"]) for p in parts(name, upload)]
    # A part that came by a presigned URL may have another ETag than its MD5: it is known by its length, and by what is read back.
    fit = [one for one in told if one[:2] == (1, len(body))]
    check(fit, f"listed {told}")
    listed = next((one for one in fit if one[2] == md5(body)), fit[0])
    complete(name, upload, [{"PartNumber": 1, "ETag": listed[2]}])
    check(get(name) == body, "other bytes")
    return "200" if len(told) == 1 else f"200, listed {len(told)} times"


@case("200", seaweed=EVERY_ATTEMPT)
def part_sent_again():
    name = key()
    upload = create(name)
    part(name, upload, 1, blob(10, MIB))
    part(name, upload, 1, b"shorter")
    return complete_as(name, upload, b"shorter")


class Slowly:
    """A body of which the second half waits for a signal."""

    def __init__(self, body, go):
        self.halves, self.go = [body[: len(body) // 2], body[len(body) // 2:]], go
        self.half_sent = threading.Event()

    def __iter__(self):
        yield self.halves[0]
        self.half_sent.set()
        self.go.wait(60)
        yield self.halves[1]


@case("200", seaweed=EVERY_ATTEMPT)
def part_sent_again_finishing_first():
    name, first, second = key(), blob(11, 2 * MIB), blob(12, MIB)
    upload = create(name)
    url = sign("upload_part", Key=name, UploadId=upload, PartNumber=1, ContentLength=len(first))
    go = threading.Event()
    slow = Slowly(first, go)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        late = pool.submit(request, "PUT", url, iter(slow), {"Content-Length": str(len(first))})
        check(slow.half_sent.wait(30), "the first attempt did not begin")
        part(name, upload, 1, second)
        go.set()
        check(late.result()[0] == 200, f"the first attempt heard {late.result()[0]}")
    return complete_as(name, upload, first)


@case("200")
def eight_parts_at_once():
    name = key()
    upload = create(name)
    cuts = [blob(20 + n, 5 * MIB) for n in range(8)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        listed = list(pool.map(lambda n: part(name, upload, n + 1, cuts[n]), range(8)))
    complete(name, upload, listed)
    check(get(name) == b"".join(cuts), "other bytes")
    return "200"


@case("400 InvalidArgument", seaweed=[("400 InvalidPart", "refused under another name")])
def part_number_above_ten_thousand():
    name = key()
    upload = create(name)
    refused = seen(lambda: part(name, upload, 10_001, b"x"))
    abort(name, upload)
    return refused


@case("2 4 5 10 33")
def list_parts_in_pages():
    name = key()
    upload = create(name)
    for number in (10, 2, 33, 4, 5):
        part(name, upload, number, b"x")
    pages = S3.get_paginator("list_parts").paginate(Bucket=BUCKET, Key=name, UploadId=upload, PaginationConfig={"PageSize": 2})
    listed = [str(p["PartNumber"]) for page in pages for p in page.get("Parts", [])]
    abort(name, upload)
    return " ".join(listed)


@case("3")
def list_open_uploads_in_pages():
    made = sorted((key(n), create(key(n))) for n in ("a", "b", "b"))
    pages = S3.get_paginator("list_multipart_uploads").paginate(Bucket=BUCKET, Prefix=key(""), PaginationConfig={"PageSize": 2})
    listed = sorted((u["Key"], u["UploadId"]) for page in pages for u in page.get("Uploads", []))
    for name, upload in made:
        abort(name, upload)
    check(listed == made, f"listed {listed}")
    return str(len(listed))


@case("206 of 2")
def get_by_part_number():
    name = key()
    upload = create(name)
    complete(name, upload, [part(name, upload, 1, blob(30, 5 * MIB)), part(name, upload, 2, b"second")])
    got = S3.get_object(Bucket=BUCKET, Key=name, PartNumber=2)
    check(got["Body"].read() == b"second", "another part")
    return f"{got['ResponseMetadata']['HTTPStatusCode']} of {got.get('PartsCount')}"


# ---------------------------------------------------------------- listings

@case("1 2 3 4 5 6 7")
def list_in_pages():
    for name in "7654321":
        put(key(name), b"x")
    pages = S3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=key(""), PaginationConfig={"PageSize": 3})
    return " ".join(o["Key"][-1] for page in pages for o in page.get("Contents", []))


@case("root | x/ y/")
def list_with_a_delimiter():
    for name in ("root", "x/1", "x/2", "y/z/1"):
        put(key(name), b"x")
    page = S3.list_objects_v2(Bucket=BUCKET, Prefix=key(""), Delimiter="/")
    names = [o["Key"][len(key("")):] for o in page.get("Contents", [])]
    return " ".join(names) + " | " + " ".join(p["Prefix"][len(key("")):] for p in page.get("CommonPrefixes", []))


@case("True")
def bucket_is_listed():
    return str(any(bucket["Name"] == BUCKET for bucket in S3.list_buckets()["Buckets"]))


@case("404")
def bucket_that_is_not_there():
    return seen(lambda: S3.head_bucket(Bucket="nobody-made-this"))


# ---------------------------------------------------------------- presigned URLs

def signed_part(length=MIB, expires=60):
    name = key()
    upload = create(name)
    url = sign("upload_part", expires, Key=name, UploadId=upload, PartNumber=1, ContentLength=length)
    return name, upload, url


def sent(name, upload, url, body, headers=None):
    answer = request("PUT", url, body, headers)
    stored = bool(parts(name, upload))
    abort(name, upload)
    check(stored == (answer[0] == 200), f"heard {answer[0]}, stored: {stored}")
    return status_code(answer)


@case("200")
def presigned_part():
    name, upload, url = signed_part()
    check("content-length" in url, "the length is not signed")
    return sent(name, upload, url, blob(40, MIB))


@case("403 SignatureDoesNotMatch")
def presigned_part_too_long():
    name, upload, url = signed_part()
    return sent(name, upload, url, blob(40, MIB + 1))


@case("403 SignatureDoesNotMatch")
def presigned_part_too_short():
    name, upload, url = signed_part()
    return sent(name, upload, url, blob(40, MIB - 1))


@case("403 AccessDenied")
def presigned_part_expired():
    name, upload, url = signed_part(expires=1)
    time.sleep(2.5)
    return sent(name, upload, url, blob(40, MIB))


@case("403 SignatureDoesNotMatch")
def presigned_part_with_another_number():
    name, upload, url = signed_part()
    return sent(name, upload, url.replace("partNumber=1", "partNumber=2"), blob(40, MIB))


@case("200 206")
def presigned_get_whole_and_range():
    body = blob(41, 100_000)
    put(key(), body)
    url = sign("get_object", Key=key())
    whole, cut = request("GET", url), request("GET", url, headers={"Range": "bytes=100-199"})
    check(whole[2] == body and cut[2] == body[100:200], "other bytes")
    return f"{whole[0]} {cut[0]}"


@case("403 SignatureDoesNotMatch")
def presigned_get_used_to_put():
    put(key(), b"body")
    answer = request("PUT", sign("get_object", Key=key()), b"other")
    check(get(key()) == b"body", "it was overwritten")
    return status_code(answer)


@case("403 AccessDenied")
def anonymous_get():
    put(key(), b"body")
    return status_code(request("GET", f"{ENDPOINT}/{BUCKET}/{key()}"))


@case("403 SignatureDoesNotMatch")
def wrong_secret():
    return seen(lambda: client(secret="a-guess").get_object(Bucket=BUCKET, Key=key()))


@case("application/octet-stream nosniff sandbox", seaweed=[("text/html - -", "S3 lets the signer choose")])
def object_headers_are_not_the_clients():
    put(key(), b"<script>alert(1)</script>", ContentType="text/html")
    url = sign("get_object", Key=key(), ResponseContentType="text/html", ResponseContentDisposition="inline")
    headers = request("GET", url)[1]
    return " ".join(headers.get(n, "-").split(";")[0] for n in ("content-type", "x-content-type-options", "content-security-policy"))


@case("refused", seaweed=[("stored", "S3 takes forms that carry a signed policy")])
def form_post_is_refused():
    post = S3.generate_presigned_post(BUCKET, key())
    boundary = "x" * 20
    fields = "".join(f'--{boundary}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in post["fields"].items())
    body = fields + f'--{boundary}\r\nContent-Disposition: form-data; name="file"\r\n\r\nbody\r\n--{boundary}--\r\n'
    answer = request("POST", f"{ENDPOINT}/{BUCKET}", body.encode(), {"Content-Type": f"multipart/form-data; boundary={boundary}"})
    return "stored" if answer[0] < 300 else "refused"


def make_bucket():
    for _ in range(20):
        try:
            S3.head_bucket(Bucket=BUCKET)
            return
        except ClientError:
            seen(lambda: S3.create_bucket(Bucket=BUCKET))
            time.sleep(0.5)
    S3.head_bucket(Bucket=BUCKET)


def main():
    make_bucket()
    print(f"S3 conformance, boto3 {boto3.__version__}, {KIND} at {ENDPOINT}")
    width = max(len(name) for name, *_ in CASES)
    counts = {"ok": 0, "differs": 0, "FAILED": 0}
    for name, expected, accepted, function in CASES:
        threading.current_thread().name = name
        try:
            answer = function()
        except Exception as error:  # a case that breaks is a line of the table, not the end of it
            answer = f"{type(error).__name__}: {error}"
        why = dict(accepted.get(KIND, ())).get(answer)
        verdict = "ok" if answer == expected else "differs" if why else "FAILED"
        counts[verdict] += 1
        text = expected if verdict == "ok" else f"{answer} (S3: {expected})" + (f": {why}" if why else "")
        print(f"  {name:{width}}  {verdict:7}  {text}", flush=True)
    print(f"  {len(CASES)} cases: {counts['ok']} ok, {counts['differs']} differ and are accepted, {counts['FAILED']} failed")
    return 1 if counts["FAILED"] else 0


if __name__ == "__main__":
    sys.exit(main())
