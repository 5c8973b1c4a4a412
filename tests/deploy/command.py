"""Other programs, each bounded in time, none of which can reach a real AWS account."""

import os
import subprocess

REGION = "eu-west-1"


class Failed(Exception):
    """A program did not do what it was started for."""


def run(arguments, within, environment=None, say=None):
    """Runs a program and gives what it said; `say` is its standard input."""
    code, said = attempt(arguments, within, environment, say)
    if code != 0:
        raise Failed(f"{' '.join(map(str, arguments))}: exit code {code}\n{said[-8000:]}")
    return said


def attempt(arguments, within, environment=None, say=None):
    """Runs a program that may fail: its exit code, and its standard output and error together."""
    arguments = [str(argument) for argument in arguments]
    process = subprocess.Popen(
        arguments,
        env=environment or without_aws(),
        stdin=subprocess.DEVNULL if say is None else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        said, _ = process.communicate(say, timeout=within)
    except BaseException as fault:
        # Asked, not killed, so that it can end what it has started itself.
        process.terminate()
        said, _ = process.communicate()
        if isinstance(fault, subprocess.TimeoutExpired):
            raise Failed(f"{' '.join(arguments)}: not done in {within} s\n{said[-8000:]}") from None
        raise
    return process.returncode, said


def without_aws():
    """This process's environment with nothing in it that names an account, a profile or an endpoint."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAM_", "VESTIBULE_"))}
    return kept | {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "SAM_CLI_TELEMETRY": "0",
        "CARGO_TERM_COLOR": "never",
    }


def against(endpoint):
    """The same with an emulated AWS and made-up credentials."""
    return without_aws() | {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
    }
