"""Files: upload, list, retrieve, content, delete."""

from secrets import token_hex

from infra.local.provider import jobs as clock
from infra.local.provider.context import Visit
from infra.local.provider.examples import read_training_data
from infra.local.provider.learning.curve import learning_curve
from infra.local.provider.store import Job, StoredFile
from infra.local.provider.wire import Json, Reply, bad_request, not_found

_LISTED = 10_000


def create_file(visit: Visit) -> Reply:
    upload, purpose = visit.request.files.get("file"), visit.request.form.get("purpose")
    if upload is None:
        raise bad_request("'file' is a required property", "file")
    if not purpose:
        raise bad_request("'purpose' is a required property", "purpose")
    content = upload.read()
    file_id = f"file-{token_hex(12)}"
    named = upload.filename if visit.manner.keeps_file_names else None
    file = StoredFile(
        id=file_id,
        filename=named or f"{file_id}.jsonl",
        purpose=purpose,
        size=len(content),
        sha256=visit.store.keep(content),
        created_at=visit.at,
    )
    visit.store.put(file)
    return Reply(_file_json(visit, file))


def list_files(visit: Visit) -> Reply:
    purpose = visit.request.args.get("purpose")
    files = [f for f in visit.store.all(StoredFile) if purpose in (None, f.purpose)]
    if visit.request.args.get("order") != "asc":
        files.reverse()
    return visit.listed([_file_json(visit, file) for file in files], _LISTED)


def retrieve_file(visit: Visit, file_id: str) -> Reply:
    job = _job_with_results(visit, file_id)
    if job is None:
        return Reply(_file_json(visit, _file(visit, file_id)))
    finished = clock.finished_at(job, visit.at) or visit.at
    size = len(_results(visit, job))
    name, purpose = "step_metrics.csv", "fine-tune-results"
    return Reply(_file_json(visit, StoredFile(file_id, name, purpose, size, "", finished)))


def file_content(visit: Visit, file_id: str) -> Reply:
    job = _job_with_results(visit, file_id)
    if job is not None:
        return Reply(_results(visit, job))
    return Reply(visit.store.content(_file(visit, file_id).sha256))


def delete_file(visit: Visit, file_id: str) -> Reply:
    visit.store.delete(_file(visit, file_id))
    return Reply({"id": file_id, "object": "file", "deleted": True})


def is_processed(visit: Visit, file: StoredFile) -> bool:
    """Whether an uploaded file can be used by now."""
    wait = visit.manner.file_wait * visit.provider.job_seconds
    return visit.at >= file.created_at + wait


def _file(visit: Visit, file_id: str) -> StoredFile:
    file = visit.store.get(StoredFile, file_id)
    if file is None:
        raise not_found(f"No such File object: {file_id}", "id")
    return file


def _job_with_results(visit: Visit, file_id: str) -> Job | None:
    """The succeeded job whose result file is asked for, if that is what is asked for."""
    for job in visit.store.all(Job):
        if clock.result_file(job) == file_id and clock.status(job, visit.at) == "succeeded":
            return job
    return None


def _results(visit: Visit, job: Job) -> bytes:
    training = read_training_data(visit.store.content(job.training_sha256)).examples()
    held_out = job.validation_sha256
    validation = read_training_data(visit.store.content(held_out)).examples() if held_out else []
    epochs = job.hyperparameters["n_epochs"]
    return learning_curve(training, validation, clock.total_steps(job), epochs).encode()


def _file_json(visit: Visit, file: StoredFile) -> Json:
    return {
        "object": "file",
        "id": file.id,
        "bytes": file.size,
        "created_at": int(file.created_at),
        "filename": file.filename,
        "purpose": file.purpose,
        "status": visit.manner.file_done if is_processed(visit, file) else "uploaded",
    }
