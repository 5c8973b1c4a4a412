"""The template's checks, and the build of what is deployed."""

import os
import re
import tomllib
from pathlib import Path

from command import REGION, run, without_aws
from report import say

TEMPLATE = Path("infra/template.yaml")
WORK = Path("target/deploy")
# Beside `.aws-sam`, where the binaries of a real deployment may lie.
BUILT = WORK / "build"
# A cold build of all functions takes a quarter of an hour on two cores that others use too.
BUILD_SECONDS = 60 * 60
# e_machine in an ELF header.
AARCH64 = 183


def validate(report):
    """SAM's and CloudFormation's own opinion of the template."""
    said = run(["sam", "validate", "--lint", "--region", REGION], within=300)
    report.check("`sam validate --lint` has no finding", "is a valid SAM Template" in said, said)
    said = run(["cfn-lint", TEMPLATE], within=300)
    report.check("cfn-lint has no finding", not said.strip(), said)


def compile_together(report):
    """All functions that ask for the same features in one go, where SAM would build one after the other.

    With one codegen unit and a fat link each keeps a single core busy; together they keep all. SAM finds them done, unless some
    were built with what only others ask for.
    """
    groups = {}
    for name in functions():
        manifest = tomllib.loads(Path("functions", name, "Cargo.toml").read_text())
        features = manifest["dependencies"]["vestibule"].get("features", [])
        groups.setdefault(tuple(features), []).append(name)
    for group in groups.values():
        cargo_lambda(["--release"], group)
    programs = target() / "lambda"
    report.check("cargo-lambda built every function", all((programs / name / "bootstrap").exists() for name in functions()))


def build(report):
    """`sam build`, as a user runs it, for the processor of this machine."""
    arguments = ["--build-dir", BUILT, "--parameter-overrides", f"Architecture={architecture()}"]
    run(["sam", "build", *arguments], within=BUILD_SECONDS, environment=lambda_environment())
    built = {path.parent.name: path.stat().st_size for path in sorted(BUILT.glob("*/bootstrap"))}
    for function, size in built.items():
        say(f"{size / 1e6:7.1f} MB {function}")
    report.check("SAM built a bootstrap for every function", len(built) == len(functions()), built)


def build_for_arm(report):
    """The template's default processor.

    Unoptimized, for speed: what may fail is the cross-compilation of aws-lc's C and assembly, and that happens either way.
    """
    folder = WORK / "arm64"
    cargo_lambda(["--arm64", "--lambda-dir", folder], ["login"])
    head = (folder / "login/bootstrap").read_bytes()[:20]
    report.check("cargo-lambda builds for arm64", head[:4] == b"\x7fELF" and head[18] == AARCH64, head)


def cargo_lambda(arguments, packages):
    """`cargo lambda build`, the way SAM calls it."""
    named = [argument for name in packages for argument in ("--package", name)]
    run(["cargo", "lambda", "build", *arguments, *named], within=BUILD_SECONDS, environment=lambda_environment())


def lambda_environment():
    """SAM and cargo-lambda look where this says for what cargo built; it is one folder, so that dependencies are built once."""
    return without_aws() | {"CARGO_TARGET_DIR": str(target())}


def target():
    """Cargo's target folder."""
    return Path(os.environ.get("CARGO_TARGET_DIR", "target")).absolute()


def functions():
    """The functions' programs, as the template names them."""
    return sorted(set(re.findall(r"\bBinary: (\w+)", TEMPLATE.read_text())))


def architecture():
    """The one that the emulator on this machine can run."""
    return {"x86_64": "x86_64", "aarch64": "arm64"}[os.uname().machine]
