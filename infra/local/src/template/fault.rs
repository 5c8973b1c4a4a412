//! What is wrong with a template, in one sentence: where, and what.

use std::ops::RangeInclusive;

use vestibule::policy::InvalidRoute;

/// The template cannot be served. Fit to be the last line that a command prints; no parameter's value is in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("template, {place}: {fault}")]
pub struct TemplateFault {
    /// `line 3, column 5`, a section's entry such as `Parameters.Issuer`, or `OrdersRoute.Target`: resource and property.
    pub place: String,
    /// What is wrong there.
    pub fault: Fault,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Not YAML.
    #[error("{0}")]
    Syntax(String),
    /// A required entry is absent, or is `AWS::NoValue`.
    #[error("it is required")]
    Missing,
    /// CloudFormation takes no null anywhere.
    #[error("it has no value")]
    Null,
    /// A value of another shape or outside of what AWS takes.
    #[error("it must be {0}")]
    Expected(String),

    /// A parameter was given that the template does not declare.
    #[error("the template has no such parameter")]
    UnknownParameter,
    /// Neither given nor defaulted.
    #[error("it has no default and no value was given")]
    NoParameterValue,
    /// `AWS::SSM::Parameter::Value<…>`.
    #[error("parameters that are kept in Systems Manager are looked up on AWS only; use the type String here")]
    StoredParameter,
    /// `AllowedPattern` is a Java expression; this one uses what Rust's expressions lack.
    #[error("its expression is not understood here: {0}")]
    Pattern(String),
    /// The value breaks the parameter's own constraint.
    #[error("the value must be {0}")]
    Constraint(String),

    /// A rule of the template that the parameters break, in its own words.
    #[error("{0}")]
    Assertion(String),
    /// Nothing has this name.
    #[error("it refers to {0}, which is neither a parameter nor a resource")]
    UnknownReference(String),
    /// The resource is left out by its own condition.
    #[error("it refers to {resource}, which does not exist because its condition {condition} is false")]
    LeftOut {
        /// The resource.
        resource: String,
        /// Its condition.
        condition: String,
    },
    /// `Ref` or `Fn::GetAtt` of something that a laptop's resources have no name for.
    #[error("{0} has no value on a laptop")]
    NoLaptopValue(String),
    /// No condition has this name.
    #[error("there is no condition {0}")]
    UnknownCondition(String),
    /// A condition that depends on itself.
    #[error("the condition {0} depends on itself")]
    Cycle(String),
    /// More conditions inside each other than anybody writes.
    #[error("conditions are nested too deeply")]
    TooDeep,
    /// No mapping has this entry.
    #[error("the mappings have no {0}")]
    UnknownMapping(String),
    /// An intrinsic function that is not evaluated here.
    #[error("the function {0} is not evaluated on a laptop")]
    UnknownFunction(String),
    /// An intrinsic function with other arguments than it takes.
    #[error("{function} takes {takes}")]
    Arguments {
        /// The function.
        function: &'static str,
        /// What it takes.
        takes: &'static str,
    },
    /// `{{resolve:…}}`.
    #[error("a dynamic reference such as {{{{resolve:ssm:…}}}} is looked up on AWS only")]
    DynamicReference,

    /// A resource or property that the local gateway does not have.
    #[error("{0} is not emulated on a laptop")]
    NotEmulated(String),
    /// None of a type of which there must be one.
    #[error("there is no {0}")]
    None(&'static str),
    /// Several of a type of which there must be one.
    #[error("there is more than one {0}")]
    Several(&'static str),
    /// A reference to a resource of this template, of the right type, that leads elsewhere.
    #[error("it leads to no {0} of this template")]
    LeadsNowhere(&'static str),
    /// Not a route.
    #[error(transparent)]
    Route(#[from] InvalidRoute),
    /// Two routes of one key.
    #[error("the route {key} is declared by {other} already")]
    DuplicateRoute {
        /// The key.
        key: String,
        /// The other route's logical id.
        other: String,
    },
    /// An authorizer that is named but not in force.
    #[error("an authorizer has no effect unless AuthorizationType is CUSTOM")]
    IdleAuthorizer,
    /// Payload 2.0 with policies.
    #[error(
        "with AuthorizerPayloadFormatVersion 2.0 it must be true: Vestibule's authorizer answers version 2.0 with simple responses only"
    )]
    PolicyInVersion2,
    /// Simple responses of payload 1.0.
    #[error("simple responses need AuthorizerPayloadFormatVersion 2.0")]
    SimpleInVersion1,
    /// Caching without a cache key.
    #[error("an authorizer whose answers are cached needs an identity source")]
    CachedWithoutIdentity,
    /// A cached answer that the gateway would replay on every route.
    #[error(
        "a simple response that is cached needs $context.routeKey here, or the answer for one route is replayed on all others"
    )]
    CachedAcrossRoutes,
    /// A cached answer that the gateway would replay wherever a request comes from.
    #[error(
        "an answer to an API key that is cached needs $context.identity.sourceIp here, or a key is taken from addresses that it may not be used from"
    )]
    CachedAcrossAddresses,
}

impl Fault {
    pub(super) fn at(self, place: impl Into<String>) -> TemplateFault {
        TemplateFault { place: place.into(), fault: self }
    }

    pub(super) fn expected(what: impl Into<String>) -> Self {
        Self::Expected(what.into())
    }

    pub(super) fn whole_number(range: &RangeInclusive<u32>) -> Self {
        Self::Expected(format!("a whole number from {} to {}", range.start(), range.end()))
    }
}
