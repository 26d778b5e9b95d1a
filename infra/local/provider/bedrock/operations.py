"""The operations that are answered, by the service that has them."""

from infra.local.provider.bedrock import customization, models
from infra.local.provider.bedrock.service import Operation

OPERATIONS = (
    Operation("bedrock", "CreateModelCustomizationJob", customization.create_job),
    Operation("bedrock", "GetModelCustomizationJob", customization.get_job),
    Operation("bedrock", "ListModelCustomizationJobs", customization.list_jobs),
    Operation("bedrock", "StopModelCustomizationJob", customization.stop_job),
    Operation("bedrock", "ListFoundationModels", models.list_foundation_models),
    Operation("bedrock", "GetCustomModel", models.get_custom_model),
    Operation("bedrock", "CreateCustomModelDeployment", models.create_deployment),
    Operation("bedrock", "GetCustomModelDeployment", models.get_deployment),
    Operation("bedrock", "DeleteCustomModelDeployment", models.delete_deployment),
    Operation("bedrock-runtime", "Converse", models.converse),
)
