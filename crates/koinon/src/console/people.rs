//! Names, for the console: who is here, the passphrase, and erasing.

use koinon_books::BookCommand;
use koinon_core::{CommunityCode, PersonId};
use koinon_node::{Node, PersonalError};

use super::entries::enter;
use super::views::{EnteredView, ErasedView, NamesView};
use super::{EraseAsk, NamesAsk, Refusal, actor, health};

/// Everybody who has or had a task here, whether names are locked, and who was erased.
pub(super) fn state(node: &Node) -> Result<NamesView, Refusal> {
    let people = health::people(node)?;
    let erased = node.read(|book| {
        let zone = book.zone();
        let own = book.own().cloned();
        let view = |erasure: koinon_books::personal::Erasure| {
            let all = book.admitted().iter();
            let unanswered = all.filter(|(node, _)| !erasure.answered.contains_key(node));
            ErasedView {
                person: erasure.person.to_string(),
                asked: erasure.asked.day(&zone).to_string(),
                unanswered: unanswered.map(|(_, code)| CommunityCode::to_string(code)).collect(),
            }
        };
        book.erasures().all().filter(|erasure| Some(&erasure.by) == own.as_ref()).map(view).collect()
    });
    let keys = node.personal();
    Ok(NamesView { passphrase: keys.needs_passphrase(), open: keys.is_open(), people, erased })
}

/// Locks names, opens them, or takes the passphrase away.
pub(super) async fn names(node: &Node, ask: NamesAsk) -> Result<(), Refusal> {
    let node = node.clone();
    let done = tokio::task::spawn_blocking(move || {
        let keys = node.personal();
        match ask.what.as_str() {
            "lock" => keys.lock(&ask.passphrase),
            "open" => keys.open_with(&ask.passphrase),
            "reset" => keys.reset(),
            _ => keys.unlock(&ask.passphrase),
        }?;
        node.teach_words();
        Ok::<_, PersonalError>(())
    });
    let done = done.await.map_err(|error| Refusal::new(&error, ""))?;
    done.map_err(|error| Refusal::new(&error, ""))
}

/// Who is meant by an id, or by the beginning of it where it is one person's only.
fn person_of(node: &Node, id: &str) -> Result<PersonId, Refusal> {
    const BEGINNING_MIN: usize = 4;
    let hint = "`koinon people list` shows every id";
    if let Ok(person) = id.parse() {
        return Ok(person);
    }
    let is_beginning = id.len() >= BEGINNING_MIN && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let known = if is_beginning { health::people(node)? } else { Vec::new() };
    let begins = |one: &&super::views::PersonView| one.person.starts_with(&id.to_ascii_lowercase());
    match known.iter().filter(begins).map(|one| one.person.parse()).collect::<Vec<_>>().as_slice() {
        [Ok(person)] => Ok(*person),
        [] => Err(Refusal::new(&format!("'{id}' is no id of a person here, and begins none"), hint)),
        _ => Err(Refusal::new(&format!("the ids of several people begin with '{id}'"), hint)),
    }
}

/// Erases somebody.
pub(super) async fn erase(node: &Node, ask: EraseAsk) -> Result<EnteredView, Refusal> {
    let now = node.clock().now();
    let act = ask.act.parse().map_err(|bad| Refusal::new(&format!("the act's id: {bad}"), ""))?;
    let person = person_of(node, ask.person.trim())?;
    let who = node.read(|book| actor((node, book), ask.who.as_deref(), now))?;
    enter(node, who, BookCommand::Erase { act, person }).await
}
