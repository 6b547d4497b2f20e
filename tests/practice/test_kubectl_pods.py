"""Files of the practice pods have the bytes that FEs write.

Layouts: ImageWriter, SRMetaBlockWriterV1/V2 and Storage of StarRocks 3.3 to 4.1; starmgr images and
the head of JE log files as recorded on 3.3.5, 3.5.16 and 4.1.0.
"""
import hashlib
import json
import os
import re
import struct
import zlib

import pytest

from kubectl_common import CLUSTER, Cluster

POD = f"{CLUSTER}-fe-1"


@pytest.fixture(scope="module")
def cluster():
    with Cluster() as running:
        yield running


def read(*parts):
    with open(os.path.join(*parts), "rb") as file:
        return file.read()


def newest(directory):
    return max(int(name[6:]) for name in os.listdir(directory)
               if name.startswith("image.") and name[6:].isdigit())


def test_image_v2(cluster):
    v2 = cluster.meta(POD, "image", "v2")
    number = newest(v2)
    data = read(v2, f"image.{number}")
    assert read(v2, f"checksum.{number}") == str(zlib.crc32(data)).encode()
    version, length = struct.unpack(">ii", data[:8])
    assert version == 4 and json.loads(data[8:8 + length])["beid"] > 0
    text, at, blocks = data[8 + length:].decode(), 0, {}
    decoder = json.JSONDecoder()
    while at < len(text):
        head, at = decoder.raw_decode(text, at)
        values = []
        for _ in range(head["nj"]):
            value, at = decoder.raw_decode(text, at)
            values.append(value)
        blocks[head["i"]["i"]] = values
    assert {1, 2, 10, 19, 20} <= set(blocks) and all(blocks.values())
    assert any(name.startswith(CLUSTER + "-fe-") for name in blocks[1][0]["f"])


def test_image_v1(cluster):
    image = cluster.meta(POD, "image")
    data = read(image, f"image.{newest(image)}")
    at, blocks = 8 + struct.unpack(">i", data[4:8])[0], 0

    def take():
        nonlocal at
        length = struct.unpack(">i", data[at:at + 4])[0]
        value = json.loads(data[at + 4:at + 4 + length])
        at += 4 + length
        return value

    while at < len(data):
        start = at
        for _ in range(take()["nj"]):
            take()
        end = at
        assert take() == {"c": zlib.crc32(data[start:end])}
        blocks += 1
    assert blocks >= 10


def varint(data, at):
    number = shift = 0
    while True:
        number |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if data[at - 1] < 128:
            return number, at


def delimited(data, at):
    length, at = varint(data, at)
    return data[at:at + length], at + length


def chunks(data, at):
    content = b""
    while True:
        part, at = delimited(data, at)
        if not part:
            return content, at
        content += part


def sections(data, at):
    """Types and contents up to the closing section; checks the footer's MD5."""
    start, found = at, {}
    while True:
        head, at = delimited(data, at)
        assert head[0] == 0x08
        kind = varint(head, 1)[0]
        if kind == 1:
            break
        found[kind], at = chunks(data, at)
    footer, end = delimited(data, at)
    assert footer == b"\x0a\x10" + hashlib.md5(data[start:at]).digest()
    assert end == len(data)
    return found


def test_starmgr_image(cluster):
    directory = cluster.meta(POD, "image", "starmgr")
    number = newest(directory)
    data = read(directory, f"image.{number}")
    assert data[:8] == b"STARMGR1"
    head, at = delimited(data, 8)
    assert head[-18:] == b"\x52\x10" + hashlib.md5(head[:-18]).digest()
    assert head[0] == 0x08 and varint(head, varint(head, 1)[1] + 1)[0] == number
    found = sections(data, at)
    assert list(found) == [102, 103]
    for content in found.values():
        assert sections(content, delimited(content, 0)[1])


def test_bdb(cluster):
    directory = cluster.meta(POD, "bdb")
    names = os.listdir(directory)
    assert {"00000000.jdb", "je.lck", "je.info.0"} <= set(names)
    data, at, kinds = read(directory, "00000000.jdb"), 0, []
    while at < len(data):
        checksum, kind, flags, _, size = struct.unpack("<IBBII", data[at:at + 14])
        assert flags == 0 and zlib.adler32(data[at + 4:at + 14 + size]) == checksum
        kinds.append(kind)
        at += 14 + size
    assert kinds[0] == 25 and struct.unpack("<I", data[34:38]) == (17,)
    total = sum(os.path.getsize(os.path.join(path, name))
                for path, _, files in os.walk(cluster.meta(POD)) for name in files)
    assert total < 300 << 10


def test_identity_files(cluster):
    versions = set()
    for i in range(3):
        pod = f"{CLUSTER}-fe-{i}"
        role = read(cluster.meta(pod, "image", "ROLE")).decode().split("\n")
        assert re.fullmatch(r"#\w{3} \w{3} \d\d \d\d:\d\d:\d\d UTC \d{4}", role[0])
        assert role[1:3] == ["role=FOLLOWER", "hostType=FQDN"]
        assert role[3].startswith(f"name={pod}.{CLUSTER}-fe-search.starrocks.svc.cluster.local_9010_")
        version = read(cluster.meta(pod, "image", "VERSION")).decode().split("\n")
        assert "runMode=shared_data" in version
        versions.add(tuple(version[1:]))
    assert len(versions) == 1  # one cluster id, one token


def test_conf_looks_secret(cluster):
    conf = read(cluster.dir, "pods", POD, "opt/starrocks/fe/conf/fe.conf").decode()
    assert "run_mode = shared_data\n" in conf
    assert "aws_s3_secret_key = CANARY-SECRET-" in conf
    assert conf == cluster.value("cm", f"{CLUSTER}-fe-cm", r".data.fe\.conf")
