//! `docs/benchmarks.md`: every figure of it from the run.

mod reached;

use std::path::Path;

use crate::Fault;
use crate::authorizers::{CASES, OURS};
use crate::driver::Outcome;
use crate::gateway::{BURST_MEMORY, Ladder};
use crate::hashing::{BARE, Share};
use crate::plot::{Line, Plot, draw};
use crate::results::Results;
use crate::table::{markdown, number, spread, thousands};

use reached::reached;

/// Where the plots lie, beside the page.
const PLOTS: &str = "benchmarks";

/// Writes the page and its plots into `folder`.
pub(crate) fn write(results: &Results, folder: &Path) -> Result<(), Fault> {
    std::fs::create_dir_all(folder.join(PLOTS))?;
    let parts = [
        head(results),
        reached(results),
        authorizers(results),
        checks(results),
        starts(results),
        load(results, folder)?,
        burst(results),
        soak(results),
        failures(results),
        servers(results),
        costs(results, folder)?,
        shares(results),
        told(results),
    ];
    let text: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    Ok(std::fs::write(folder.join("benchmarks.md"), text.join("\n"))?)
}

fn head(results: &Results) -> String {
    let command = if results.quick { "report --quick" } else { "report" };
    let quick = if results.quick {
        "\n**This is a quick run:** it shows that everything is measured, and its figures are rough.\n"
    } else {
        ""
    };
    let facts = results.machine.facts.iter().map(|(name, value)| vec![name.clone(), value.clone()]);
    format!(
        "# Benchmarks\n\nWritten by `cargo run --release -p vestibule-report -- {command}` in {} minutes; run it again and it is written \
         anew. Nothing here was typed: all figures are of one run on one machine. Ratios hold better elsewhere than numbers. A spread is \
         the median of rounds and, in brackets, the middle half of them. Rounds of what is compared alternate, so that whatever else \
         the machine did met all alike; what is measured has one core to itself and whoever asks has another.\n{quick}\n{}",
        number(results.minutes),
        markdown(&["machine", ""], facts),
    )
}

/// A section with one table, or nothing where nothing was measured.
fn section(title: &str, text: &str, header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() { String::new() } else { format!("\n## {title}\n\n{text}\n\n{}", markdown(header, rows)) }
}

fn authorizers(results: &Results) -> String {
    let rows = CASES.iter().flat_map(|case| {
        let mut rows: Vec<_> = results.authorizers.iter().filter(|row| row.case == *case).collect();
        rows.sort_by(|one, other| one.micros.median.total_cmp(&other.micros.median));
        rows
    });
    let rows = rows.map(|row| {
        vec![
            format!("{}: {}", row.case, row.name),
            spread(&row.micros),
            number(row.p99),
            number(row.busy),
            if row.name == OURS { "1".to_owned() } else { spread(&row.ours) },
            number(row.resident),
        ]
    });
    let text = "The same event of an HTTP API to each, one at a time, through the Lambda Runtime API of this repository. Node.js and Python have \
         the keys at hand and check signature, issuer, audience and time; ours also checks the route's rule and writes its log line. \
         Python runs in AWS's own runtime client, Node.js in the shortest loop that the Runtime API allows (AWS's client compiles \
         libcurl when it is installed), which does less than AWS's. The empty ones are asked the same, let everybody in, and so show \
         what the Runtime API and the loop take by themselves. The fastest first.";
    let header = ["authorizer", "µs, event to answer", "p99 µs", "µs on a processor", "ours / this", "MiB"];
    section("Authorizers side by side", text, &header, rows)
}

fn checks(results: &Results) -> String {
    let rows = results.checks.iter().map(|check| {
        vec![
            check.credential.clone(),
            format!("{} ({} to {})", number(check.median), number(check.low), number(check.high)),
        ]
    });
    let text = "From the bytes of an HTTP API's event to those of the answer: read, checked, held against the rule of one of twelve routes, \
                logged and written, with sessions, keys and owners in memory and no runtime around it. Behind API Gateway's own cache not even \
                that is spent. The median and its 95 % confidence interval, by `cargo bench -p authorizer --bench answer`.";
    section("The authorizer's own work", text, &["credential", "µs"], rows)
}

fn starts(results: &Results) -> String {
    let rows = results.starts.iter().map(|start| {
        vec![
            format!("{} ({})", start.name, start.first_answer),
            spread(&start.millis),
            spread(&start.ratio),
            number(start.resident.median),
            start.size.map_or_else(|| "–".to_owned(), number),
        ]
    });
    let text = "From the spawn of a fresh process to its first answer, the download that AWS adds left out. To check a token, ours reads the \
                public keys from the table first, and the linked function reads an item; Node.js and Python have the keys at hand.";
    let header = ["program", "ms", "× the linked function", "MiB in memory", "MiB on disk"];
    section("Cold start, memory and size", text, &header, rows)
}

fn outcome_columns(outcome: &Outcome) -> Vec<String> {
    let latency = &outcome.latency;
    [latency.p50, latency.p90, latency.p99, latency.p999, latency.max]
        .iter()
        .map(|micros| number(micros / 1e3))
        .chain([outcome.failed.to_string()])
        .collect()
}

fn load(results: &Results, folder: &Path) -> Result<String, Fault> {
    if results.ladders.is_empty() {
        return Ok(String::new());
    }
    let name = |ladder: &Ladder| {
        let how = if ladder.processes { ", functions as processes" } else { "" };
        format!("{}{how}", ladder.kind)
    };
    // Of functions as processes, only the gateway's and the table's share would be known.
    let busy = |ladder: &Ladder| if ladder.processes { "–".to_owned() } else { number(ladder.busy) };
    let capacity = results.ladders.iter().map(|ladder| {
        vec![name(ladder), number(ladder.capacity.achieved), busy(ladder), ladder.capacity.failed.to_string()]
    });
    let steps = results.ladders.iter().flat_map(|ladder| {
        ladder.steps.iter().map(move |step| {
            let mut row = vec![name(ladder), number(step.offered), number(step.achieved), step.answered.to_string()];
            row.extend(outcome_columns(step));
            row
        })
    });
    let mut images = String::new();
    for ladder in results.ladders.iter().filter(|ladder| !ladder.steps.is_empty()) {
        let line = |percentile: &str, of: fn(&Outcome) -> f64| Line {
            name: percentile.to_owned(),
            points: ladder.steps.iter().map(|step| (step.offered, of(step) / 1e3)).collect(),
        };
        let lines = [
            line("median", |step| step.latency.p50),
            line("90 %", |step| step.latency.p90),
            line("99 %", |step| step.latency.p99),
            line("99.9 %", |step| step.latency.p999),
        ];
        let how = if ladder.processes { "-processes" } else { "" };
        let file = format!("{PLOTS}/{}{how}.svg", ladder.kind.replace(", ", "-"));
        let title = format!("{}: latency against rate", name(ladder));
        let plot = Plot { title: &title, x: "requests a second", y: "ms", powers: false };
        draw(&folder.join(&file), &plot, &lines)?;
        images += &format!("![{title}]({file})\n");
    }
    Ok(format!(
        "\n## Load on the local gateway\n\nThe deployment on one core: gateway, functions and embedded table, which on AWS would be three \
         services. Limits are asked, answers of the authorizer are not cached, log lines are written. *Authorize* is a call of a \
         protected route, *strict* one that looks the session up; a *code exchange* redeems a code of a public client, with PKCE. Of a hundred *mixed* requests one signs in, nine refresh, ninety call, ten \
         of these strictly. First what 16 callers who wait for their answers get done:\n\n{}\nThen an open loop: requests come as from \
         independent callers (a Poisson process) whether or not the one before is answered, and each latency counts from the moment at \
         which its request was due. Milliseconds.\n\n{}\n{images}",
        markdown(&["requests", "a second", "ms on a processor each", "failed"], capacity),
        markdown(
            &[
                "requests",
                "offered /s",
                "answered /s",
                "answers",
                "median",
                "90 %",
                "99 %",
                "99.9 %",
                "longest",
                "failed"
            ],
            steps
        ),
    ))
}

fn burst(results: &Results) -> String {
    let row = results.burst.iter().map(|burst| {
        let latency = &burst.outcome.latency;
        vec![
            burst.outcome.answered.to_string(),
            burst.outcome.failed.to_string(),
            number(burst.seconds),
            number(latency.p50 / 1e6),
            number(burst.peak),
        ]
    });
    let text = format!(
        "All at the same moment, to a deployment in one process that may write to no more than {BURST_MEMORY} MiB (`RLIMIT_DATA`), gateway and \
         table included. Each hash takes 19 MiB: those beyond the budget wait their turn.",
    );
    section(
        "A burst of sign-ins",
        &text,
        &["answered", "failed", "s to the last", "s to the median", "MiB at the most"],
        row,
    )
}

fn soak(results: &Results) -> String {
    let parts = results.soak.iter().flat_map(|soak| soak.parts.iter().enumerate());
    let rows = parts.map(|(part, soaked)| {
        let mut row = vec![(part + 1).to_string(), number(soaked.outcome.achieved)];
        row.extend(outcome_columns(&soaked.outcome));
        row.extend([number(soaked.busy), number(soaked.resident)]);
        row
    });
    let seconds = results.soak.as_ref().map_or(0.0, |soak| soak.seconds);
    let text = format!(
        "Mixed traffic for {} seconds at half of what the core can do, in parts one after the other. The table is in memory and keeps \
         each session that is opened, so some growth is data. Milliseconds.",
        number(seconds)
    );
    let header =
        ["part", "answered /s", "median", "90 %", "99 %", "99.9 %", "longest", "failed", "on a processor each", "MiB"];
    section("Soak", &text, &header, rows)
}

/// Why requests failed, where any did.
fn failures(results: &Results) -> String {
    let ladders = results
        .ladders
        .iter()
        .flat_map(|ladder| ladder.steps.iter().chain([&ladder.capacity]).map(move |step| (ladder.kind.as_str(), step)));
    let burst = results.burst.iter().map(|burst| ("burst", &burst.outcome));
    let soak = results.soak.iter().flat_map(|soak| soak.parts.iter().map(|part| ("soak", &part.outcome)));
    let failed = ladders
        .chain(burst)
        .chain(soak)
        .filter_map(|(name, outcome)| Some((name, outcome, outcome.first_failure.as_ref()?)));
    let rows = failed
        .map(|(name, outcome, failure)| vec![name.to_owned(), outcome.failed.to_string(), format!("`{failure}`")]);
    section("What failed", "The first failure of each run that had one.", &["run", "failed", "the first"], rows)
}

fn servers(results: &Results) -> String {
    let rows = results.servers.iter().map(|served| {
        let itself = served.name == crate::servers::OURS;
        vec![
            format!("{}: {}", served.operation, served.name),
            spread(&served.rate),
            if itself { "1".to_owned() } else { spread(&served.ours) },
            number(served.p50.median / 1e3),
            number(served.p99.median / 1e3),
            number(served.busy),
            number(served.resident),
        ]
    });
    let text = "Each server alone on one core, with 64 sessions, asked by eight callers who wait for their answers. The peers are the \
                released packages with their own memory stores: a map in the process. Ours is the deployment: its gateway makes \
                events of requests, and its function reaches the table through the AWS SDK and a socket, as on AWS. All sign an ES256 \
                access token with each answer; OpenAuth's client credentials come with a refresh token, too, and its clients are checked by \
                three lines of ours, node-oidc-provider's by itself.";
    let header = ["server", "answers a second", "ours / this", "median ms", "p99 ms", "µs on a processor", "MiB"];
    section("Authorization servers side by side", text, &header, rows)
}

fn costs(results: &Results, folder: &Path) -> Result<String, Fault> {
    if results.costs.is_empty() {
        return Ok(String::new());
    }
    let rows = results.costs.iter().map(|cost| {
        vec![
            cost.kind.clone(),
            thousands(cost.sessions),
            thousands(cost.per_user),
            spread(&cost.busy),
            spread(&cost.ratio),
            spread(&cost.latency),
            number(cost.resident),
        ]
    });
    let kinds = [crate::gateway::REFRESH, crate::gateway::STRICT];
    let lines = |of: &dyn Fn(&crate::scale::Cost) -> Option<(f64, f64)>| -> Vec<Line> {
        let line = |kind: &&str| Line {
            name: (*kind).to_owned(),
            points: results.costs.iter().filter(|cost| cost.kind == **kind).filter_map(of).collect(),
        };
        kinds.iter().map(line).collect()
    };
    #[expect(clippy::cast_precision_loss, reason = "no table has 2^52 sessions")]
    let (by_size, by_user) = (
        lines(&|cost| (cost.per_user == 1).then_some((cost.sessions as f64, cost.busy.median))),
        lines(&|cost| {
            (cost.sessions >= cost.per_user && is_user_row(results, cost))
                .then_some((cost.per_user as f64, cost.busy.median))
        }),
    );
    let y = "µs on a processor for each request";
    let plots = [
        ("cost-by-sessions", "Cost against number of sessions", "sessions in the table", by_size),
        ("cost-by-sessions-of-a-user", "Cost against sessions of each user", "sessions of each user", by_user),
    ];
    let mut images = String::new();
    for (file, title, x, lines) in plots {
        if lines.iter().all(|line| line.points.len() > 1) {
            let file = format!("{PLOTS}/{file}.svg");
            draw(&folder.join(&file), &Plot { title, x, y, powers: true }, &lines)?;
            images += &format!("![{title}]({file})\n");
        }
    }
    let text = "Tables of all sizes at the same time, asked in turn for up to 4,096 sessions spread over the whole table. Processor time of \
                gateway, function and table together, which neighbours on the machine disturb less than they do latency. The ratio is to the \
                first of each kind. MiB are those of the process with its table. An authorizer keeps the last 1,024 tokens that it has \
                verified, so that it is asked for 4,096 tokens whatever the size: a table of 1,000 sessions has several of each, and no row \
                is spared a signature that another has to check.";
    let header = ["operation", "sessions", "of each user", "µs on a processor", "× the first", "median µs", "MiB"];
    Ok(format!("{}\n{images}", section("Cost against number of sessions", text, &header, rows)))
}

/// Whether a row is one of those that differ by the sessions of each user.
fn is_user_row(results: &Results, cost: &crate::scale::Cost) -> bool {
    let shared = results.costs.iter().filter(|other| other.per_user > 1).map(|other| other.sessions).max();
    shared == Some(cost.sessions)
}

fn shares(results: &Results) -> String {
    let rows = results.shares.iter().map(|share| {
        vec![share.what.clone(), format!("{:.1}", share.percent()), number(share.hashing), number(share.all_else)]
    });
    let bare = results.shares.iter().find(|share| share.what == BARE).map_or(f64::NAN, Share::percent);
    let text = format!(
        "Processor time of the handlers of sign-in and registration, without the gateway and the table, which are services of AWS's. A \
         hash that leaves 19 MiB behind empties the processor's caches, so that each call through the SDK costs more than in a row of such \
         calls: a hash and one read of the table by the SDK, with nothing of ours, are {bare:.1} % argon2. A sign-in asks for \
         limits and account at the same time and then opens the session, a registration reads what the letter allows and then writes. A \
         dearer hash (`PasswordHashing`) raises the share."
    );
    section("What a password's check is spent on", &text, &["request", "% argon2", "ms argon2", "ms all else"], rows)
}

fn told(results: &Results) -> String {
    let rows = results.told.iter().map(|told| {
        vec![
            format!("{}: {}", told.operation, told.class),
            told.base
                .as_ref()
                .map_or_else(|| "–".to_owned(), |base| format!("{:.3} ± {:.3} ({base})", told.auc, told.half)),
            number(told.median),
        ]
    });
    let text = "Requests about each class of account in rounds, in another order each time, through the gateway. Answers leave in steps of 50 ms \
                (`AnswerStepMilliseconds`); accounts that were imported with a dearer hash are told until their owners sign in, unless \
                the step is longer than that hash takes. The AUC is the chance that of two answers the later one is \
                of this class: 0.5 tells nothing, 1 everything. With its 95 % confidence interval (Hanley and McNeil, 1982).";
    section("Does time tell whether there is an account?", text, &["answer", "AUC (against)", "median ms"], rows)
}

#[cfg(test)]
mod tests;
