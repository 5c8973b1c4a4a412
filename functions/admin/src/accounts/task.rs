//! What an administrator asks for: who asks, of whose account, and what.

use lambda_http::{Request, RequestExt};
use vestibule::accounts::Standing;
use vestibule::accounts::administration::Intervention;
use vestibule::audit::Event;
use vestibule::clock::Timestamp;
use vestibule::http::{BodyError, Problem, ProblemKind, json, route_key};
use vestibule::identity::UserId;
use vestibule::scope::{Rights, RightsChange, Roles, Scopes};

use crate::administrator::Administrator;

/// What is asked for.
pub(super) enum Task {
    Show,
    Change(Intervention),
}

impl Task {
    /// Whether somebody may do more by it than before, or may again.
    const fn gives(&self) -> bool {
        match self {
            Self::Change(Intervention::Rights(_) | Intervention::Standing(Standing::Active)) => true,
            Self::Show
            | Self::Change(Intervention::Standing(Standing::Disabled { .. }) | Intervention::EndSessions) => false,
        }
    }

    /// What it does, as the log says it.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Show => "shown",
            Self::Change(Intervention::Rights(_)) => "rights_changed",
            Self::Change(Intervention::Standing(Standing::Active)) => "enabled",
            Self::Change(Intervention::Standing(Standing::Disabled { .. })) => "disabled",
            Self::Change(Intervention::EndSessions) => "sessions_ended",
        }
    }
}

/// A request that asks for nothing that can be done.
pub(super) struct Refused {
    pub(super) event: Event<'static>,
    pub(super) problem: Problem,
}

/// Who asks, of whose account, and what.
pub(super) fn read(request: &Request, now: Timestamp) -> Result<(UserId, UserId, Task), Refused> {
    let refused = |by, reason, kind, detail: &str| Refused {
        event: Event::AdministrationRefused { by, user: None, reason },
        problem: Problem::new(kind, detail),
    };
    let administrator = Administrator::of(request).map_err(|(reason, problem)| Refused {
        event: Event::AdministrationRefused { by: None, user: None, reason },
        problem,
    })?;
    let by = administrator.user;
    let id = request.path_parameters_ref().and_then(|parameters| parameters.first("id"));
    let user = id
        .and_then(|id| id.parse().ok())
        .ok_or_else(|| refused(Some(by), "no_such_account", ProblemKind::NotFound, "There is no such account."))?;
    let task = match route_key(request).as_deref() {
        Some("GET /admin/users/{id}") => Task::Show,
        Some("PUT /admin/users/{id}/rights") => {
            let rights = rights(request).map_err(|fault| Refused {
                event: Event::AdministrationRefused { by: Some(by), user: Some(user), reason: "bad_request" },
                problem: Problem::from(fault),
            })?;
            Task::Change(Intervention::Rights(RightsChange::Set(rights)))
        }
        Some("POST /admin/users/{id}/disable") => Task::Change(Intervention::Standing(Standing::Disabled { at: now })),
        Some("POST /admin/users/{id}/enable") => Task::Change(Intervention::Standing(Standing::Active)),
        Some("DELETE /admin/users/{id}/sessions") => Task::Change(Intervention::EndSessions),
        _ => return Err(refused(Some(by), "no_such_route", ProblemKind::NotFound, "There is no such route.")),
    };
    if task.gives() {
        administrator.signed_in_lately(now).map_err(|(reason, problem)| Refused {
            event: Event::AdministrationRefused { by: Some(by), user: Some(user), reason },
            problem,
        })?;
    }
    Ok((by, user, task))
}

/// `{"scope", "roles"}`, each a text of names separated by blanks. Both must be there: what is left out is not kept by accident.
fn rights(request: &Request) -> Result<Rights, BodyError> {
    let mut fields = json(request)?;
    let (scope, roles) = (fields.required("scope")?, fields.required("roles")?);
    fields.finish()?;
    let invalid = |name, fault: &dyn std::fmt::Display| BodyError::Invalid { name, fault: fault.to_string() };
    Ok(Rights {
        scopes: Scopes::parse(scope.expose()).map_err(|fault| invalid("scope", &fault))?,
        roles: Roles::parse(roles.expose()).map_err(|fault| invalid("roles", &fault))?,
    })
}
