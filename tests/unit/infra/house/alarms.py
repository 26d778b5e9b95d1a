"""Which alarm there is for what."""

from tests.unit.infra.house.template import WATCH, WATCHED


def alarmed(**properties):
    (alarm,) = (
        resource["Properties"]
        for resource in WATCH.values()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
        and properties.items() <= resource["Properties"].items()
    )
    assert alarm["AlarmActions"] == [{"Ref": "Topic"}]
    return alarm


def assert_watched(dead_letters):
    """An alarm goes off where there is anything in the queue."""
    queue = dead_letters["Arn"]["Fn::GetAtt"].split(".")[0]
    assert WATCHED[queue] == {"Fn::GetAtt": f"{queue}.QueueName"}
    assert alarmed(Dimensions=[{"Name": "QueueName", "Value": {"Ref": queue}}])["Threshold"] == 1
