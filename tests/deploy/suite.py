"""The end-to-end suite, `tests/tests/deployed`: the one that `cargo test` runs against the gateway of a laptop."""

import re

from build import target
from command import Failed, attempt, without_aws
from report import say
from stack import ORIGIN

# Compiling it takes most of this.
SUITE_SECONDS = 30 * 60
# Waits for as long as a token lives.
PATIENT = "an_access_token_stops_working_when_it_ends"
RESULT = re.compile(r"^test result: \w+\. (\d+) passed; (\d+) failed;", re.MULTILINE)


def run_locally(report):
    """Against the gateway of a laptop, with the binaries that are about to be deployed as its functions."""
    run(report, {"VESTIBULE_BINARIES": str(target() / "lambda")}, skip=[PATIENT])


def run_deployed(report, stack, skip=()):
    """Against the deployed stack."""
    parameters = stack.parameters
    variables = {
        "VESTIBULE_URL": stack.url(),
        "VESTIBULE_ORIGIN": ORIGIN,
        "VESTIBULE_DEMO_USER": stack.demo.name,
        "VESTIBULE_DEMO_PASSWORD": stack.demo.password,
        "VESTIBULE_ADMIN_USER": stack.admin.name,
        "VESTIBULE_ADMIN_PASSWORD": stack.admin.password,
    }
    for variable, parameter in {
        "VESTIBULE_REFRESH_GRACE_SECONDS": "RefreshGraceSeconds",
        "VESTIBULE_AUTHORIZER_CACHE_SECONDS": "AuthorizerCacheSeconds",
    }.items():
        if parameter in parameters:
            variables[variable] = str(parameters[parameter])
    run(report, variables, skip)


def run(report, variables, skip):
    """Its results are counted with ours; its output is shown as it is."""
    skipped = [argument for name in skip for argument in ("--skip", name)]
    command = ["cargo", "test", "--locked", "--package", "vestibule-tests", "--test", "deployed", "--", *skipped]
    _, said = attempt(command, within=SUITE_SECONDS, environment=without_aws() | variables)
    say(said[said.find("\nrunning ") :].strip())
    result = RESULT.search(said)
    if result is None:
        raise Failed(f"the suite did not run:\n{said[-4000:]}")
    report.count(int(result[1]), int(result[2]))
