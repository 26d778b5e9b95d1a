"""Models and their deployments."""

from dataclasses import replace
from secrets import token_hex

from infra.local.provider.context import RequestContext
from infra.local.provider.models import find, tuned_names
from infra.local.provider.store import Deployment, Job
from infra.local.provider.wire import Json, Reply, bad_request, not_found


def list_models(context: RequestContext) -> Reply:
    bases = {model.wire_name: model.wire_name for model in context.app.catalogue.values()}
    tuned = [
        _model_json(context, name, job.model, job.created_at)
        for job in context.store.all(Job)
        for name in tuned_names(job, context)[:1]
    ]
    return Reply(
        {"object": "list", "data": [*(_model_json(context, name, name) for name in bases), *tuned]}
    )


def retrieve_model(context: RequestContext, name: str) -> Reply:
    model = find(context, name)
    return Reply(_model_json(context, name, model.base.wire_name))


def delete_model(context: RequestContext, name: str) -> Reply:
    job = find(context, name).job
    if job is None:
        raise bad_request(f"The model '{name}' is not yours to delete", "model")
    context.store.put(replace(job, model_deleted=True))
    return Reply({"id": name, "object": "model", "deleted": True})


def create_deployment(context: RequestContext) -> Reply:
    body = context.body()
    for key in ("name", "base_model", "source"):
        if not isinstance(body.get(key), str) or not body[key]:
            raise bad_request(f"'{key}' is a required property", key)
    job_id, _, checkpoint = body["source"].partition(":")
    job = context.job(job_id)
    if checkpoint not in context.state(job).checkpoints:
        raise bad_request(f"No such checkpoint of {job_id}: {checkpoint!r}", "source")
    if not job.hyperparameters.get("lora"):
        raise bad_request(f"{job_id} tuned all weights; only LoRA adapters can be served", "source")
    if context.app.catalogue.get(body["base_model"]) != context.app.base(job):
        raise bad_request(f"{job_id} did not tune {body['base_model']}", "base_model")
    deployment = Deployment(
        id=f"{body['base_model']}-LoRA:{body['name']}-{token_hex(2)}",
        job_id=job_id,
        checkpoint_id=checkpoint,
        created_at=context.at,
        ready_at=context.at + context.app.job_seconds / 4,
    )
    context.store.put(deployment)
    return Reply(_deployment_json(deployment, context.at))


def deploy_by_hand(context: RequestContext) -> Reply:
    """Deploy as a person does at a service's console: the last checkpoint of a job answers at once."""
    body = context.body()
    job = context.job(body["job_id"])
    newest = next(iter(context.state(job).checkpoints), None)
    if newest is None:
        raise bad_request(f"{job.id} has not succeeded", "job_id")
    deployment = Deployment(body["name"], job.id, newest, context.at, context.at)
    context.store.put(deployment)
    return Reply(_deployment_json(deployment, context.at))


def retrieve_deployment(context: RequestContext, name: str) -> Reply:
    return Reply(_deployment_json(_deployment(context, name), context.at))


def delete_deployment(context: RequestContext, name: str) -> Reply:
    context.store.delete(_deployment(context, name))
    return Reply({"name": name, "deleted": True})


def _model_json(context: RequestContext, name: str, base: str, created_at: float = 0.0) -> Json:
    return {
        "id": name,
        "object": "model",
        "created": int(created_at),
        "owned_by": "system" if name == base else "org-local",
        "shutdown_date": context.app.catalogue[base].shutdown_date,
    }


def _deployment(context: RequestContext, name: str) -> Deployment:
    deployment = context.store.get(Deployment, name)
    if deployment is None:
        raise not_found(f"No such model: {name}", "name", "model_not_found")
    return deployment


def _deployment_json(deployment: Deployment, now: float) -> Json:
    return {
        "name": deployment.id,
        "source": f"{deployment.job_id}:{deployment.checkpoint_id}",
        "status": "active" if now >= deployment.ready_at else "creating",
        "created_at": int(deployment.created_at),
    }
