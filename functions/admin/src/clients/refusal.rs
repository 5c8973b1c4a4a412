//! Why nothing is done, in two audiences' words: the log's and the administrator's.

use lambda_http::{Body, Response};
use vestibule::audit::Event;
use vestibule::clock::Timestamp;
use vestibule::fault::Fault;
use vestibule::http::{BodyError, Problem, ProblemKind, failed};
use vestibule::identity::UserId;
use vestibule::oauth::clients::{ClientId, InvalidClient, UnderWay};
use vestibule::randomness::NoRandomness;
use vestibule::storage::StoreError;

use super::members::at_fault;
use crate::administrator::Refused;

/// Why nothing is done.
pub(super) enum Refusal {
    Refused { reason: &'static str, problem: Problem, client: Option<ClientId> },
    Fault(Fault),
}

impl Refusal {
    fn new(reason: &'static str, kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self::Refused { reason, problem: Problem::new(kind, detail), client: None }
    }

    pub(super) fn no_such_client() -> Self {
        Self::new("no_such_client", ProblemKind::NotFound, "There is no such client.")
    }

    pub(super) fn no_such_route() -> Self {
        Self::new("no_such_route", ProblemKind::NotFound, "There is no such route.")
    }

    pub(super) fn not_administrator() -> Self {
        Self::new("not_administrator", ProblemKind::Forbidden, "You are no administrator any more.")
    }

    pub(super) fn no_secret() -> Self {
        Self::new("no_secret", ProblemKind::Conflict, "The client proves who it is without a secret.")
    }

    pub(super) fn under_way(UnderWay { until }: UnderWay) -> Self {
        let detail = format!(
            "Two earlier secrets of this client still work; one ends at {}. Without overlap both end at once.",
            until.seconds()
        );
        Self::new("rotation_under_way", ProblemKind::Conflict, detail)
    }

    /// The name is registered: by somebody else, or by this request, sent before.
    pub(super) fn taken(client: ClientId, since: Option<Timestamp>) -> Self {
        let since = since.map(|since| format!(" since {}", since.seconds())).unwrap_or_default();
        let detail = format!(
            "This client_id is registered{since}. If an earlier answer to this request was lost, that is the client: \
             look at it, and POST /admin/clients/{client}/secret gives it another secret."
        );
        let problem = Problem::new(ProblemKind::Conflict, detail);
        Self::Refused { reason: "taken", problem, client: Some(client) }
    }

    /// The answer, which is in the log.
    pub(super) fn answer(
        self,
        by: Option<UserId>,
        named: Option<&ClientId>,
        request_id: &str,
        issuer: &str,
    ) -> Response<Body> {
        match self {
            Self::Fault(fault) => failed(&fault, request_id, issuer),
            Self::Refused { reason, problem, client } => {
                let client = client.as_ref().or(named);
                Event::ClientAdministrationRefused { by, client, reason }.record(request_id);
                problem.respond(issuer)
            }
        }
    }
}

impl From<Refused> for Refusal {
    fn from((reason, problem): Refused) -> Self {
        Self::Refused { reason, problem, client: None }
    }
}

impl From<BodyError> for Refusal {
    fn from(fault: BodyError) -> Self {
        Self::Refused { reason: "bad_request", problem: fault.into(), client: None }
    }
}

impl From<InvalidClient> for Refusal {
    fn from(fault: InvalidClient) -> Self {
        at_fault(fault.member(), &fault).into()
    }
}

impl From<StoreError> for Refusal {
    fn from(fault: StoreError) -> Self {
        Self::Fault(fault.into())
    }
}

impl From<NoRandomness> for Refusal {
    fn from(fault: NoRandomness) -> Self {
        Self::Fault(fault.into())
    }
}
