"""Templates as CloudFormation gets them: SAM's once they are transformed, CDK's once they are synthesized."""

import json
import shutil
from pathlib import Path

from command import REGION, run, without_aws
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

MAIN = Path("infra/template.yaml")
REST = Path("infra/rest-api.yaml")
JWT = Path("infra/jwt-authorizer.yaml")
SAM = Path("docs/attach/sam/template.yaml")
CDK = Path("docs/attach/cdk/orders.ts")
# Installed by `run`.
CDK_FOLDER = Path("target/attach/cdk")
SYNTHESIZED = CDK_FOLDER / "synthesized/Orders.template.json"


class NoManagedPolicies:
    """The transform asks IAM for AWS's own policies, which no template here names."""

    def load(self):
        return {}


def read(path):
    """A template as it is written."""
    return yaml_parse(path.read_text())


def transformed(path):
    """A SAM template as AWS::Serverless makes it into CloudFormation, with the defaults of its parameters."""
    template = read(path)
    for resource in template["Resources"].values():
        if "CodeUri" in resource.get("Properties", {}):
            resource["Properties"]["CodeUri"] = "s3://bucket/key"  # as `sam package` leaves it
    return transform(template, {}, NoManagedPolicies())


def synthesized():
    """The example for CDK, type-checked, compiled and run as the `cdk` program runs it."""
    shutil.copy(CDK, CDK_FOLDER)
    compiler = [CDK_FOLDER / "node_modules/.bin/tsc", "--strict", "--module", "commonjs", "--target", "es2022", "--skipLibCheck"]
    run([*compiler, "--outDir", CDK_FOLDER / "compiled", CDK_FOLDER / CDK.name], within=300)
    shutil.rmtree(SYNTHESIZED.parent, ignore_errors=True)
    environment = without_aws() | {"CDK_OUTDIR": str(SYNTHESIZED.parent), "AWS_REGION": REGION}
    run(["node", CDK_FOLDER / "compiled" / CDK.with_suffix(".js").name], within=300, environment=environment)
    return json.loads(SYNTHESIZED.read_text())


def of_type(template, kind):
    """The properties of the resources of a type."""
    return [resource.get("Properties", {}) for resource in template["Resources"].values() if resource["Type"] == kind]


def imports(node, stack):
    """The names of all outputs that a template imports of the stack of this name."""
    if isinstance(node, list):
        return {name for item in node for name in imports(item, stack)}
    if not isinstance(node, dict):
        return set()
    found = {name for item in node.values() for name in imports(item, stack)}
    imported = node.get("Fn::ImportValue")
    if isinstance(imported, dict):
        imported = imported["Fn::Sub"].replace("${VestibuleStack}", stack)
    return found | ({imported} if imported else set())
