//! Faults at random: what somebody does, in an order that is drawn, while any call of any step may break. An honest client comes back in time,
//! a thief presents what is spent, an administrator shuts and opens the account, letters set other passwords.
//!
//! What was acknowledged holds, a token has one successor, nothing opens that is shut, and every other answer is one that says to
//! try again. What nobody was told may be so or not.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use serde_json::json;
use vestibule::config::{Variables, process_environment};
use vestibule::sessions::rotation::DEFAULT_RETRY_WINDOW;
use vestibule_local::gateway::Gateway;
use vestibule_tests::{Answer, PASSWORD, Tokens, User};

use crate::held::{Held, Known};
use crate::matrix::possible;
use crate::stage::Stage;
use crate::time::ask;

/// Stories of an ordinary run; `VESTIBULE_FAULT_STORIES` asks for more.
const STORIES: u64 = 6;
/// What is drawn in each.
const STEPS: usize = 40;
/// Of a hundred calls so many break.
const SHARES: [u64; 3] = [10, 25, 40];
/// More devices, and more letters, than that meet the limits.
const MOST_DEVICES: usize = 6;
const MOST_LETTERS: usize = 4;

/// One person, and what has been answered to them.
struct Story<'a> {
    stage: &'a mut Stage,
    elsewhere: Arc<Gateway>,
    /// Instances that meet no fault: what others could not read, they ask for again after a second at the earliest.
    undisturbed: Arc<Gateway>,
    person: User,
    chance: Rng,
    percent: u64,
    /// Whether the account is open, if that is known.
    open: Option<bool>,
    /// One of these is the password, and none of those any more.
    passwords: Vec<String>,
    gone: BTreeSet<String>,
    devices: Vec<Held>,
    letters: usize,
    /// What happened, for whoever has to find out why.
    told: Vec<String>,
    refused: usize,
}

/// What is drawn.
#[derive(Clone, Copy, Debug)]
enum Step {
    SignIn,
    SignInAsBefore,
    Refresh { twice: bool },
    Steal,
    Revoke,
    Call,
    Shut,
    Open,
    Reset,
    Wait,
    ColdStart,
}

const STEPS_DRAWN: [Step; 20] = [
    Step::SignIn,
    Step::SignIn,
    Step::SignInAsBefore,
    Step::Refresh { twice: false },
    Step::Refresh { twice: false },
    Step::Refresh { twice: false },
    Step::Refresh { twice: true },
    Step::Refresh { twice: true },
    Step::Refresh { twice: true },
    Step::Steal,
    Step::Steal,
    Step::Revoke,
    Step::Call,
    Step::Call,
    Step::Shut,
    Step::Open,
    Step::Reset,
    Step::Wait,
    Step::Wait,
    Step::ColdStart,
];

impl Story<'_> {
    /// Fails unless `so`, and tells the story.
    #[track_caller]
    fn must(&self, so: bool, otherwise: &str) {
        assert!(so, "{otherwise}: {} with {} % of faults: {:#?}", self.person.email, self.percent, self.told);
    }

    /// Has calls break, until [`Story::heard`].
    fn breaks(&mut self) {
        let seed = self.chance.u64(..);
        self.stage.scene.wire.break_at_random(seed, self.percent, possible);
    }

    /// All works again. An answer has one of these statuses, or says that it is not the asker's fault.
    #[track_caller]
    fn heard(&mut self, what: &str, answer: &Answer, statuses: &[u16]) -> u16 {
        self.stage.scene.wire.mend();
        let status = answer.status().as_u16();
        self.told.push(format!("{what}: {status} at {:?}", self.stage.scene.clock.now()));
        // An authorizer that cannot decide is 500.
        let undecided = status == 503 || (status == 500 && what.contains("as "));
        self.refused += usize::from(undecided);
        self.must(!undecided || self.percent > 0, "all works, and it says that it does not");
        self.must(undecided || statuses.contains(&status), &format!("{status} is no answer: {}", answer.text()));
        status
    }

    /// Nobody was told what became of it.
    fn is_unsure(&mut self) {
        self.devices.iter_mut().for_each(|device| device.known.doubt());
    }

    fn all_end(&mut self) {
        self.devices.iter_mut().for_each(|device| device.known = Known::Ended);
    }

    async fn sign_in(&mut self, password: String) {
        self.breaks();
        let answer = self.stage.scene.try_login(&self.person.email, &password).await;
        let was = self.gone.contains(&password);
        match self.heard("sign in", &answer, &[200, 401]) {
            200 => {
                self.must(!was, "a password of before a reset signs in");
                self.must(self.open != Some(false), "somebody signs in whose account is shut");
                (self.open, self.passwords) = (Some(true), vec![password]);
                self.devices.push(Held::new(Tokens::of(answer), self.stage.scene.clock.now()));
            }
            401 if !was && self.open == Some(true) => {
                self.passwords.retain(|other| *other != password);
                self.must(!self.passwords.is_empty(), "the right password is wrong");
            }
            _ => {}
        }
    }

    /// The newest token of a device, to one gateway or to two at the same time.
    async fn refresh(&mut self, at: usize, twice: bool) {
        let body = json!({ "refresh_token": self.devices[at].newest() });
        let here = Arc::clone(self.stage.scene.gateway());
        self.breaks();
        let answers = if twice {
            let (one, other) = tokio::join!(ask(&here, "/refresh", &body), ask(&self.elsewhere, "/refresh", &body));
            vec![one, other]
        } else {
            vec![ask(&here, "/refresh", &body).await]
        };
        for answer in &answers {
            self.heard(&format!("refresh of {at}"), answer, &[200, 401]);
        }
        let now = self.stage.scene.clock.now();
        let mut given = answers.iter().filter(|answer| answer.status() == 200).cloned().map(Tokens::of);
        let first = given.next();
        if let (Some(first), Some(second)) = (&first, given.next()) {
            self.must(first.refresh == second.refresh, "a token has two successors");
        }
        let refused = answers.iter().any(|answer| answer.status() == 401);
        let device = &self.devices[at];
        let may_be_refused = device.known != Known::Lives || device.is_late(now);
        self.must(!refused || (first.is_none() && may_be_refused), "an honest client has lost its session");
        self.must(first.is_none() || device.known != Known::Ended, "a session lives that was said to have ended");
        let device = &mut self.devices[at];
        device.tried_at = now;
        match first {
            Some(next) => device.goes_on(next, now),
            None if refused => device.known = Known::Ended,
            None => _ = device.unheard_since.get_or_insert(now),
        }
    }

    /// A token that was spent before the last one.
    async fn steal(&mut self, at: usize) {
        let device = &self.devices[at];
        if device.refresh.len() < 3 {
            return;
        }
        let now = self.stage.scene.clock.now();
        let (stolen, is_reuse) = (device.refresh[0].clone(), now.since(device.tried_at) > DEFAULT_RETRY_WINDOW);
        self.breaks();
        let answer = self.stage.scene.try_refresh(&stolen).await;
        match self.heard(&format!("theft from {at}"), &answer, &[401]) {
            401 if is_reuse => self.devices[at].known = Known::Ended,
            _ => self.devices[at].known.doubt(),
        }
    }

    async fn revoke(&mut self, at: usize) {
        self.breaks();
        let answer = self.stage.scene.revoke(self.devices[at].newest()).await;
        match self.heard(&format!("revocation of {at}"), &answer, &[200]) {
            200 => self.devices[at].known = Known::Ended,
            _ => self.devices[at].known.doubt(),
        }
    }

    /// A strict route.
    async fn call(&mut self, at: usize) {
        let (access, given_at) = (self.devices[at].access.clone(), self.devices[at].given_at);
        if self.stage.scene.clock.now().since(given_at) > Duration::from_secs(280) {
            return;
        }
        self.breaks();
        let answer = self.stage.scene.get_as("/admin", &access).await;
        let status = self.heard(&format!("call as {at}"), &answer, &[200, 403]);
        let known = self.devices[at].known;
        self.must(status != 200 || known != Known::Ended, "a session that was said to have ended opens a strict route");
        self.must(status != 403 || known != Known::Lives, "a session that lives opens no strict route");
        self.devices[at].known = match status {
            200 => Known::Lives,
            403 => Known::Ended,
            _ => known,
        };
    }

    /// An administrator shuts the account or opens it.
    async fn administer(&mut self, open: bool) -> u16 {
        let administrator = json!({ "username": self.stage.person.email, "password": PASSWORD });
        let administrator = Tokens::of(ask(&self.undisturbed, "/login", &administrator).await);
        let path = format!("/admin/users/{}/{}", self.person.id, if open { "enable" } else { "disable" });
        self.breaks();
        let answer = self.stage.ask_with("POST", &path, &administrator.access, None).await;
        let status = self.heard(&format!("{path} as administrator"), &answer, &[200]);
        if status == 200 {
            self.open = Some(open);
        } else if self.open != Some(open) {
            self.open = None;
        }
        if status == 200 && !open {
            self.all_end();
        } else {
            self.is_unsure();
        }
        status
    }

    /// Another password, by a letter that came.
    async fn reset(&mut self) {
        if self.letters == MOST_LETTERS || self.open != Some(true) {
            return;
        }
        self.letters += 1;
        ask(&self.undisturbed, "/password/forgot", &json!({ "email": self.person.email })).await.expect(202);
        let token = self.stage.scene.mailed_token(&self.person.email);
        let password = format!("{PASSWORD}, the {}th", self.letters);
        self.breaks();
        let body = json!({ "token": token, "password": password });
        let answer = self.stage.scene.post_json("/password/reset", &body).await;
        if self.heard("reset", &answer, &[200]) == 200 {
            self.gone.extend(std::mem::replace(&mut self.passwords, vec![password]));
            self.all_end();
        } else {
            self.passwords.push(password);
            self.is_unsure();
        }
    }

    async fn take(&mut self, step: Step) {
        if let Step::Refresh { .. } | Step::Steal | Step::Revoke | Step::Call = step {
            if self.devices.is_empty() {
                return;
            }
            let at = self.chance.usize(..self.devices.len());
            match step {
                Step::Refresh { twice } => self.refresh(at, twice).await,
                Step::Steal => self.steal(at).await,
                Step::Revoke => self.revoke(at).await,
                _ => self.call(at).await,
            }
            return;
        }
        match step {
            Step::SignIn if self.devices.len() < MOST_DEVICES => {
                let password = self.chance.choice(&self.passwords).unwrap().clone();
                self.sign_in(password).await;
            }
            Step::SignInAsBefore => {
                if let Some(password) = self.gone.first().cloned() {
                    self.sign_in(password).await;
                }
            }
            Step::Shut => _ = self.administer(false).await,
            Step::Open if self.open != Some(true) => _ = self.administer(true).await,
            Step::Reset => self.reset().await,
            Step::Wait => {
                let seconds = self.chance.u64(1..=12);
                self.told.push(format!("{seconds} s"));
                self.stage.scene.wait(seconds);
            }
            Step::ColdStart => {
                self.stage.scene.cold_start();
                self.elsewhere = self.stage.scene.second_gateway();
            }
            _ => {}
        }
    }

    /// All works again, and stays so.
    async fn ends(mut self) -> (usize, usize) {
        self.percent = 0;
        self.stage.scene.wait(1);
        self.stage.scene.cold_start();
        self.elsewhere = self.stage.scene.second_gateway();
        for at in 0..self.devices.len() {
            self.refresh(at, true).await;
        }
        for password in [self.passwords.clone(), self.gone.iter().cloned().collect()].concat() {
            self.sign_in(password).await;
        }
        let opened = self.open == Some(true);
        self.must(!opened || self.passwords.len() == 1, "no password is right");
        // Whatever was not finished is, once it is asked for again.
        assert_eq!(self.administer(false).await, 200);
        for at in 0..self.devices.len() {
            self.refresh(at, false).await;
            self.steal(at).await;
        }
        for password in self.passwords.clone() {
            self.sign_in(password).await;
        }
        (self.told.len(), self.refused)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_breaks_at_random_what_was_acknowledged_holds_and_nothing_opens() {
    let asked = |name: &str| process_environment().get(name).map(|number| number.parse::<u64>().unwrap());
    let first = asked("VESTIBULE_FAULT_SEED").unwrap_or(0);
    let seeds = first..first + asked("VESTIBULE_FAULT_STORIES").unwrap_or(STORIES);
    println!("seeds {seeds:?}");
    let mut stage = Stage::new().await;
    let (mut answers, mut refusals) = (0, 0);
    for seed in seeds {
        let person = stage.scene.user(&format!("seed{seed}@example.com"), "orders:read", "admin").await;
        stage.scene.cold_start();
        let mut chance = Rng::with_seed(seed);
        let percent = chance.choice(SHARES).unwrap();
        let (elsewhere, undisturbed) = (stage.scene.second_gateway(), stage.scene.second_gateway());
        let (passwords, open) = (vec![PASSWORD.to_owned()], Some(true));
        let (gone, devices, told) = (BTreeSet::new(), Vec::new(), Vec::new());
        let stage = &mut stage;
        let mut story = Story {
            stage,
            elsewhere,
            undisturbed,
            person,
            chance,
            percent,
            open,
            passwords,
            gone,
            devices,
            letters: 0,
            told,
            refused: 0,
        };
        for _ in 0..STEPS {
            let step = story.chance.choice(STEPS_DRAWN).unwrap();
            story.take(step).await;
        }
        let (heard, refused) = story.ends().await;
        (answers, refusals) = (answers + heard, refusals + refused);
    }
    let drawn = stage.scene.wire.drawn();
    println!("{drawn} faults, {refusals} of {answers} answers ask to try again");
    assert!(drawn > answers / 10 && refusals > 0, "nothing broke");
}
