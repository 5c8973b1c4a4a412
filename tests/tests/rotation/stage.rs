//! A deployment whose keys are being rotated.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};
use vestibule::clock::Clock;
use vestibule::keys::{
    Algorithm, Change, LONGEST_ROTATION, LONGEST_VERIFIER_CACHE, Publication, PublishKeys, Published, RingInForce,
    RotateSigningKeys, Rotation, RotationFault, SigningKeyRing,
};
use vestibule::store::{Secrets, Table};
use vestibule_local::clients::clients;
use vestibule_local::function::{Function, FunctionError};
use vestibule_tests::Scene;

pub(crate) const SECRET: &str = "vestibule-SigningKeys";
pub(crate) const STEPS: [&str; 4] = ["createSecret", "setSecret", "testSecret", "finishSecret"];

pub(crate) struct Stage {
    pub(crate) scene: Scene,
    pub(crate) function: Arc<dyn Function>,
}

impl Stage {
    /// A deployment whose next keys may sign.
    pub(crate) async fn ready() -> Self {
        let stage = Self::of(Scene::new().await);
        stage.until_ripe();
        stage
    }

    /// The same with keys of one algorithm: an RSA key takes its time, and tests of many rotations have none.
    pub(crate) async fn small(scene: Scene) -> Self {
        let (secrets, table) = (scene.cloud.secrets(), scene.cloud.table());
        let ring = SigningKeyRing::generate(Algorithm::Es256, scene.clock.now()).unwrap();
        let (before, now) = (table.published().await.unwrap(), scene.clock.now());
        assert_eq!(table.publish(&ring.public_set().unwrap(), before.as_ref(), now).await.unwrap(), Published::Done);
        secrets.write_signing_keys(&ring).await.unwrap();
        let stage = Self::of(scene);
        stage.until_ripe();
        stage
    }

    pub(crate) fn of(scene: Scene) -> Self {
        let function = scene.cloud.function("RotateKeysFunction").unwrap().unwrap();
        Self { scene, function }
    }

    /// Moves the clock until the keys that were published last may sign.
    pub(crate) fn until_ripe(&self) {
        self.scene.wait((LONGEST_VERIFIER_CACHE + LONGEST_ROTATION).as_secs());
    }

    /// What Secrets Manager does before the first step.
    pub(crate) async fn open(&self, name: &str) -> String {
        let version = version(name);
        let secrets = &self.scene.cloud.clients().secrets_manager;
        secrets.rotate_secret().secret_id(SECRET).client_request_token(&version).send().await.unwrap();
        version
    }

    /// One step; the error's type if it was refused.
    pub(crate) async fn step(&self, step: &str, version: &str) -> Result<(), String> {
        invoke(&self.function, &json!({ "Step": step, "SecretId": SECRET, "ClientRequestToken": version })).await
    }

    /// All four, as Secrets Manager takes and repeats them.
    pub(crate) async fn steps(&self, version: &str) -> Result<(), String> {
        for step in STEPS {
            self.step(step, version).await?;
        }
        Ok(())
    }

    /// A whole rotation.
    pub(crate) async fn rotate(&self, name: &str) {
        let version = self.open(name).await;
        self.steps(&version).await.unwrap();
    }

    /// A change by the operator's hand.
    pub(crate) async fn carry_out(&self, change: Change, name: &str) -> Result<(), RotationFault> {
        let (secrets, table, clock) = (self.scene.cloud.secrets(), self.scene.cloud.table(), self.clock());
        Rotation::new(&secrets, &table, &clock).carry_out(&change, &version(name)).await
    }

    /// The same over the wire that the test breaks.
    pub(crate) async fn over_the_wire(&self, change: Change, name: &str) -> Result<(), RotationFault> {
        let running = self.scene.cloud.running(String::new());
        let wire = Some(self.scene.wire.client());
        let clients = clients(&running.dynamodb, &running.secrets_manager, wire).await;
        let secrets = Secrets::new(clients.secrets_manager, running.signing_secret, running.symmetric_secret);
        let (table, clock) = (Table::new(clients.dynamodb, running.table), self.clock());
        Rotation::new(&secrets, &table, &clock).carry_out(&change, &version(name)).await
    }

    pub(crate) fn clock(&self) -> Clock {
        Clock::Manual(self.scene.clock.clone())
    }

    pub(crate) async fn in_force(&self) -> RingInForce {
        self.scene.cloud.secrets().ring_in_force().await.unwrap().unwrap()
    }

    pub(crate) async fn ring(&self) -> SigningKeyRing {
        self.in_force().await.ring
    }

    pub(crate) async fn publication(&self) -> Publication {
        self.scene.cloud.table().published().await.unwrap().unwrap()
    }

    /// Everything that a step could change: which version is in force, its keys, and what is published.
    pub(crate) async fn everything(&self) -> (String, String, String) {
        let in_force = self.in_force().await;
        let published = self.publication().await.keys.to_json();
        (in_force.version, in_force.ring.to_json().expose().clone(), published)
    }

    pub(crate) async fn published_kids(&self) -> BTreeSet<String> {
        self.publication().await.keys.iter().map(|key| key.kid().to_owned()).collect()
    }

    /// What the world sees, past the caches of the function that shows it.
    pub(crate) async fn jwks_kids(&mut self) -> BTreeSet<String> {
        self.scene.cold_start();
        jwks_kids(&self.scene.get("/.well-known/jwks.json", &[]).await.json())
    }

    /// Somebody signs in and is let in, with instances that have read no key yet.
    pub(crate) async fn nobody_notices(&mut self, user: &vestibule_tests::User, earlier: &str) -> String {
        self.scene.cold_start();
        self.scene.get_as("/whoami", earlier).await.expect(200);
        let access = self.scene.login(user).await.access;
        self.scene.get_as("/whoami", &access).await.expect(200);
        access
    }
}

pub(crate) async fn invoke(function: &Arc<dyn Function>, event: &Value) -> Result<(), String> {
    match function.invoke(event.to_string().into()).await {
        Ok(answer) => {
            assert_eq!(answer, "null");
            Ok(())
        }
        Err(FunctionError::Unhandled { error_type, error_message }) => {
            assert!(!error_message.is_empty());
            Err(error_type)
        }
        Err(other) => panic!("{other}"),
    }
}

/// A version's name has 32 characters at least.
pub(crate) fn version(name: &str) -> String {
    format!("{name:-<36}")
}

pub(crate) fn active(ring: &SigningKeyRing, algorithm: Algorithm) -> String {
    ring.active(algorithm).unwrap().kid().to_owned()
}

pub(crate) fn next(ring: &SigningKeyRing, algorithm: Algorithm) -> String {
    ring.next(algorithm).unwrap().kid().to_owned()
}

pub(crate) fn kids(ring: &SigningKeyRing) -> BTreeSet<String> {
    ring.iter().map(|key| key.kid().to_owned()).collect()
}

pub(crate) fn jwks_kids(document: &Value) -> BTreeSet<String> {
    document["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// The key that a token names.
pub(crate) fn kid(token: &str) -> String {
    use base64::Engine;
    let header = token.split('.').next().unwrap();
    let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(header).unwrap();
    serde_json::from_slice::<Value>(&header).unwrap()["kid"].as_str().unwrap().to_owned()
}
