//! What somebody who is signed in sees of their own: devices and API keys.

use askama::Template;

use super::brand::Brand;
use super::complaint::Complaint;
use crate::moment::Moment;
use crate::secret::Secret;

/// Where somebody is signed in.
#[derive(Clone, Debug, Template)]
#[template(path = "devices.html")]
pub struct Devices<'a> {
    /// Whose page it is.
    pub brand: &'a Brand,
    /// The sessions that live, this one first.
    pub devices: Vec<SignedIn>,
    /// What could not be done.
    pub complaint: Complaint,
}

/// One session.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Its name.
    pub id: String,
    /// What the person calls the device, or what its browser calls itself.
    pub device: String,
    /// Where they signed in, roughly.
    pub network: Option<String>,
    /// When they did.
    pub since: Moment,
    /// When it was last used.
    pub seen: Moment,
    /// Whether the page is shown in it.
    pub current: bool,
}

/// Somebody's API keys.
#[derive(Clone, Debug, Template)]
#[template(path = "keys.html")]
pub struct Keys<'a> {
    /// Whose page it is.
    pub brand: &'a Brand,
    /// The keys, the newest first.
    pub keys: Vec<Key>,
    /// One that was just made or given another secret: its name, and its text, which is shown this once.
    pub made: Option<(String, Secret<String>)>,
    /// What a key may be made for.
    pub scopes: Vec<Choice>,
    /// How long it may live, in days; no end if empty.
    pub lifetimes: Vec<Choice>,
    /// How long a secret works on that is replaced, in days.
    pub overlaps: Vec<Choice>,
    /// The name that was typed.
    pub name: &'a str,
    /// What is wrong with it.
    pub complaint: Complaint,
}

/// One key.
#[derive(Clone, Debug)]
pub struct Key {
    /// Its name for programs.
    pub id: String,
    /// What the person calls it.
    pub name: String,
    /// What its text begins with.
    pub prefix: String,
    /// What it may do, at most.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created: Moment,
    /// When it was used.
    pub used: Option<Moment>,
    /// When it ends or has ended.
    pub ends: Option<Moment>,
    /// Whether it has.
    pub expired: bool,
    /// Until when secrets before the present one work, if one does.
    pub earlier_until: Option<Moment>,
}

/// Something that may be chosen.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What it says.
    pub label: String,
    /// Whether it is chosen already.
    pub chosen: bool,
}
