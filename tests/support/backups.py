"""Backups for tests: copies of one that belay made, aged, given away or damaged by hand."""
import hashlib
import json
import os
import shutil


def read_manifest(path):
    with open(os.path.join(path, "manifest.json"), "rb") as file:
        return json.loads(file.read().rsplit(b"sha256:", 1)[0])


def write_manifest(path, manifest):
    """The manifest with its right digest on the last line."""
    body = json.dumps(manifest, indent=4, sort_keys=True).encode() + b"\n"
    with open(os.path.join(path, "manifest.json"), "wb") as file:
        file.write(body + b"sha256:" + hashlib.sha256(body).hexdigest().encode() + b"\n")


def copy_backup(path, to, made=None, cluster_id=None):
    """A copy, said to be made at another time, or of another cluster."""
    shutil.copytree(path, to)
    manifest = read_manifest(to)
    if made is not None:
        manifest["made"]["at"] = made
    if cluster_id is not None:
        manifest["cluster"]["id"] = cluster_id
    write_manifest(to, manifest)
    return str(to)


def flip(path, at=None):
    """Changes one bit of a file."""
    with open(path, "r+b") as file:
        data = file.read()
        at = len(data) // 2 if at is None else at
        file.seek(at)
        file.write(bytes([data[at] ^ 1]))
