"""Models: those of the region, those that jobs made, their deployments, and their answers."""

from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

from infra.local.provider import jobs as clock
from infra.local.provider.bedrock.customization import arn, custom_model
from infra.local.provider.context import Visit
from infra.local.provider.routes.models import chat
from infra.local.provider.store import Deployment, Job
from infra.local.provider.wire import Json, bad_request, not_found

_FINISHED = {"stop": "end_turn", "length": "max_tokens"}


def list_foundation_models(visit: Visit, _asked: Json) -> Json:
    names = {
        name
        for model in visit.provider.catalogue.values()
        if model.api == "bedrock"
        for name in model.wire_names
    }
    return {"modelSummaries": [_summary(name) for name in sorted(names)]}


def get_custom_model(visit: Visit, asked: Json) -> Json:
    job = _trained(visit, asked["modelIdentifier"])
    return {
        "modelArn": custom_model(job),
        "modelName": job.asked["customModelName"],
        "jobArn": job.id,
        "jobName": job.asked["jobName"],
        "creationTime": datetime.fromtimestamp(job.created_at + job.seconds, UTC),
        "modelStatus": "Active",
    }


def create_deployment(visit: Visit, asked: Json) -> Json:
    job, name = _trained(visit, asked["modelArn"]), asked["modelDeploymentName"]
    if any(one.checkpoint_id == name for one in visit.store.all(Deployment)):
        raise bad_request(f"The name {name} is in use already.")
    deployment = Deployment(
        id=arn("custom-model-deployment", token_hex(6)),
        job_id=job.id,
        checkpoint_id=name,
        created_at=visit.at,
        ready_at=visit.at + visit.provider.job_seconds / 4,
    )
    visit.store.put(deployment)
    return {"customModelDeploymentArn": deployment.id}


def get_deployment(visit: Visit, asked: Json) -> Json:
    deployment = _deployment(visit, asked)
    return {
        "customModelDeploymentArn": deployment.id,
        "modelDeploymentName": deployment.checkpoint_id,
        "modelArn": custom_model(visit.job(deployment.job_id)),
        "createdAt": datetime.fromtimestamp(deployment.created_at, UTC),
        "status": "Active" if visit.at >= deployment.ready_at else "Creating",
    }


def delete_deployment(visit: Visit, asked: Json) -> Json:
    visit.store.delete(_deployment(visit, asked))
    return {}


def converse(visit: Visit, asked: Json) -> Json:
    options = asked.get("inferenceConfig", {})
    system = [{"role": "system", "content": [part]} for part in asked.get("system", [])]
    reply = chat(
        visit,
        {
            "model": asked["modelId"],
            "messages": [*system, *asked.get("messages", [])],
            "max_tokens": options.get("maxTokens"),
            "temperature": options.get("temperature"),
        },
    )
    choice, usage = reply["choices"][0], reply["usage"]
    return {
        "output": {
            "message": {"role": "assistant", "content": [{"text": choice["message"]["content"]}]}
        },
        "stopReason": _FINISHED[choice["finish_reason"]],
        "usage": {
            "inputTokens": usage["prompt_tokens"],
            "outputTokens": usage["completion_tokens"],
            "totalTokens": usage["total_tokens"],
        },
        "metrics": {"latencyMs": 1},
    }


def _summary(name: str) -> dict[str, Any]:
    return {
        "modelArn": arn("foundation-model", name, account=""),
        "modelId": name,
        "customizationsSupported": ["FINE_TUNING"],
        "modelLifecycle": {"status": "ACTIVE"},
    }


def _trained(visit: Visit, identifier: str) -> Job:
    for job in visit.store.all(Job):
        names = (custom_model(job), job.asked.get("customModelName"))
        if job.asked and identifier in names and clock.status(job, visit.at) == "succeeded":
            return job
    raise not_found(f"The model {identifier} does not exist.")


def _deployment(visit: Visit, asked: Json) -> Deployment:
    wanted = asked["customModelDeploymentIdentifier"]
    for deployment in visit.store.all(Deployment):
        if wanted in (deployment.id, deployment.checkpoint_id):
            return deployment
    raise not_found(f"The deployment {wanted} does not exist.")
