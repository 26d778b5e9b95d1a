"""Training files at the provider: one upload an attempt, known by its id, gone when the attempt is over."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import BinaryIO

from shared.errors import EconChatRError
from shared.ledger import Entry, TrainingPurchase
from shared.providers import FineTuningProvider, ProviderRejected, job_key
from shared.purchases.context import PurchaseContext

OpenFile = Callable[[], BinaryIO]
# How long to wait within one call for a provider that is still processing an upload.
FILE_PATIENCE = timedelta(seconds=60)
# The same where the provider does not say that it is processing, nor that it is done.
UNSAID_PATIENCE = timedelta(seconds=10)
FILE_PAUSE_SECONDS = 2.0


def file_name(entry: Entry) -> str:
    """Return the upload's name, which differs by run, and between ledgers too."""
    return f"{job_key(entry.run_id, entry.entry_id)}.jsonl"


def validation_name(entry: Entry) -> str:
    """Return the name of the upload that a model is validated on, the same for every attempt of a run."""
    return f"{job_key(entry.run_id, entry.purchase_id)}.validation.jsonl"


def validation_file(
    context: PurchaseContext, entry: Entry, open_file: OpenFile | None
) -> str | None:
    """Return the id of the file that a model is validated on, if any, uploaded unless it is there.

    It is known by its name: nothing is bought with it, and a second one does no harm.
    """
    if open_file is None:
        return None
    provider, name = context.provider_of(entry.provider), validation_name(entry)
    there = provider.find_files(name)
    if there:
        file_id = there[0].file_id
    else:
        with open_file() as content:
            file_id = provider.upload(name, content).file_id
    _wait_for(context, provider, file_id)
    return file_id


def training_file(
    context: PurchaseContext, entry: Entry, previous: TrainingPurchase | None, open_file: OpenFile
) -> str:
    """Return the id of this attempt's file, uploaded unless it is there, and waited for while it is processed.

    The ledger knows it before anything is bought. Raises ProviderRejected when the provider cannot
    use it.
    """
    provider = context.provider_of(entry.provider)
    file_id = entry.file_id or _uploaded(context, provider, entry, previous, open_file)
    _wait_for(context, provider, file_id)
    return file_id


def delete_uploads(context: PurchaseContext, entry: Entry) -> None:
    """Delete what a closed reservation's attempt uploaded, unless a job still needs it.

    An upload whose reply was lost has no known id, so its name is looked for too, and so is what the
    model was validated on. Storage is all
    that is at stake: what cannot be deleted now is tried again when the run is shut down.
    """
    purchase = context.ledger.trainings.get(entry.purchase_id)
    in_use = purchase is not None and purchase.state in ("submitting", "created")
    if entry.file_deleted or (in_use and purchase and purchase.file_id == entry.file_id):
        return
    with suppress(EconChatRError):
        provider = context.provider_of(entry.provider)
        names = [file_name(entry), *([] if in_use else [validation_name(entry)])]
        named = [file.file_id for name in names for file in provider.find_files(name)]
        for file_id in {*named, *filter(None, [entry.file_id])}:
            provider.delete_file(file_id)
        context.ledger.note_file_deleted(entry.run_id, entry.entry_id)


def _uploaded(
    context: PurchaseContext,
    provider: FineTuningProvider,
    entry: Entry,
    previous: TrainingPurchase | None,
    open_file: OpenFile,
) -> str:
    if previous is not None and previous.file_unused and previous.run_id == entry.run_id:
        file_id = previous.file_id
    else:
        with open_file() as content:
            file_id = provider.upload(file_name(entry), content).file_id
    noted = context.ledger.note_file(entry.run_id, entry.entry_id, file_id).file_id
    if noted == file_id:
        return file_id
    with suppress(EconChatRError):  # a twin of this call was first, or the run was shut down
        provider.delete_file(file_id)
    return noted or file_id


def _wait_for(context: PurchaseContext, provider: FineTuningProvider, file_id: str) -> None:
    """A file that stays pending is tried all the same: what a creation answers will tell."""
    begun = context.now()
    while True:
        file = provider.file(file_id)
        if file is not None and file.state == "broken":
            raise ProviderRejected(
                f"the provider could not process the training file {file_id}; "
                "its own page of files may say why"
            )
        if file is not None and file.state == "ready":
            return
        patience = UNSAID_PATIENCE if file and file.state == "unsaid" else FILE_PATIENCE
        if context.now() - begun >= patience:
            return
        context.sleep(FILE_PAUSE_SECONDS)
