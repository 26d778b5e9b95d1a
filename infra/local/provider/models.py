"""The names that models answer under: untuned, tuned, deployed."""

from infra.local.provider.context import RequestContext
from infra.local.provider.engine import ServedModel
from infra.local.provider.jobs import checkpoint_model, tuned_model
from infra.local.provider.store import Deployment, Job


def find(context: RequestContext, name: object) -> ServedModel:
    """Return the model that answers under `name` at the moment. Raises ApiError, as the service words it."""
    model = _find(context, str(name))
    if model is None:
        raise context.behaviour.model_unready.error(name)
    return model


def _find(context: RequestContext, name: str) -> ServedModel | None:
    catalogue, store = context.app.catalogue, context.store
    if name in catalogue:
        return ServedModel(name, catalogue[name], None)
    deployment = store.get(Deployment, name)
    if deployment is not None and context.at >= deployment.ready_at:
        job = store.get(Job, deployment.job_id)
        return ServedModel(name, context.app.base(job), job) if job else None
    for job in store.all(Job):
        if name in tuned_names(job, context):
            return ServedModel(name, context.app.base(job), job)
    return None


def tuned_names(job: Job, context: RequestContext) -> list[str]:
    """Return the names that a job's result answers under without being deployed: the model, its checkpoints.

    A job that did not succeed has no model, and the checkpoints that it got to.
    """
    state = context.state(job)
    if context.app.base(job).must_be_deployed or job.model_deleted or state.finished_at is None:
        return []
    if context.at - state.finished_at < context.behaviour.model_wait * job.seconds:
        return []
    made = [tuned_model(job)] if state.status == "succeeded" else []
    return [*made, *(checkpoint_model(job, at) for at in state.checkpoints.values())]
