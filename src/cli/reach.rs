//! Reaching the target of a run: everything that can be told before a request is sent.

use super::target::{Aim, TargetArgs};
use super::write::{err, usage_error};
use crate::model::exit;
use crate::target::token::Token;

/// Aims at the target, with its token at hand. What is wrong is told on stderr, and the exit code for it is given.
pub(super) async fn reach(target: &TargetArgs) -> Result<Aim, u8> {
    let layers = target.layers().map_err(usage_error)?;
    if layers.resolved.insecure.as_ref().is_some_and(|insecure| insecure.value) {
        err("warning: insecure: server certificates are not checked; whoever sits in between can read the token");
    }
    let aim = layers.aim_in_silence().await.map_err(usage_error)?;
    aim.fetch_token().await.map_err(|(problem, code)| told(&problem, code))?;
    if aim.embedded.is_some() {
        return Ok(aim);
    }
    layers.keep_ready().map_err(|problem| told(&problem, exit::COULD_NOT_JUDGE))?;
    let reminder = |state| super::restore::reminder(state, aim.target.client.base_url(), target);
    if let Some(text) = layers.state_folder().as_deref().and_then(reminder) {
        err(format!("note: {text}"));
    }
    Ok(aim)
}

/// The same before anybody is asked for a token and anything is written: for a run that sends nothing.
pub(super) async fn look(target: &TargetArgs) -> Result<Aim, u8> {
    let aim = target.aim_in_silence().await.map_err(usage_error)?;
    if aim.target.credentials.valid.as_ref().is_none_or(Token::is_at_hand) {
        aim.fetch_token().await.map_err(|(problem, code)| told(&problem, code))?;
    }
    Ok(aim)
}

fn told(problem: &str, code: u8) -> u8 {
    err(format!("error: {problem}"));
    code
}
