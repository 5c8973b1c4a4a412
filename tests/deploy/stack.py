"""The stack, deployed as a user deploys it: `sam deploy`, `vestibule keys init`, `vestibule users add`."""

import secrets
from dataclasses import dataclass
from pathlib import Path

import boto3
from build import BUILT, architecture
from command import REGION, against, attempt, run

NAME = "vestibule-test"
SAMCONFIG = Path("samconfig.toml").absolute()
ORIGIN = "https://app.example.com"
DEPLOY_SECONDS = 300
# The first run of the command line interface compiles it.
COMMAND_SECONDS = 30 * 60
VESTIBULE = ["cargo", "run", "--quiet", "--locked", "--package", "vestibule-cli", "--"]


@dataclass
class Person:
    """Somebody who may sign in."""

    name: str
    password: str
    rights: tuple


class Stack:
    """A stack on the emulated AWS."""

    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.parameters = {
            "DemoApi": "true",
            "Architecture": architecture(),
            "AllowedOrigins": ORIGIN,
            "KeyRotationDays": 0,
            # Two people sign in for all tests, from one address.
            "LoginNameLimit": "1000/60",
            "LoginNetworkLimit": "1000/60",
            # Nobody listens: what it is for is that the alarms are made.
            "AlarmTopic": f"arn:aws:sns:{REGION}:000000000000:alarms",
        }
        self.demo = person("demo@example.com", "--scope", "orders:read")
        self.admin = person("admin@example.com", "--scope", "orders:read", "--role", "admin")

    def client(self, service, **credentials):
        """An AWS client that can reach the emulator only."""
        credentials = credentials or {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        return boto3.client(service, endpoint_url=self.endpoint, region_name=REGION, **credentials)

    def deploy(self, **parameters):
        """Creates the stack, or updates it with `parameters`."""
        self.parameters |= parameters
        overrides = [f"{name}={value}" for name, value in self.parameters.items()]
        # Without its name the configuration would be looked for beside the built template.
        where = ["--config-file", SAMCONFIG, "--template-file", BUILT / "template.yaml", "--stack-name", NAME, "--region", REGION]
        arguments = [*where, "--no-confirm-changeset", "--parameter-overrides", *overrides]
        return run(["sam", "deploy", *arguments], within=DEPLOY_SECONDS, environment=against(self.endpoint))

    def delete_all_but_the_table(self, report):
        """Deletes the stack, and looks at what is left."""
        table, secrets = self.output("TableName"), {self.output("SigningKeysSecret"), self.output("SymmetricKeysSecret")}
        database = self.client("dynamodb")
        items = database.scan(TableName=table, Select="COUNT")["Count"]
        arguments = ["--stack-name", NAME, "--region", REGION, "--no-prompts"]
        run(["sam", "delete", *arguments], within=DEPLOY_SECONDS, environment=against(self.endpoint))
        left = database.describe_table(TableName=table)["Table"]
        report.check("the table is left and protected", left["DeletionProtectionEnabled"], left)
        report.check("every item is left", items > 0 and database.scan(TableName=table, Select="COUNT")["Count"] == items)
        found = {secret["Name"] for secret in self.client("secretsmanager").list_secrets()["SecretList"]}
        report.check("the secrets are left", secrets <= found, found)
        names = [function["FunctionName"] for function in self.client("lambda").list_functions()["Functions"]]
        report.check("no function is left", not [name for name in names if name.startswith(NAME)], names)

    def describe(self):
        """What CloudFormation says of it."""
        return self.client("cloudformation").describe_stacks(StackName=NAME)["Stacks"][0]

    def output(self, name):
        """An output of the stack."""
        return {output["OutputKey"]: output["OutputValue"] for output in self.describe()["Outputs"]}[name]

    def resource(self, logical_id):
        """The physical id of a resource."""
        detail = self.client("cloudformation").describe_stack_resource(StackName=NAME, LogicalResourceId=logical_id)
        return detail["StackResourceDetail"]["PhysicalResourceId"]

    def recover_to_any_point(self, enabled):
        """Turns the table's point-in-time recovery on or off."""
        recovery = {"PointInTimeRecoveryEnabled": enabled}
        self.client("dynamodb").update_continuous_backups(
            TableName=self.output("TableName"), PointInTimeRecoverySpecification=recovery
        )

    def template(self):
        """What was deployed, once SAM had transformed it."""
        return self.client("cloudformation").get_template(StackName=NAME, TemplateStage="Processed")["TemplateBody"]

    def functions(self):
        """The logical ids of the functions that these parameters deploy."""
        resources = self.client("cloudformation").describe_stack_resources(StackName=NAME)["StackResources"]
        return sorted(one["LogicalResourceId"] for one in resources if one["ResourceType"] == "AWS::Lambda::Function")

    def assume(self, logical_id):
        """Credentials of a role."""
        role = self.client("iam").get_role(RoleName=self.resource(logical_id))["Role"]["Arn"]
        given = self.client("sts").assume_role(RoleArn=role, RoleSessionName="deployment-test")["Credentials"]
        return {
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretAccessKey"],
            "aws_session_token": given["SessionToken"],
        }

    def url(self):
        """Where the emulator answers for the API (deviations.py says why it is addressed by path)."""
        return f"{self.endpoint}/_aws/execute-api/{self.resource('Api')}/$default"

    def vestibule(self, *arguments, say=None):
        """An operator's command on the table and its secrets."""
        return run(self.command(arguments), within=COMMAND_SECONDS, environment=against(self.endpoint), say=say)

    def try_vestibule(self, *arguments):
        """The same where it may be refused: its exit code, and what it said."""
        return attempt(self.command(arguments), within=COMMAND_SECONDS, environment=against(self.endpoint))

    def command(self, arguments):
        target = ["--table", self.output("TableName"), "--signing-secret", self.output("SigningKeysSecret")]
        return [*VESTIBULE, *arguments, *target, "--symmetric-secret", self.output("SymmetricKeysSecret"), *self.endpoints()]

    def doctor(self):
        """Its exit code, and what it said."""
        command = [*VESTIBULE, "doctor", "--stack", NAME, "--api", self.url(), *self.endpoints()]
        return attempt(command, within=COMMAND_SECONDS, environment=against(self.endpoint))

    def endpoints(self):
        """Where a command finds the emulated AWS."""
        return ["--region", REGION, "--endpoint-url", self.endpoint]

    def provision(self):
        """The first keys and two people; passwords by standard input."""
        said = [self.vestibule("keys", "init")]
        for person in (self.demo, self.admin):
            said.append(self.vestibule("users", "add", person.name, *person.rights, say=f"{person.password}\n"))
        return said


def person(name, *rights):
    """Somebody with a password that nobody knows before."""
    return Person(name, secrets.token_urlsafe(18), rights)
