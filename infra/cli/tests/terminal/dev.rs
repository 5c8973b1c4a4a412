//! `vestibule dev` as somebody at a terminal meets it: its port, its files, its last words.

use std::net::TcpListener;
use std::path::Path;

use crate::stage::{Dev, ROOT, one_sentence, refusal, run, sh, text, vestibule};

#[test]
fn the_printed_story_works_word_by_word() {
    for runtime in ["in-process", "process"] {
        // The functions are built from the checkout.
        let folder = tempfile::tempdir_in(Path::new(ROOT).join("target")).unwrap();
        let dev = Dev::start(folder.path(), &["--memory", "--runtime", runtime], None);
        let told = sh(&dev.story());
        let lines: Vec<_> = told.lines().collect();
        assert!(lines[0].contains(r#""token_type":"Bearer""#), "{told}");
        assert!(lines[1].contains(r#""client_id":"vestibule""#) && lines[1].contains("orders:read"), "{told}");
        assert!(lines[2].contains(r#""orders""#), "{told}");
        assert!(lines[3].contains(r#""refresh_token":"vrt_"#), "{told}");
        assert_eq!(lines[4], "200", "{told}");
        assert!(lines[5].contains("/problems/invalid-refresh-token"), "{told}");
        assert_eq!(lines[6], r#"{"message":"Forbidden"}"#, "{told}");
    }
}

/// As a browser does it: signed in by a cookie, the person presses the button, and the page that they come back to has the commands.
#[test]
fn the_printed_address_lets_the_app_in_to_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::start(folder.path(), &["--memory"], Some("correct horse"));
    let (_, address) = dev.said.split_once("# an app is let in").unwrap();
    let address = address.lines().nth(1).unwrap().trim_start_matches("# ");
    let login = r#"{"username":"demo@example.com","password":"correct horse","transport":"cookie"}"#;
    let answer = sh(&format!("curl -sS -i {}/login -H 'content-type: application/json' -d '{login}'", dev.url()));
    let cookie = answer.lines().find_map(|line| line.find("__Host-session=").map(|at| &line[at..])).unwrap();
    let cookie = format!("-H 'cookie: {}'", cookie.split(';').next().unwrap());
    let page = sh(&format!("curl -sS '{address}' {cookie}"));
    assert!(page.contains("<h1>Let Demo app in?</h1>"), "{page}");
    let attribute =
        |tag: &str, name: &str| tag.split_once(&format!("{name}=\"")).unwrap().1.split('"').next().unwrap().to_owned();
    let fields = page
        .split("<input type=\"hidden\"")
        .skip(1)
        .map(|tag| format!("--data-urlencode '{}={}' ", attribute(tag, "name"), attribute(tag, "value")));
    let fields: String = fields.collect();
    let decide = format!("curl -sS -o /dev/null -w '%{{redirect_url}}' {}/oauth/consent {cookie} {fields}", dev.url());
    let back = sh(&format!("{decide} -d decision=allow"));
    let page = sh(&format!("curl -sS '{back}'"));
    let (_, commands) = page.split_once("<pre>").unwrap_or_else(|| panic!("{back}: {page}"));
    let commands = commands.split("</pre>").next().unwrap();
    let commands = commands.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let told = sh(&commands);
    assert!(told.contains("\"id_token\"") && told.contains("\"refresh_token\":\"vrt_"), "{told}");
    assert!(told.contains("\"orders\""), "{told}");
}

#[test]
fn it_lists_every_route_with_who_may_call_it() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::start(folder.path(), &["--memory"], None);
    for words in [
        "POST /login Login anybody",
        "GET /orders Whoami scope orders:read 60 s",
        "GET /admin Whoami role admin not at all",
    ] {
        let found = dev.said.lines().any(|line| line.split_whitespace().collect::<Vec<_>>().join(" ") == words);
        assert!(found, "{words}: {}", dev.said);
    }
}

#[cfg(unix)]
#[test]
fn a_restart_keeps_users_sessions_and_keys() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::start(folder.path(), &[], None);
    let password = dev.password("demo@example.com");
    let kids = sh(&format!("curl -sS {}/.well-known/jwks.json", dev.url()));
    let login = format!(r#"{{"username":"demo@example.com","password":"{password}"}}"#);
    let json = "-H 'content-type: application/json'";
    let answer = sh(&format!("curl -sS {}/login {json} -d '{login}'", dev.url()));
    let refresh: serde_json::Value = serde_json::from_str(&answer).unwrap();
    assert!(dev.interrupt().success());

    let dev = Dev::start(folder.path(), &[], None);
    assert!(dev.said.contains("as printed at the first start"), "{}", dev.said);
    assert!(!dev.said.contains(&password));
    assert_eq!(sh(&format!("curl -sS {}/.well-known/jwks.json", dev.url())), kids);
    let body = serde_json::json!({ "refresh_token": refresh["refresh_token"] });
    let answer = sh(&format!("curl -sS {}/refresh {json} -d '{body}'", dev.url()));
    assert!(answer.contains("access_token"), "{answer}");
    sh(&format!("curl -sSf {}/login {json} -d '{login}'", dev.url()));
}

#[test]
fn the_demo_password_may_be_given() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::start(folder.path(), &["--memory"], Some(r#"it's "mine" \o/"#));
    assert!(sh(&dev.story()).contains("access_token"));
}

#[test]
fn a_taken_port_is_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let said = one_sentence(&run(folder.path(), &["dev", "--memory", "--port", &port], ""));
    assert!(said.contains(&port) && said.contains("--port"), "{said}");
}

#[test]
fn a_damaged_data_file_is_one_sentence_and_stays_as_it_is() {
    for file in ["dynamodb.sqlite", "secrets.json"] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(".vestibule")).unwrap();
        let path = folder.path().join(".vestibule").join(file);
        std::fs::write(&path, "not what it was").unwrap();
        let said = one_sentence(&run(folder.path(), &["dev", "--port", "0"], ""));
        assert!(said.contains(file), "{said}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "not what it was");
    }
}

#[test]
fn a_malformed_template_is_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("template.yaml");
    let template = std::fs::read_to_string(Path::new(ROOT).join("infra/template.yaml")).unwrap();
    for damaged in [
        "a: [",
        "",
        "Resources: {}",
        &template.replace("!Ref BearerAuthorizer", "!Ref Nobody"),
        &template.replace(", $context.routeKey]", "]"),
    ] {
        std::fs::write(&path, damaged).unwrap();
        let said =
            one_sentence(&run(folder.path(), &["dev", "--memory", "--port", "0", "--template", "template.yaml"], ""));
        assert!(said.contains("template"), "{said}");
    }
    for (from, to, named) in [
        (
            "RouteKey: GET /orders\n",
            "RouteKey: GET /orders/{id}/lines\n",
            "no rule in functions/authorizer/routes.toml for GET /orders/{id}/lines",
        ),
        (
            "RouteKey: GET /orders\n      AuthorizationType: CUSTOM\n      AuthorizerId: !Ref BearerAuthorizer\n",
            "RouteKey: GET /orders\n",
            "GET /orders has a rule in functions/authorizer/routes.toml and no authorizer",
        ),
        (
            "RouteKey: GET /admin\n      AuthorizationType: CUSTOM\n      AuthorizerId: !Ref StrictBearerAuthorizer",
            "RouteKey: GET /admin\n      AuthorizationType: CUSTOM\n      AuthorizerId: !Ref BearerAuthorizer",
            "GET /admin: it is strict",
        ),
    ] {
        std::fs::write(&path, template.replace(from, to)).unwrap();
        let said =
            one_sentence(&run(folder.path(), &["dev", "--memory", "--port", "0", "--template", "template.yaml"], ""));
        assert!(said.contains(named), "{said}");
    }
    let said = one_sentence(&run(folder.path(), &["dev", "--memory", "--port", "0", "--template", "absent.yaml"], ""));
    assert!(said.contains("absent.yaml"), "{said}");
}

#[test]
fn a_second_one_in_a_folder_is_refused_before_it_starts_anything_whatever_its_data() {
    let folder = tempfile::tempdir().unwrap();
    for data in [&["--memory"][..], &["--data", "elsewhere"], &[]] {
        let first = Dev::start(folder.path(), data, None);
        for second in [&["--memory"][..], &["--data", "third"], &[]] {
            let said = one_sentence(&run(folder.path(), &[&["dev", "--port", "0"], second].concat(), ""));
            assert!(said.contains("in use") && said.contains(first.url()), "{said}");
        }
        assert!(!folder.path().join("third").exists());
        let listed = run(folder.path(), &["users", "list"], "");
        assert!(listed.status.success(), "{}", text(&listed.stderr));
    }
}

#[test]
fn two_folders_with_one_place_for_their_data_are_told_apart() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let data = one.path().join("data").display().to_string();
    let _first = Dev::start(one.path(), &["--data", &data], None);
    let said = one_sentence(&run(other.path(), &["dev", "--port", "0", "--data", &data], ""));
    assert!(said.contains("dynamodb.sqlite is in use"), "{said}");
}

#[test]
fn the_operators_commands_find_the_deployment_of_their_folder() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::start(folder.path(), &["--memory"], Some("correct horse"));
    let json = |arguments: &[&str]| -> serde_json::Value {
        let output = run(folder.path(), arguments, "");
        assert!(output.status.success(), "{}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let added = run(
        folder.path(),
        &["users", "add", "Ada@Example.com", "--username", "ada", "--scope", "orders:read", "--role", "ops"],
        "correct battery staple\n",
    );
    assert!(added.status.success() && text(&added.stdout).starts_with("usr_"), "{}", text(&added.stderr));
    let again = run(folder.path(), &["users", "add", "ada@example.com"], "correct battery staple\n");
    assert!(refusal(&again).contains("ada@example.com belongs to another account"));
    let users = json(&["users", "list", "--json"]);
    let names: Vec<_> = users.as_array().unwrap().iter().map(|user| user["names"][0].as_str().unwrap()).collect();
    assert_eq!(names.len(), 3);
    assert!(names.contains(&"ada@example.com"));

    let login = |password: &str| {
        let body = serde_json::json!({ "username": "ADA", "password": password });
        sh(&format!(
            "curl -sS -o /dev/null -w '%{{http_code}}' {}/login -H 'content-type: application/json' -d '{body}'",
            dev.url()
        ))
    };
    assert_eq!(login("correct battery staple"), "200");
    let sessions = json(&["sessions", "list", "ada", "--json"]);
    assert_eq!((&sessions[0]["state"], &sessions[0]["scope"]), (&"live".into(), &"orders:read".into()));
    assert_eq!(text(&run(folder.path(), &["sessions", "revoke", "ada"], "").stdout), "1 ended\n");
    assert_eq!(json(&["sessions", "list", "ada", "--json"])[0]["state"], "operator");
    let last = || json(&["audit", "list", "ada", "--json"]).as_array().unwrap().last().unwrap().clone();
    assert_eq!(last()["change"], "sessions_ended");
    assert_eq!(login("correct battery staple"), "200");
    let sessions = json(&["sessions", "list", "ada", "--json"]);
    let live = sessions.as_array().unwrap().iter().find(|session| session["state"] == "live").unwrap();
    let one = live["session"].as_str().unwrap();
    assert_eq!(text(&run(folder.path(), &["sessions", "revoke", "ada", one], "").stdout), "1 ended\n");
    assert_eq!((&last()["change"], &last()["of"]), (&"session_ended".into(), &one.into()));

    assert!(run(folder.path(), &["users", "set-password", "ada"], "brand new staple\n").status.success());
    assert_eq!((login("correct battery staple"), login("brand new staple")), ("401".into(), "200".into()));
    assert!(text(&run(folder.path(), &["users", "disable", "ada"], "").stdout).contains("1 sessions ended"));
    assert_eq!(login("brand new staple"), "401");
    assert!(run(folder.path(), &["users", "enable", "ada"], "").status.success());
    let granted = run(folder.path(), &["users", "grant", "ada", "--scope", "orders:write", "--role", "admin"], "");
    assert!(
        text(&granted.stdout).starts_with(r#"scope "orders:read orders:write", roles "admin ops"; 0 sessions ended"#)
    );
    let withdrawn = run(folder.path(), &["users", "withdraw", "ada", "--role", "ops", "--role", "never:had"], "");
    assert!(text(&withdrawn.stdout).starts_with(r#"scope "orders:read orders:write", roles "admin"; 0"#));
    assert!(!run(folder.path(), &["users", "grant", "ada"], "").status.success(), "nothing to grant");
    assert!(!run(folder.path(), &["users", "grant", "ada", "--role", "No Role"], "").status.success());
    let trail = json(&["audit", "list", "ada", "--json"]);
    let last = trail.as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["change"], &last["roles"], &last["by"]),
        (&"rights_changed".into(), &"admin".into(), &serde_json::Value::Null)
    );
    assert_eq!(login("brand new staple"), "200");

    let keys = json(&["keys", "list", "--json"]);
    let states: Vec<_> = keys.as_array().unwrap().iter().map(|key| key["state"].as_str().unwrap()).collect();
    assert_eq!(states.iter().filter(|state| **state == "active").count(), 2);
    assert!(text(&run(folder.path(), &["keys", "init"], "").stdout).contains("there are keys already"));
    assert!(refusal(&run(folder.path(), &["users", "disable", "nobody"], "")).contains("nobody is called nobody"));
}

#[test]
fn a_command_without_a_deployment_says_how_to_get_one() {
    let folder = tempfile::tempdir().unwrap();
    let said = one_sentence(&run(folder.path(), &["users", "list"], ""));
    assert!(said.contains("vestibule dev") && said.contains("--table"), "{said}");
}

/// A table that somebody once exported is not taken for the deployment at hand.
#[test]
fn whoever_changes_something_reads_what_they_change() {
    let folder = tempfile::tempdir().unwrap();
    let users = |table: Option<&str>, arguments: &[&str]| {
        let mut command = vestibule(folder.path());
        command.args(["users"]).args(arguments).envs(table.map(|table| ("VESTIBULE_TABLE", table)));
        command.env("AWS_REGION", "eu-north-1").env("AWS_ACCESS_KEY_ID", "a").env("AWS_SECRET_ACCESS_KEY", "b");
        // Nothing answers at port 9, the discard service's.
        text(&command.env("AWS_ENDPOINT_URL", "http://127.0.0.1:9").output().unwrap().stderr)
    };
    let first = |said: String| said.lines().next().unwrap().to_owned();
    assert_eq!(first(users(Some("prod"), &["disable", "ada"])), "changing table prod (eu-north-1)");
    assert!(!users(Some("prod"), &["list"]).contains("prod ("));
    let _dev = Dev::start(folder.path(), &["--memory"], None);
    let both = "which VESTIBULE_TABLE names, and not the dev deployment in ./.vestibule";
    assert_eq!(first(users(Some("prod"), &["disable", "ada"])), format!("changing table prod (eu-north-1), {both}"));
    assert_eq!(first(users(Some("prod"), &["list"])), format!("reading table prod (eu-north-1), {both}"));
    let typed = users(None, &["disable", "ada", "--table", "prod", "--region", "eu-west-1"]);
    assert_eq!(first(typed), "changing table prod (eu-west-1)");
    assert_eq!(first(users(None, &["disable", "demo@example.com"])), "changing the dev deployment in ./.vestibule");
    assert_eq!(users(None, &["list"]), "");
}

#[test]
fn a_session_that_is_not_there_is_a_refusal() {
    let folder = tempfile::tempdir().unwrap();
    let _dev = Dev::start(folder.path(), &["--memory"], None);
    let session = format!("ses_{:032x}", 7);
    let said = refusal(&run(folder.path(), &["sessions", "revoke", "demo@example.com", &session], ""));
    assert!(said.contains(&session) && said.contains("was not there"), "{said}");
}

#[test]
fn a_short_password_is_not_set_but_keeps_working_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::start(folder.path(), &["--memory"], Some("hunter2"));
    for arguments in [&["users", "add", "ada@example.com"][..], &["users", "set-password", "demo@example.com"]] {
        let said = refusal(&run(folder.path(), arguments, "only 14 chars.\n"));
        assert!(said.contains("at least 15 characters"), "{said}");
        assert!(!said.contains("only 14"), "{said}");
    }
    assert!(sh(&dev.story()).contains("access_token"));
}

#[test]
fn a_password_is_no_argument() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [["users", "add", "a@example.com", "secret"], ["users", "set-password", "a@example.com", "secret"]]
    {
        let output = run(folder.path(), &arguments, "");
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains("unexpected argument"));
    }
}

/// Killed, it has no time to take back what it announced; nothing is asked of whoever has its ports by now.
#[test]
fn a_deployment_that_was_killed_is_not_believed_to_run() {
    let folder = tempfile::tempdir().unwrap();
    drop(Dev::start(folder.path(), &["--memory"], None));
    assert!(folder.path().join(".vestibule/running.json").exists());
    for command in [&["users", "list"][..], &["keys", "rotate"], &["doctor"]] {
        let said = one_sentence(&run(folder.path(), command, ""));
        assert!(said.contains("was killed, nothing answers at http://127.0.0.1:"), "{said}");
    }
}
