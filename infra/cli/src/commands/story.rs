//! What `vestibule dev` says when it has started: the routes, the people, and the whole story as commands to paste.

use comfy_table::{Table, presets};
use vestibule::policy::{Requirement, Rule, Rules};
use vestibule::secret::Secret;
use vestibule_local::demo::DemoUser;
use vestibule_local::demo::app::DemoApp;
use vestibule_local::demo::clients::SERVICE;
use vestibule_local::gateway::Gateway;
use vestibule_local::template::ApiRoute;

use super::Fault;
use crate::output::line;

pub(crate) fn tell(
    url: &str,
    gateway: &Gateway,
    people: &[DemoUser],
    service: Option<&Secret<String>>,
    app: &DemoApp,
) -> Result<(), Fault> {
    line(format_args!("Vestibule answers at {url}\n"));
    line(routes(gateway.routes(), &authorizer::rules()?));
    line("");
    line(accounts(people));
    line("");
    line(commands(url, people));
    line(service_commands(url, service));
    line(format_args!("# an app is let in, in a browser: sign in as {}\n# {}\n", person(people), app.authorize_url()));
    line("Ctrl-C stops everything. Other commands of `vestibule`, in another terminal, find it here.");
    Ok(())
}

fn routes<'a>(routes: impl Iterator<Item = &'a ApiRoute>, rules: &Rules) -> Table {
    let mut table = plain(["METHOD", "PATH", "FUNCTION", "WHO MAY", "ANSWER KEPT"]);
    for route in routes {
        let (method, path) = route.key.split_once(' ').unwrap_or(("", &route.key));
        let (who, kept) = match &route.authorizer {
            None => ("anybody".to_owned(), String::new()),
            Some(authorizer) => {
                let kept = authorizer.ttl.as_secs();
                let kept = if kept == 0 { "not at all".to_owned() } else { format!("{kept} s") };
                (rules.find(&route.key).map_or_else(|| "nobody".to_owned(), who), kept)
            }
        };
        table.add_row([method, path, route.function.trim_end_matches("Function"), &who, &kept]);
    }
    table
}

fn who(rule: &Rule) -> String {
    match &rule.requirement {
        Requirement::AnyPrincipal => "any principal".to_owned(),
        Requirement::Rights { scopes, role } => {
            let scopes = scopes.iter().map(|scope| format!("scope {scope}"));
            let role = role.iter().map(|role| format!("role {role}"));
            scopes.chain(role).collect::<Vec<_>>().join(", ")
        }
    }
}

fn accounts(people: &[DemoUser]) -> Table {
    let mut table = plain(["USER", "PASSWORD", "SCOPE", "ROLES"]);
    for person in people {
        let password = match &person.password {
            Some(password) => password.expose(),
            None => "as printed at the first start",
        };
        table.add_row([person.email, password, person.scopes, person.roles]);
    }
    table
}

fn plain<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header);
    table
}

fn person(people: &[DemoUser]) -> &str {
    people.first().map_or("NAME", |person| person.email)
}

/// Plain POSIX shell: a fresh machine has no jq.
fn commands(url: &str, people: &[DemoUser]) -> String {
    let (name, password) = match people.first() {
        Some(DemoUser { email, password: Some(password), .. }) => (*email, quoted(password.expose())),
        Some(DemoUser { email, password: None, .. }) => (*email, "PASSWORD".to_owned()),
        None => ("NAME", "PASSWORD".to_owned()),
    };
    format!(
        r#"# sign in
ANSWER=$(curl -sS {url}/login -H 'content-type: application/json' -d '{{"username":"{name}","password":"{password}"}}'); echo "$ANSWER"
ACCESS=$(echo "$ANSWER" | sed 's/.*"access_token":"\([^"]*\)".*/\1/'); REFRESH=$(echo "$ANSWER" | sed 's/.*"refresh_token":"\([^"]*\)".*/\1/')
# call the API
curl -sS {url}/whoami -H "authorization: Bearer $ACCESS"; echo
curl -sS {url}/orders -H "authorization: Bearer $ACCESS"; echo
# refresh: a new access token, and the refresh token's successor
ANSWER=$(curl -sS {url}/refresh -H 'content-type: application/json' -d "{{\"refresh_token\":\"$REFRESH\"}}"); echo "$ANSWER"
REFRESH=$(echo "$ANSWER" | sed 's/.*"refresh_token":"\([^"]*\)".*/\1/')
# sign out
curl -sS -o /dev/null -w '%{{http_code}}\n' {url}/revoke -d "token=$REFRESH"
# refused
curl -sS {url}/refresh -H 'content-type: application/json' -d "{{\"refresh_token\":\"$REFRESH\"}}"; echo
curl -sS {url}/admin -H "authorization: Bearer $ACCESS"; echo
"#
    )
}

/// A service by itself (RFC 6749 §4.4).
fn service_commands(url: &str, secret: Option<&Secret<String>>) -> String {
    let secret = secret.map_or_else(|| "SECRET".to_owned(), |secret| secret.expose().replace('\'', r"'\''"));
    format!(
        "# a service, for itself{}\ncurl -sS {url}/oauth/token -u '{SERVICE}:{secret}' -d grant_type=client_credentials; echo\n",
        if secret == "SECRET" { " (its secret was printed at the first start)" } else { "" }
    )
}

/// `text` inside a JSON string inside single quotes.
fn quoted(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    let inner = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or_default();
    inner.replace('\'', r"'\''")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_password_survives_json_and_the_shell() {
        assert_eq!(quoted(r#"it's \ "7""#), r#"it'\''s \\ \"7\""#);
    }
}
