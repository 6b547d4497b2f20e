"""Backups for tests: copies of one that belay made, aged, given away or damaged by hand."""
import hashlib
import io
import json
import os
import shutil
import tarfile


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


def change_note(path, name, change):
    """A file of the backup that holds JSON, changed, with its right size and digest in the manifest."""
    with open(os.path.join(path, name), encoding="utf-8") as file:
        value = json.load(file)
    change(value)
    data = json.dumps(value).encode()
    with open(os.path.join(path, name), "wb") as file:
        file.write(data)
    manifest = read_manifest(path)
    for entry in manifest["files"]:
        if entry["name"] == name:
            entry.update(size=len(data), sha256=hashlib.sha256(data).hexdigest())
    write_manifest(path, manifest)


def strip_journal(path, to):
    """A copy whose archive holds no bdb, as a hand that thinks the image is enough makes it."""
    shutil.copytree(path, to)
    archive = os.path.join(to, "meta.tar")
    kept = io.BytesIO()
    with tarfile.open(archive) as old, tarfile.open(fileobj=kept, mode="w") as new:
        for member in old:
            if "bdb" not in member.name.split("/"):
                new.addfile(member, old.extractfile(member) if member.isfile() else None)
    with open(archive, "wb") as file:
        file.write(kept.getvalue())
    manifest = read_manifest(to)
    for entry in manifest["files"]:
        if entry["name"] == "meta.tar":
            entry.update(size=len(kept.getvalue()),
                         sha256=hashlib.sha256(kept.getvalue()).hexdigest())
    manifest["archive"]["members"] = [m for m in manifest["archive"]["members"]
                                      if not m["name"].startswith("bdb/")]
    manifest["image"]["jdb_files"] = 0
    write_manifest(to, manifest)
    return str(to)
