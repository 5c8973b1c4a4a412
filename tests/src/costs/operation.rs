//! The operations of the deployment, and what each asks of DynamoDB and Secrets Manager.

use crate::{Answer, PASSWORD, Scene, Tokens, Units, User};

/// What somebody may ask of the deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// A name and the right password.
    SignIn,
    /// A name and a wrong one.
    WrongPassword,
    /// A refresh token for its successor.
    Refresh,
    /// A refresh token that was spent before: its session is ended.
    Reuse,
    /// The end of a session.
    Revoke,
    /// A request to a protected route for which the gateway has no answer kept.
    Authorize,
    /// A request to a strict route.
    AuthorizeStrict,
    /// The public keys.
    Keys,
}

/// What one operation made the functions ask for.
#[derive(Debug, Clone, PartialEq)]
pub struct Spent {
    /// The calls, in order.
    pub calls: Vec<String>,
    /// What DynamoDB charged for them.
    pub units: Units,
}

impl Operation {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 8] = [
        Self::SignIn,
        Self::WrongPassword,
        Self::Refresh,
        Self::Reuse,
        Self::Revoke,
        Self::Authorize,
        Self::AuthorizeStrict,
        Self::Keys,
    ];

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "a sign-in",
            Self::WrongPassword => "a wrong password",
            Self::Refresh => "a refresh",
            Self::Reuse => "a spent refresh token, which ends the session",
            Self::Revoke => "a revocation",
            Self::Authorize => "the authorizer, asked",
            Self::AuthorizeStrict => "the authorizer, on a strict route",
            Self::Keys => "the public keys",
        }
    }

    /// What came before it; nothing of this is counted.
    async fn prepare(self, scene: &Scene, user: &User) -> Tokens {
        let tokens = scene.login(user).await;
        if self == Self::Reuse {
            let successor = scene.refresh(&tokens.refresh).await;
            scene.refresh(&successor.refresh).await;
            // Past every grace window, and not so long that the functions read their keys anew.
            scene.wait(61);
        }
        tokens
    }

    async fn carry_out(self, scene: &Scene, user: &User, tokens: &Tokens) -> Answer {
        match self {
            Self::SignIn => scene.try_login(&user.email, PASSWORD).await.expect(200),
            Self::WrongPassword => scene.try_login(&user.email, "wrong").await.expect(401),
            Self::Refresh => scene.try_refresh(&tokens.refresh).await.expect(200),
            Self::Reuse => scene.try_refresh(&tokens.refresh).await.expect(401),
            Self::Revoke => scene.revoke(&tokens.refresh).await.expect(200),
            Self::Authorize => scene.get_as("/whoami", &tokens.access).await.expect(200),
            Self::AuthorizeStrict => scene.get_as("/admin", &tokens.access).await.expect(200),
            Self::Keys => scene.get("/.well-known/jwks.json", &[]).await.expect(200),
        }
    }
}

/// Carries out each operation twice: by a function that has just started, and by the same one again.
pub async fn count() -> Vec<(Operation, [Spent; 2])> {
    let mut counted = Vec::new();
    for operation in Operation::ALL {
        let mut scene = Scene::new().await;
        let user = scene.user("demo@example.com", "orders:read", "admin").await;
        let tokens = operation.prepare(&scene, &user).await;
        scene.cold_start();
        let cold = spent(operation, &scene, &user, &tokens).await;
        let tokens = operation.prepare(&scene, &user).await;
        let warm = spent(operation, &scene, &user, &tokens).await;
        counted.push((operation, [cold, warm]));
    }
    counted
}

async fn spent(operation: Operation, scene: &Scene, user: &User, tokens: &Tokens) -> Spent {
    scene.wire.take_calls();
    scene.wire.take_units();
    operation.carry_out(scene, user, tokens).await;
    Spent { calls: scene.wire.take_calls(), units: scene.wire.take_units() }
}
