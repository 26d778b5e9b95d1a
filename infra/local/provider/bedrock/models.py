"""Models: those of the region, those that jobs made, their deployments, and their answers."""

from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

from infra.local.provider.bedrock.customization import arn, custom_model
from infra.local.provider.context import RequestContext
from infra.local.provider.routes.completions import chat
from infra.local.provider.store import Deployment, Job
from infra.local.provider.wire import Json, bad_request, not_found

_FINISHED = {"stop": "end_turn", "length": "max_tokens"}


def list_foundation_models(context: RequestContext, _asked: Json) -> Json:
    names = {
        name
        for model in context.app.catalogue.values()
        if model.api == "bedrock"
        for name in model.wire_names
    }
    return {"modelSummaries": [_summary(name) for name in sorted(names)]}


def get_custom_model(context: RequestContext, asked: Json) -> Json:
    job = _trained(context, asked["modelIdentifier"])
    return {
        "modelArn": custom_model(job),
        "modelName": job.asked["customModelName"],
        "jobArn": job.id,
        "jobName": job.asked["jobName"],
        "creationTime": datetime.fromtimestamp(job.created_at + job.seconds, UTC),
        "modelStatus": "Active",
    }


def create_deployment(context: RequestContext, asked: Json) -> Json:
    job, name = _trained(context, asked["modelArn"]), asked["modelDeploymentName"]
    if any(one.checkpoint_id == name for one in context.store.all(Deployment)):
        raise bad_request(f"The name {name} is in use already.")
    deployment = Deployment(
        id=arn("custom-model-deployment", token_hex(6)),
        job_id=job.id,
        checkpoint_id=name,
        created_at=context.at,
        ready_at=context.at + context.app.job_seconds / 4,
    )
    context.store.put(deployment)
    return {"customModelDeploymentArn": deployment.id}


def get_deployment(context: RequestContext, asked: Json) -> Json:
    deployment = _deployment(context, asked)
    return {
        "customModelDeploymentArn": deployment.id,
        "modelDeploymentName": deployment.checkpoint_id,
        "modelArn": custom_model(context.job(deployment.job_id)),
        "createdAt": datetime.fromtimestamp(deployment.created_at, UTC),
        "status": "Active" if context.at >= deployment.ready_at else "Creating",
    }


def delete_deployment(context: RequestContext, asked: Json) -> Json:
    context.store.delete(_deployment(context, asked))
    return {}


def converse(context: RequestContext, asked: Json) -> Json:
    options = asked.get("inferenceConfig", {})
    system = [{"role": "system", "content": [part]} for part in asked.get("system", [])]
    reply = chat(
        context,
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


def _trained(context: RequestContext, identifier: str) -> Job:
    for job in context.store.all(Job):
        names = (custom_model(job), job.asked.get("customModelName"))
        if job.asked and identifier in names and context.state(job).status == "succeeded":
            return job
    raise not_found(f"The model {identifier} does not exist.")


def _deployment(context: RequestContext, asked: Json) -> Deployment:
    wanted = asked["customModelDeploymentIdentifier"]
    for deployment in context.store.all(Deployment):
        if wanted in (deployment.id, deployment.checkpoint_id):
            return deployment
    raise not_found(f"The deployment {wanted} does not exist.")
