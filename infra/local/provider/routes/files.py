"""Files: upload, list, retrieve, content, delete."""

from secrets import token_hex

from infra.local.provider.context import RequestContext
from infra.local.provider.jobs import result_file
from infra.local.provider.store import Job, StoredFile
from infra.local.provider.wire import Json, Reply, bad_request, not_found

_LISTED = 10_000


def create_file(context: RequestContext) -> Reply:
    upload, purpose = context.request.files.get("file"), context.request.form.get("purpose")
    if upload is None:
        raise bad_request("'file' is a required property", "file")
    if not purpose:
        raise bad_request("'purpose' is a required property", "purpose")
    content = upload.read()
    file_id = f"file-{token_hex(12)}"
    named = upload.filename if context.behaviour.keeps_file_names else None
    file = StoredFile(
        id=file_id,
        filename=named or f"{file_id}.jsonl",
        purpose=purpose,
        size=len(content),
        sha256=context.store.save(content),
        created_at=context.at,
    )
    context.store.put(file)
    return Reply(_file_json(context, file))


def list_files(context: RequestContext) -> Reply:
    purpose = context.request.args.get("purpose")
    files = [f for f in context.store.all(StoredFile) if purpose in (None, f.purpose)]
    if context.request.args.get("order") != "asc":
        files.reverse()
    return context.listed([_file_json(context, file) for file in files], _LISTED)


def retrieve_file(context: RequestContext, file_id: str) -> Reply:
    job = _job_with_results(context, file_id)
    if job is None:
        return Reply(_file_json(context, _file(context, file_id)))
    finished = context.state(job).finished_at or context.at
    size = len(_results(context, job))
    name, purpose = "step_metrics.csv", "fine-tune-results"
    return Reply(_file_json(context, StoredFile(file_id, name, purpose, size, "", finished)))


def file_content(context: RequestContext, file_id: str) -> Reply:
    job = _job_with_results(context, file_id)
    if job is not None:
        return Reply(_results(context, job))
    return Reply(context.store.content(_file(context, file_id).sha256))


def delete_file(context: RequestContext, file_id: str) -> Reply:
    context.store.delete(_file(context, file_id))
    return Reply({"id": file_id, "object": "file", "deleted": True})


def is_processed(context: RequestContext, file: StoredFile) -> bool:
    """Return whether an uploaded file can be used by now."""
    wait = context.behaviour.file_wait * context.app.job_seconds
    return context.at >= file.created_at + wait


def _file(context: RequestContext, file_id: str) -> StoredFile:
    file = context.store.get(StoredFile, file_id)
    if file is None:
        raise not_found(f"No such File object: {file_id}", "id")
    return file


def _job_with_results(context: RequestContext, file_id: str) -> Job | None:
    """The succeeded job whose result file is asked for, if that is what is asked for."""
    for job in context.store.all(Job):
        if result_file(job) == file_id and context.state(job).status == "succeeded":
            return job
    return None


def _results(context: RequestContext, job: Job) -> bytes:
    return context.app.engine.learning_curve(job).encode()


def _file_json(context: RequestContext, file: StoredFile) -> Json:
    return {
        "object": "file",
        "id": file.id,
        "bytes": file.size,
        "created_at": int(file.created_at),
        "filename": file.filename,
        "purpose": file.purpose,
        "status": context.behaviour.file_done if is_processed(context, file) else "uploaded",
    }
