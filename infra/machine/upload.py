"""A folder of the user's transcripts, brought into the bucket as a show's own files."""

from hashlib import md5
from pathlib import Path

from shared.corpus import is_transcript_file, passed_over
from shared.lake import Bucket, keys


def address_of(bucket: Bucket, show: str) -> str:
    """Return where a show's own files lie, as a profile names it."""
    return f"s3://{bucket.name}/{keys.transcripts(show)}"


def upload(bucket: Bucket, show: str, folder: Path) -> int:
    """Make the show's own prefix hold exactly the folder's transcript files, but for forgotten ones.

    Returns how many were new or changed.
    """
    prefix = keys.transcripts(show)
    address = address_of(bucket, show)
    there = bucket.etags(prefix)
    names = {
        path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()
    }
    for name in bucket.read_json(keys.erased(show)) or ():
        names.pop(name.removeprefix(address), None)
    brought = 0
    for name, path in sorted(names.items()):
        if is_transcript_file(name):
            body = path.read_bytes()
            # S3 names an object that was put in one piece by its MD5.
            if there.pop(prefix + name, "") != md5(body, usedforsecurity=False).hexdigest():
                bucket.write(prefix + name, body)
                brought += 1
    bucket.delete(list(there))
    if beside := passed_over(names):
        bucket.write_json(prefix + keys.PASSED_OVER, beside)
    return brought
